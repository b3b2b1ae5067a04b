import { createHash } from 'node:crypto'
import { CONTENT_TYPES, subjects } from '@fleetlake/contracts'
import {
  decodeLetterPositions,
  decodeReasons,
  encodePositions,
  type Positions,
  rowsOfPositions,
  judgeRows,
  takePositions,
} from '@fleetlake/columnar'
import { type PartitionBy } from '@fleetlake/core'
import { deleteDeadLetter, type Hub, isDamageReason, storeMessage, type StoredLetter } from '@fleetlake/hub'
import { addRow, createPartitionSink } from '@fleetlake/intake'

export interface ReplayOptions {
  readonly partitions: readonly number[]
  readonly by: PartitionBy
  readonly geohashLength: number
  /** The latest time that the collectors would believe now, ms since the epoch. */
  readonly latestMs: number
}

export interface Replayed {
  /** False when nothing of it can be true yet: it stays as it is. */
  readonly isPublished: boolean
  /** Rows that were published; 0 for a message that was published as it was. */
  readonly rows: number
  /** Rows that still can't be true: they stay, in a letter of their own. */
  readonly left: number
}

const BATCH_ROWS = 1_200

/**
 * Publishes a letter again: of a batch the rows that can be true by now, of a message that could not be decoded the message. What
 * stays bad is stored as a new letter first and the old one deleted last: at worst something is there twice.
 */
export const replayLetter = async (hub: Hub, letter: StoredLetter, options: ReplayOptions): Promise<Replayed> => {
  const run = `replay-${createHash('sha256').update(letter.id).digest('hex').slice(0, 24)}`
  // Rows that are read from other bytes than were published would be made up.
  if (isDamageReason(letter.reason)) return { isPublished: false, rows: 0, left: 0 }
  const isWhole = letter.rows === 0 || !hasReasons(letter.payload)
  const result = isWhole ? await publishAsItWas(hub, letter, run) : await publishRows(hub, letter, run, options)
  if (result.isPublished) await deleteDeadLetter(hub, letter.sequence)
  return result
}

const hasReasons = (payload: Uint8Array): boolean => {
  try {
    return decodeReasons(payload).length > 0
  } catch {
    return false
  }
}

const publishAsItWas = async (
  hub: Hub,
  { partition, payload, contentType }: StoredLetter,
  run: string,
): Promise<Replayed> => {
  await storeMessage(hub, 'move', subjects.move(partition), payload as Uint8Array<ArrayBuffer>, {
    id: `${run}/terminal/${partition}/1`,
    contentType: contentType === '' ? CONTENT_TYPES.arrow : contentType,
  })
  return { isPublished: true, rows: 0, left: 0 }
}

interface Batch {
  readonly partition: number
  readonly payload: Uint8Array
  readonly headers: Record<string, string>
}

const publishRows = async (hub: Hub, letter: StoredLetter, run: string, options: ReplayOptions): Promise<Replayed> => {
  const positions = decodeLetterPositions(letter.payload)
  const reasons = decodeReasons(letter.payload)
  const { rows: judged, faultAt } = judgeRows(positions, options.latestMs)
  const rows = rowsOfPositions(judged)
  const isGood = (index: number): boolean => faultAt(index) === undefined
  const good = rows.filter((_, index) => isGood(index))
  if (good.length === 0) return { isPublished: false, rows: 0, left: rows.length }
  const bad = rows.map((_, index) => index).filter((index) => !isGood(index))
  const batches: Batch[] = []
  const sink = createPartitionSink(
    { publish: (partition, payload, headers) => void batches.push({ partition, payload, headers }) },
    { ...options, batchRows: BATCH_ROWS },
  )
  for (const row of good) addRow(sink, row)
  sink.finish()
  for (const [n, { partition, payload, headers }] of batches.entries()) {
    await storeMessage(hub, 'move', subjects.move(partition), payload as Uint8Array<ArrayBuffer>, {
      id: `${run}/terminal/${partition}/${n + 1}`,
      headers,
    })
  }
  if (bad.length > 0) await storeRest(hub, letter, positions, bad, reasons)
  return { isPublished: true, rows: good.length, left: bad.length }
}

const storeRest = async (
  hub: Hub,
  letter: StoredLetter,
  rows: Positions,
  bad: readonly number[],
  reasons: readonly string[],
): Promise<void> => {
  const payload = encodePositions(
    takePositions(rows, bad),
    bad.map((index) => reasons[index]),
  )
  await storeMessage(hub, 'deadLetter', subjects.deadLetter(letter.partition), payload as Uint8Array<ArrayBuffer>, {
    id: `${letter.id}+${bad.length}`,
    contentType: CONTENT_TYPES.arrow,
    headers: {
      'fleet-reason': reasons[bad[0]],
      'fleet-rows': String(bad.length),
      'fleet-stream': letter.stream,
      'fleet-sequence': String(letter.messageSequence),
      'fleet-content-type': letter.contentType,
    },
  })
}
