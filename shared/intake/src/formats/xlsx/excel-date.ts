import type { DateKind } from './number-format.ts'

const DAY_MS = 86_400_000
/** Days between the two systems of workbooks, whose day 0 is 1899-12-30 (from March 1900 on) and 1904-01-01. */
const DAYS_TO_1904 = 1462
/** 9999-12-31. */
const LAST_DAY = 2_958_465

/**
 * The date and time of a workbook's number, by its own clock, as ISO 8601 has them without an offset: `2026-01-05T08:00:00.000`, `2026-01-05` for a date alone, `08:00:00.000` for a time alone.
 * @param days since the workbook's day 0
 * @returns undefined for what is none
 */
export const excelDate = (days: number, kind: DateKind, is1904: boolean): string | undefined => {
  const since1900 = is1904 ? days + DAYS_TO_1904 : days
  if (!(days >= 0) || since1900 > LAST_DAY + 1) return undefined
  // Excel's 1900 has a 29th of February, day 60.
  const real = !is1904 && days < 60 && days >= 1 ? since1900 + 1 : since1900
  // Digits beyond ms are the number's own inexactness.
  const text = new Date(Date.UTC(1899, 11, 30) + Math.round(real * DAY_MS)).toISOString()
  if (kind === 'time' && days < 1) return text.slice(11, 23)
  return kind === 'date' && Number.isInteger(days) ? text.slice(0, 10) : text.slice(0, 23)
}
