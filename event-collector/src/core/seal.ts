import { windowStart } from '@fleetlake/core'

/**
 * When a partition's buffer is closed and goes to the table. What is sealed is always a prefix of the stream: every message up
 * to a sequence.
 */
export interface SealOptions {
  readonly windowMs: number
  readonly maxRows: number
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** A window's end seals a buffer of at least this age: as fast as possible, windows end many times a second. */
  readonly minAgeMs: number
}

export interface BufferState {
  readonly rows: number
  readonly bytes: number
  /** Of the latest row, ms since the epoch. */
  readonly maxTime: number
  /** How long ago its first message was read. */
  readonly ageMs: number
}

/** Whether the next message, by its earliest row, lies wholly after the window of the latest row buffered. */
export const endsWindow = ({ ageMs, maxTime }: BufferState, nextMinTime: number, options: SealOptions): boolean =>
  ageMs >= options.minAgeMs && nextMinTime >= windowStart(maxTime, options.windowMs) + options.windowMs

/** Whether a buffer is due by itself. */
export const isDue = ({ rows, bytes, ageMs }: BufferState, { maxRows, maxBytes, maxAgeMs }: SealOptions): boolean =>
  rows >= maxRows || bytes >= maxBytes || ageMs >= maxAgeMs
