import { encodePositions, isTextMeasure, type Positions, takePositions } from '@fleetlake/columnar'
import { MAX_MESSAGE_BYTES } from '@fleetlake/contracts'
import type { BadRow } from '../core/take-in.ts'

/** What could not be archived of one message. */
export interface DeadLetter {
  /** `<appId>:<sequence>`: repeated letters have the same. */
  readonly id: string
  readonly partition: number
  readonly payload: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface LetterOrigin {
  readonly appId: string
  readonly partition: number
  readonly stream: string
  readonly sequence: number
  readonly contentType: string | undefined
}

const HEADER_BYTES = 1024

/** About what a letter takes while it waits. */
export const bytesOfLetter = ({ payload }: DeadLetter): number => payload.byteLength + HEADER_BYTES

/** Of a stored letter: what its stream takes, without the headers. */
const MAX_PAYLOAD_BYTES = 3 * MAX_MESSAGE_BYTES

const headersOf = (
  { stream, sequence, contentType }: LetterOrigin,
  reason: string,
  rows: number,
): Record<string, string> => ({
  'fleet-reason': reason.replaceAll(/[\r\n]+/g, ' ').slice(0, 500),
  'fleet-rows': String(rows),
  'fleet-stream': stream,
  'fleet-sequence': String(sequence),
  'fleet-content-type': contentType ?? '',
})

const letterOf = (origin: LetterOrigin, payload: Uint8Array, reason: string, rows: number): DeadLetter => ({
  id: `${origin.appId}:${origin.sequence}`,
  partition: origin.partition,
  payload,
  headers: headersOf(origin, reason, rows),
})

/** The letter of a message that can't be decoded: the message as it was. */
export const letterOfMalformed = (origin: LetterOrigin, message: Uint8Array, reason: string): DeadLetter =>
  letterOf(origin, message.slice(), reason, 0)

/** What the texts of some rows' measures take once each row has its own: in the message many rows may name one. */
const textBytesOf = ({ measures }: Positions, bad: readonly BadRow[]): number => {
  let bytes = 0
  for (const column of measures) {
    if (!isTextMeasure(column)) continue
    const { codes, texts } = column
    for (const { index } of bad) {
      if (codes[index] >= 0) bytes += texts.offsets[codes[index] + 1] - texts.offsets[codes[index]]
    }
  }
  return bytes
}

const encodeBad = (rows: Positions, bad: readonly BadRow[]): Uint8Array | undefined => {
  if (textBytesOf(rows, bad) > MAX_PAYLOAD_BYTES) return undefined
  const indexes = bad.map(({ index }) => index)
  const payload = encodePositions(
    takePositions(rows, indexes),
    bad.map(({ reason }) => reason),
  )
  return payload.byteLength > MAX_PAYLOAD_BYTES ? undefined : payload
}

/**
 * The letter of a message with rows that can't be true: those rows with everything that they say, each with its reason; where they have become too large
 * to be stored, the message as it was.
 */
export const letterOfRows = (
  origin: LetterOrigin,
  message: Uint8Array,
  rows: Positions,
  bad: readonly BadRow[],
): DeadLetter => {
  const counts = Map.groupBy(bad, ({ reason }) => reason)
  const [mostFrequent] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]
  return letterOf(origin, encodeBad(rows, bad) ?? message.slice(), mostFrequent, bad.length)
}
