/** Values that JSON has no type for, or that a double does not hold, as JSON. Nothing is rounded. */

/** Digits that a double holds whatever they are. */
const MOST_DIGITS = 10n ** 15n

const abs = (value: bigint): bigint => (value < 0n ? -value : value)

/** A whole number: a number up to 2^53, else a text of its digits. */
export const wholeJson = (value: number | bigint): string =>
  typeof value === 'number' || Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`

/** The digits of `unscaled` / 10^`scale`. */
export const decimalDigits = (unscaled: bigint, scale: number): string => {
  const digits = String(abs(unscaled))
  const sign = unscaled < 0n ? '-' : ''
  if (scale <= 0) return `${sign}${unscaled === 0n ? '0' : digits + '0'.repeat(-scale)}`
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

/** Whether a double has all digits of a decimal. */
export const isExactDecimal = (unscaled: bigint): boolean => abs(unscaled) <= MOST_DIGITS

/** The double that is nearest to `unscaled` / 10^`scale`. */
export const numberOfDecimal = (unscaled: bigint, scale: number): number => Number(`${unscaled}e${-scale}`)

export const decimalJson = (unscaled: bigint, scale: number): string =>
  isExactDecimal(unscaled) ? String(numberOfDecimal(unscaled, scale)) : `"${decimalDigits(unscaled, scale)}"`

/** By Arrow's unit: s, ms, µs, ns. */
const DIGITS = [0, 3, 6, 9]

interface Split {
  /** Whole seconds, rounded down. */
  readonly seconds: bigint
  /** `.5`, with the digits of the unit; nothing for seconds. */
  readonly fraction: string
}

const split = (value: bigint, unit: number): Split | undefined => {
  const digits = DIGITS[unit]
  if (digits === undefined) return undefined
  const per = 10n ** BigInt(digits)
  const rest = ((value % per) + per) % per
  return {
    seconds: (value - rest) / per,
    fraction: digits === 0 ? '' : `.${String(rest).padStart(digits, '0')}`,
  }
}

const MOST_DATE_MS = 8.64e15

/** Of a unit that is not known, and of a time that no calendar has, the number itself. */
export const instantJson = (value: bigint, unit: number, hasZone: boolean): string => {
  const parts = split(value, unit)
  const ms = parts === undefined ? NaN : Number(parts.seconds) * 1_000
  if (parts === undefined || !(Math.abs(ms) <= MOST_DATE_MS)) return wholeJson(value)
  return `"${new Date(ms).toISOString().slice(0, -5)}${parts.fraction}${hasZone ? 'Z' : ''}"`
}

export const dateJson = (days: number): string => {
  const ms = days * 86_400_000
  return Math.abs(ms) <= MOST_DATE_MS ? `"${new Date(ms).toISOString().split('T')[0]}"` : String(days)
}

/** A time of day. */
export const timeJson = (value: bigint, unit: number): string => {
  const parts = split(value, unit)
  if (parts === undefined || parts.seconds < 0n || parts.seconds >= 86_400n) return wholeJson(value)
  return `"${new Date(Number(parts.seconds) * 1_000).toISOString().slice(11, 19)}${parts.fraction}"`
}

const signed = (value: bigint, unit: number): string => {
  const { seconds, fraction } = split(abs(value), unit)!
  return `${value < 0n ? '-' : ''}${seconds}${fraction}`
}

export const durationJson = (value: bigint, unit: number): string =>
  DIGITS[unit] === undefined ? wholeJson(value) : `"PT${signed(value, unit)}S"`

export interface CalendarInterval {
  readonly months: number
  readonly days: number
  readonly nanos: bigint
}

export const intervalJson = ({ months, days, nanos }: CalendarInterval): string => {
  const date = `${months === 0 ? '' : `${months}M`}${days === 0 ? '' : `${days}D`}`
  const time = nanos === 0n && date !== '' ? '' : `T${signed(nanos, 3)}S`
  return `"P${date}${time}"`
}
