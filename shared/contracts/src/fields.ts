import parseBytes from 'bytes'
import parseMs, { type StringValue } from 'ms'
import { z } from 'zod'

const DURATION = /^\d+(\.\d+)? ?(ms|s|min|m|h|d|y)$/

/** A thousand years: what is reckoned from now with a duration stays a date of four digits. */
const LONGEST_MS = 31_557_600_000_000

/** What a timer can wait for; asked for more, it fires at once. */
export const LONGEST_TIMER_MS = 0x7fffffff

const durationUpTo = (mostMs: number) =>
  z
    .preprocess(
      (value) => (typeof value === 'string' && DURATION.test(value) ? parseMs(value as StringValue) : value),
      z.number('a duration such as "10 min", or a number of ms').int().positive().max(mostMs),
    )
    .meta({ kind: 'duration' })

/** ms, or a text such as "10 min" or "60 s". */
export const duration = durationUpTo(LONGEST_MS)

/** A duration that a timer waits for: 24 days at most. */
export const timer = durationUpTo(LONGEST_TIMER_MS)

/** Beyond any count of rows, bytes, messages or milliseconds, and well within what a number holds exactly. */
export const MOST = 1e15

const SIZE = /^\d+(\.\d+)? ?[kmgt]?i?b$/i

/** Bytes, or a text such as "2 GiB"; powers of 1024. */
export const size = z
  .preprocess(
    (value) => (typeof value === 'string' && SIZE.test(value) ? parseBytes(value.replace(/i?b$/i, 'B')) : value),
    z.number('a size such as "2 GiB", or a number of bytes').int().positive().max(MOST),
  )
  .meta({ kind: 'size' })

/** Never a flag, which every user of the machine can read in the list of processes. */
export const secret = z.string().meta({ secret: true })

/** Of a sentence for people: what says more is cut by `reasonOf`, and by who puts several together. */
export const LONGEST_SENTENCE = 16_384

/** One token of a NATS subject. */
export const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

export const token = z.string().regex(TOKEN, 'must be 1 to 64 letters, digits, - or _').max(64)

/** RFC 3339 with a zone. */
export const instant = z.iso.datetime({ offset: true }).max(64)

export const count = z.number().int().nonnegative().max(MOST)

/** A name, an id, a version. */
export const text = z.string().min(1).max(256)

/** A path in a store or a folder. */
export const path = z.string().max(4_096)

/** A sentence for people. */
export const sentence = z.string().max(LONGEST_SENTENCE)

/** A sequence of a stream, or a version of the table. */
export const sequence = z.number().int().nonnegative().max(MOST)
