import type { TraceContext } from '@fleetlake/core'
import { type BufferOptions, createPartitionBuffer, type PartitionBuffer } from '../core/partition-buffer.ts'
import type { BadRow } from '../core/take-in.ts'
import { bytesOfLetter, type DeadLetter } from './dead-letters.ts'

/** Messages that the hub acknowledged and that are in no stream any more and not in the table, as a lane finds out; times are ms since the epoch. */
export interface LostMessages {
  readonly partition: number
  readonly created: string
  readonly epoch: number
  readonly from: number
  /** Undefined when it is not known whether there were any. */
  readonly to: number | undefined
  /** The server stored them no earlier, and no later. */
  readonly firstStored: number | undefined
  readonly lastStored: number
}

/** Where a stretch of a stream begins. */
export interface BatchStart {
  readonly partition: number
  readonly appId: string
  /** The stream's creation, as the server writes it. */
  readonly created: string
  /** What the table holds when the batch's turn to be committed comes. */
  readonly from: number
}

/** Which messages of a stream a batch is made of: `(from, to]`. */
export interface BatchRange extends BatchStart {
  /** The last sequence taken in. */
  readonly to: number
  /** When the server stored the message at `to`, ms since the epoch; undefined when it is not in the stream any more. */
  readonly toTimestampMs: number | undefined
  /** When the server stored the first message, ms since the epoch; undefined when there is none. */
  readonly fromTimestampMs: number | undefined
  /** When reading it began, ms since the epoch. */
  readonly readAt: number
  /** What is missing before or among its messages, to be recorded before the commit that passes it. */
  readonly losses: readonly LostMessages[]
}

/** What the messages of a batch hold. */
export interface BatchContents {
  readonly buffer: PartitionBuffer
  /** To be stored before the commit that passes their messages. */
  readonly letters: readonly DeadLetter[]
  readonly deadRows: number
  /** Of its messages that are traced, the first ones. */
  readonly traces: readonly TraceContext[]
  /** Rows and letters, in bytes. */
  readonly bytes: number
  /** What they take of memory. */
  readonly heldBytes: number
}

/** One part of a commit. */
export type Batch = BatchRange & BatchContents

/** The contents of a batch that is being filled. */
export interface OpenContents extends BatchContents {
  keep(letter: DeadLetter, bad: readonly BadRow[]): void
  /** A message that is traced is in it. */
  follow(trace: TraceContext): void
}

/** A flush links to so many of one partition. */
const MOST_TRACES = 16

export const openContents = (options: BufferOptions = {}): OpenContents => {
  const buffer = createPartitionBuffer(options)
  const letters: DeadLetter[] = []
  const traces: TraceContext[] = []
  let deadRows = 0
  let letterBytes = 0
  return {
    buffer,
    letters,
    traces,
    get deadRows() {
      return deadRows
    },
    get bytes() {
      return buffer.bytes + letterBytes
    },
    get heldBytes() {
      return buffer.heldBytes + letterBytes
    },
    keep: (letter, bad) => {
      letters.push(letter)
      letterBytes += bytesOfLetter(letter)
      deadRows += bad.length
    },
    follow: (trace) => {
      if (traces.length < MOST_TRACES) traces.push(trace)
    },
  }
}

/** A batch that is filled no more. */
export const sealBatch = (
  range: BatchRange,
  { buffer, letters, deadRows, traces, bytes, heldBytes }: BatchContents,
): Batch => ({
  ...range,
  buffer,
  letters,
  deadRows,
  traces,
  bytes,
  heldBytes,
})
