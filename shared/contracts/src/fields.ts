import parseBytes from 'bytes'
import parseMs, { type StringValue } from 'ms'
import { z } from 'zod'

const DURATION = /^\d+(\.\d+)? ?(ms|s|min|m|h|d|y)$/

/** ms, or a text such as "10 min" or "60 s". */
export const duration = z.preprocess(
  (value) => (typeof value === 'string' && DURATION.test(value) ? parseMs(value as StringValue) : value),
  z.number('a duration such as "10 min", or a number of ms').int().positive(),
)

const SIZE = /^\d+(\.\d+)? ?[kmgt]?i?b$/i

/** Bytes, or a text such as "2 GiB"; powers of 1024. */
export const size = z.preprocess(
  (value) => (typeof value === 'string' && SIZE.test(value) ? parseBytes(value.replace(/i?b$/i, 'B')) : value),
  z.number('a size such as "2 GiB", or a number of bytes').int().positive(),
)

/** Never a flag, which everybody on the machine can read in the list of processes. */
export const secret = z.string().meta({ secret: true })

/** One token of a NATS subject. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _')

/** RFC 3339 with a zone. */
export const instant = z.iso.datetime({ offset: true })

export const count = z.number().int().nonnegative()

/** A sequence of a stream, or a version of the table. */
export const sequence = z.number().int().nonnegative()
