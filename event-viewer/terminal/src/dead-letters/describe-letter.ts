import { decodeLetterPositions, decodeReasons, rowsOfPositions } from '@fleetlake/columnar'
import { printableInLine } from '@fleetlake/core'
import type { StoredLetter } from '@fleetlake/hub'
import { humanBytes, humanTime, plural } from '@fleetlake/viewer-core'

const SHOWN_BYTES = 2_000

/** What a letter is, without its rows: for a list, and for machines. */
export const summaryOf = (letter: StoredLetter): Record<string, unknown> => ({
  sequence: letter.sequence,
  storedAt: humanTime(letter.storedMs),
  reason: letter.reason,
  rows: letter.rows,
  bytes: letter.payload.length,
  stream: letter.stream,
  messageSequence: letter.messageSequence,
  contentType: letter.contentType,
})

/** One line of the list. */
export const lineOf = ({
  sequence,
  storedMs,
  reason,
  rows,
  stream,
  messageSequence,
  payload,
}: StoredLetter): string => {
  const what = rows === 0 ? `a message of ${humanBytes(payload.length)}` : plural(rows, 'row')
  return `${String(sequence).padStart(6)}  ${humanTime(storedMs)}  ${printableInLine(`${stream} ${messageSequence}: ${what}, ${reason}`)}`
}

/** The rows of a letter with everything that they say, each with its reason; undefined when it holds a message that could not be decoded. */
export const rowsOfLetter = ({ payload }: StoredLetter): Record<string, unknown>[] | undefined => {
  try {
    const reasons = decodeReasons(payload)
    return rowsOfPositions(decodeLetterPositions(payload)).map((row, i) => ({
      reason: reasons[i] ?? null,
      vehicle_id: row.vehicleId,
      vehicle_type: row.vehicleType,
      event_time:
        Number.isFinite(row.eventTime) && Math.abs(row.eventTime) <= 8.64e15 ? humanTime(row.eventTime) : null,
      longitude: row.longitude,
      latitude: row.latitude,
      speed: row.speed,
      heading: row.heading,
      ...row.measures,
    }))
  } catch {
    return undefined
  }
}

/** The beginning of a message that could not be decoded: text where it is text, else hexadecimal. */
export const excerptOf = ({ payload }: StoredLetter): string => {
  const shown = payload.subarray(0, SHOWN_BYTES)
  const more = payload.length > SHOWN_BYTES ? ` … (${humanBytes(payload.length)} in all)` : ''
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(shown)
    // oxlint-disable-next-line no-control-regex
    if (!/[\x00-\x08\x0e-\x1f]/.test(text)) return text + more
  } catch {
    // No text.
  }
  return Buffer.from(shown).toString('hex') + more
}
