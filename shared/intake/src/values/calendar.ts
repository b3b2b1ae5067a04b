export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeap = (year: number): boolean => (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Whether the Gregorian calendar has the day. */
export const isDay = (year: number, month: number, day: number): boolean => {
  if (month < 1 || month > 12 || day < 1) return false
  return day <= 28 || day <= LENGTHS[month - 1] || (day === 29 && month === 2 && isLeap(year))
}

/** Days of 400 years, in which the calendar repeats. */
const CYCLE_DAYS = 146_097

/** Days since 1970-01-01 of a day of the Gregorian calendar; of the years 0 to 9999. (`Date.UTC` takes the years 0 to 99 for 1900 to 1999.) */
export const daysOfDate = (year: number, month: number, day: number): number => {
  // Years begin in March, so that the day of a leap year is their last. A cycle more keeps whole numbers from being negative: cutting rounds down.
  const y = month <= 2 ? year + 399 : year + 400
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1
  return y * 365 + (y >> 2) - ((y / 100) | 0) + ((y / 400) | 0) + dayOfYear - 719_468 - CYCLE_DAYS
}

/** Midnight UTC of a day, ms since the epoch; undefined where the calendar has none such. */
export const utcDate = (year: number, month: number, day: number): number | undefined =>
  isDay(year, month, day) ? daysOfDate(year, month, day) * DAY_MS : undefined

/** An instant as a sentence shows it: `2018-10-01T00:00:00Z`, or the number itself where no calendar has it. */
export const sayInstant = (ms: number): string => {
  if (!(Math.abs(ms) <= 8.64e15)) return String(ms)
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
