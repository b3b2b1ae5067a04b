import { LONGEST_TIME, millisecondOf, OFFSET, offsetOf, type TimeFormat } from './written-time.ts'

const DATE = String.raw`(?<year>\d{4})(?:(?<between>[-/.:])(?<month>\d{1,2})\k<between>(?<day>\d{1,2})|(?<month>\d{2})(?<day>\d{2})(?=.))`
const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,12}))?)?`
const SHORT_CLOCK = String.raw`(?<hour>\d{2})(?<minute>\d{2})(?:(?<second>\d{2})(?:[.,](?<fraction>\d{1,12}))?)?`
const ISO = new RegExp(
  String.raw`^${DATE}(?:(?:T ?|_|,? {1,3})(?:${CLOCK}|${SHORT_CLOCK}) ?(?<offset>${OFFSET})?)?$`,
  'i',
)

/**
 * `2018-10-01T08:00:00.123+08:00`: also with a blank or slashes, without seconds, without dashes and colons, without an offset, or the day alone, which is its
 * midnight. Eight digits alone are a number.
 */
export const isoFormat: TimeFormat = (text) => {
  const parts = text.length > LONGEST_TIME ? undefined : ISO.exec(text)?.groups
  if (parts === undefined) return undefined
  const offset = parts['offset'] === undefined ? {} : offsetOf(parts['offset'])
  if (offset === undefined) return undefined
  return {
    year: Number(parts['year']),
    month: Number(parts['month']),
    day: Number(parts['day']),
    hour: Number(parts['hour'] ?? 0),
    minute: Number(parts['minute'] ?? 0),
    second: Number(parts['second'] ?? 0),
    millisecond: millisecondOf(parts['fraction']),
    ...offset,
  }
}

const DAY_ALONE = /^\d{4}[-/.:]\d{1,2}[-/.:]\d{1,2}$/

/** Whether an ISO text is a day without a time of day. */
export const isDayAlone = (text: string): boolean => DAY_ALONE.test(text)
