import { parseDateTime, parseUtc } from '../../values/date-time.ts'

/**
 * The ms since the epoch of a time as RFC 3339 has it; NaN for anything else.
 * @param zone of times without an offset: `UTC`, or none, then they are NaN
 */
export const instantOf = (value: unknown, zone?: 'UTC'): number => {
  if (typeof value !== 'string') return NaN
  const time = zone === undefined ? parseDateTime(value) : parseUtc(value)
  return typeof time === 'number' ? time : NaN
}

const longest = 8.64e15

/** Numbers of a unit since the epoch, or texts of their digits, as ms; NaN for anything else, and for 0 and less, which stand for no time. */
export const epochMs = (value: unknown, unitMs: number): number => {
  const number = typeof value === 'string' && /^\d{1,20}(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !(number > 0)) return NaN
  const ms = Math.round(number * unitMs)
  return ms <= longest ? ms : NaN
}
