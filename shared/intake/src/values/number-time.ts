import { DAY_MS } from './calendar.ts'
import { GPS_EPOCH_MS, utcOfGps } from './leap-seconds.ts'
import { readNumber } from './read-number.ts'
import type { Decimal, NumberUnit } from './readings.ts'
import { trimmed } from './trimmed.ts'
import { wallClockOf } from './written-time.ts'

/** What each unit is called in sentences, and in `--time-format`. */
export const UNIT_TITLES: Readonly<Record<NumberUnit, { readonly title: string; readonly format: string }>> = {
  s: { title: 'seconds since 1970', format: 'epoch-s' },
  ms: { title: 'ms since 1970', format: 'epoch-ms' },
  us: { title: 'µs since 1970', format: 'epoch-us' },
  ns: { title: 'ns since 1970', format: 'epoch-ns' },
  'days-1899': { title: 'days since 1899-12-30, as in Excel', format: 'days' },
  'gps-s': { title: 'seconds of GPS, since 1980-01-06', format: 'gps' },
  digits: { title: 'digits of a date, yyyymmdd[hh[mm[ss]]]', format: 'digits' },
  'digits-yy': { title: 'digits of a date, yymmddhhmmss', format: 'digits-yy' },
}

/** Whether a unit is what a wall clock shows, so that its zone must be known. */
export const isWallUnit = (unit: NumberUnit): boolean =>
  unit === 'days-1899' || unit === 'digits' || unit === 'digits-yy'

const BARE = /^[-+]?\d{1,20}(?:[.,]\d{1,20})?$/

/** A bare number, or the text of one. */
export const isBareNumber = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'bigint' || (typeof value === 'string' && value.length <= 60 && BARE.test(trimmed(value)))
}

const EXCEL_EPOCH_MS = Date.UTC(1899, 11, 30)

const DIGITS = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{3})|[.,](\d{1,12}))?)?)?)?$/
const SHORT_DIGITS = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:[.,](\d{1,12}))?$/

/** The digits of a number, of a text, without a fraction of nothing (`20261120.0`). */
const digitsOf = (value: unknown): string => {
  const text = typeof value === 'string' ? trimmed(value) : String(value)
  return text.replace(/[.,]0*$/, '')
}

const wallOf = (year: number, parts: readonly (string | undefined)[], fraction: string | undefined): number => {
  const [month, day, hour = '0', minute = '0', second = '0'] = parts
  const millisecond = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'))
  return (
    wallClockOf({
      year,
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      millisecond,
    }) ?? NaN
  )
}

const wallOfDigits = (value: unknown): number => {
  const [, year, month, day, hour, minute, second, ms, fraction] = DIGITS.exec(digitsOf(value)) ?? []
  return year === undefined ? NaN : wallOf(Number(year), [month, day, hour, minute, second], ms ?? fraction)
}

const wallOfShortDigits = (value: unknown): number => {
  // A number has lost the zero of 2000 to 2009.
  const text = digitsOf(value)
  const digits = /^\d{11}(?!\d)/.test(text) ? `0${text}` : text
  const [, yy, month, day, hour, minute, second, fraction] = SHORT_DIGITS.exec(digits) ?? []
  if (yy === undefined) return NaN
  return wallOf(Number(yy) + (Number(yy) < 70 ? 2000 : 1900), [month, day, hour, minute, second], fraction)
}

const WHOLE = /^\+?\d+$/

/** ms of ns, of which a double would lose digits: a text or a bigint has all of them. */
const msOfNs = (value: unknown, number: number): number => {
  const digits = typeof value === 'number' ? '' : trimmed(String(value))
  return WHOLE.test(digits) ? Number(BigInt(digits.replace('+', '')) / 1_000_000n) : Math.floor(number / 1e6)
}

/** Whole ms, what is less cut; a double's own error below a µs does not count. */
const wholeMs = (ms: number): number => Math.floor(Math.round(ms * 1_000) / 1_000)

/**
 * The instant of a bare number, whole ms since the epoch: UTC, or as if the wall clock's time were UTC where `isWallUnit`.
 * @returns NaN for what is no number, and for digits that are no date
 */
export const instantOfNumber = (value: unknown, unit: NumberUnit, decimal: Decimal = '.'): number => {
  if (!isBareNumber(value)) return NaN
  if (unit === 'digits') return wallOfDigits(value)
  if (unit === 'digits-yy') return wallOfShortDigits(value)
  const number = typeof value === 'string' ? readNumber(value, value.includes(',') ? ',' : decimal) : Number(value)
  switch (unit) {
    case 's':
      return wholeMs(number * 1_000)
    case 'ms':
      return wholeMs(number)
    case 'us':
      return Math.floor(number / 1e3)
    case 'ns':
      return msOfNs(value, number)
    case 'days-1899':
      // A day's fraction is seldom exact.
      return EXCEL_EPOCH_MS + Math.round(number * DAY_MS)
    case 'gps-s':
      return wholeMs(utcOfGps(GPS_EPOCH_MS + number * 1_000))
  }
}
