import type { StreamState } from '@fleetlake/hub'
import type { BufferState } from '../core/seal.ts'
import type { BatchRange, BatchStart, LostMessages } from './batch.ts'

/** The batch that is being filled: which messages it is made of so far, and how much they hold. */
export interface Filling {
  readonly start: BatchStart
  readonly readAt: number
  readonly losses: LostMessages[]
  /** Of its messages those whose bytes are not those that were published. */
  damaged: number
  to: number
  toTimestampMs: number | undefined
  fromTimestampMs: number | undefined
  size: Omit<BufferState, 'ageMs'>
}

const EMPTY: Filling['size'] = { rows: 0, bytes: 0, maxTime: -Infinity }

export const startFilling = (start: BatchStart, readAt: number, losses: readonly LostMessages[]): Filling => ({
  start,
  readAt,
  losses: [...losses],
  damaged: 0,
  to: start.from,
  toTimestampMs: undefined,
  fromTimestampMs: undefined,
  size: EMPTY,
})

/** The messages up to here are in it, or missing. @param timestampMs when the last one was stored; undefined when it is missing */
export const fillTo = (batch: Filling, sequence: number, timestampMs: number | undefined): void => {
  batch.to = sequence
  batch.toTimestampMs = timestampMs
  batch.fromTimestampMs ??= timestampMs
}

export const rangeOf = ({ start, to, toTimestampMs, fromTimestampMs, readAt, losses }: Filling): BatchRange => ({
  ...start,
  to,
  toTimestampMs,
  fromTimestampMs,
  readAt,
  losses,
})

export const bufferStateOf = ({ size: { rows, bytes, maxTime }, readAt }: Filling, nowMs: number): BufferState => ({
  rows,
  bytes,
  maxTime,
  ageMs: nowMs - readAt,
})

/** About how many bytes of the stream lie between the table's offset and the end of the batch. */
export const uncommittedBytes = ({ to }: Filling, committed: number, { first, last, bytes }: StreamState): number =>
  ((to - committed) / Math.max(1, last - first + 1)) * bytes
