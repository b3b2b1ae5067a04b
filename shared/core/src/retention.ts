import { dateOf, type Period, periodOfDate } from './time-window.ts'

const DAY_MS = 86_400_000

/** Rows that come within this time after their date has ended are not late: that they came is not written down. */
const LATE_MS = 2 * DAY_MS

/** Whether rows of a date that come now are late, so that the table keeps the day on which they came. */
export const isLateArrival = (date: string, nowMs: number): boolean => nowMs - periodOfDate(date).to > LATE_MS

/** The number of the UTC day since 1970 that an instant lies in. */
export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)

/** The end of a day by its number, ms since the epoch. */
const endOfDay = (day: number): number => (day + 1) * DAY_MS

/**
 * When a date goes, ms since the epoch. Invariant: each of its rows stays for the retention, counted from when it came or, where that is later, from its own time. So a
 * date whose rows are not known to have come late is kept as if the last had come as late as they may without being late.
 * @param arrivalDay the number of the last day on which rows came late; undefined when none did
 */
export const goesAtMs = (date: string, retentionMs: number, arrivalDay: number | undefined): number =>
  Math.max(periodOfDate(date).to + LATE_MS, arrivalDay === undefined ? -Infinity : endOfDay(arrivalDay)) + retentionMs

export interface RetentionTime {
  readonly retentionMs: number
  readonly nowMs: number
}

/** Until when rows of a date stay at least that come now, ms since the epoch. */
export const staysUntilMs = (date: string, { retentionMs, nowMs }: RetentionTime): number =>
  goesAtMs(date, retentionMs, isLateArrival(date, nowMs) ? dayOf(nowMs) : undefined)

/** The same of rows of several dates: of the one that goes first. @param period inclusive, ms since the epoch */
const allStayUntilMs = ({ from, to }: Period, time: RetentionTime): number => {
  const last = dayOf(to)
  // Of dates that are late all stay equally long, and of others the first one goes first.
  const firstInTime = Math.min(last, Math.max(dayOf(from), dayOf(time.nowMs - LATE_MS - 1)))
  return Math.min(...[from, firstInTime * DAY_MS].map((timeMs) => staysUntilMs(dateOf(timeMs), time)))
}

/**
 * How long rows of the past stay that are imported now: a sentence.
 * @param period of their times, inclusive, ms since the epoch
 */
export const describeStay = (period: Period, time: RetentionTime): string => {
  const [first, last] = [dateOf(period.from), dateOf(period.to)]
  const which = first === last ? first : `${first} to ${last}`
  return `rows of ${which} that are imported today stay until ${dateOf(allStayUntilMs(period, time))}`
}
