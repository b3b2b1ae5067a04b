import { DAY_MS, daysOfDate, HOUR_MS, isDay, MINUTE_MS } from './calendar.ts'

/** A time as it is written. It is local unless `offsetMs` says how far its clock is ahead of UTC, or `zone` names its zone. */
export interface WrittenTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  readonly offsetMs?: number
  /** An IANA name, such as `Europe/Paris`; only where there is no offset. */
  readonly zone?: string
}

/** Reads a text; undefined when it has another form. Whether there is such a day or hour is not its business. */
export type TimeFormat = (text: string) => WrittenTime | undefined

/** Longer texts are no times. */
export const LONGEST_TIME = 100

/** A leap second, which comes at the end of a day of UTC: of an hour, or of a quarter of one where clocks are ahead by so much. */
const isLeapSecond = (minute: number, second: number): boolean => second === 60 && minute % 15 === 14

/** The wall clock's time as if it were UTC; undefined when the calendar or the clock has none such. 24:00 is the end of its day, a leap second the second after it. */
export const wallClockOf = ({
  year,
  month,
  day,
  hour,
  minute,
  second,
  millisecond,
}: WrittenTime): number | undefined => {
  const isEndOfDay = hour === 24 && minute === 0 && second === 0 && millisecond === 0
  const isOfClock = hour <= 23 && minute <= 59 && (second <= 59 || isLeapSecond(minute, second))
  if (!(isOfClock || isEndOfDay) || !isDay(year, month, day)) return undefined
  return daysOfDate(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + millisecond
}

/** ms of the digits after a point: what is less than a ms is cut. */
export const millisecondOf = (fraction: string | undefined): number =>
  Number((fraction ?? '').slice(0, 3).padEnd(3, '0'))

/**
 * What may stand for an offset: `Z`, `UTC`, `+01`, `+0100`, `+01:00`, `GMT+1`; `+0000 UTC` and `+0100 CET` as Go writes them; `[Europe/Paris]`, alone or behind an offset, as
 * Java does; `GMT+0200 (Central European Summer Time)` as browsers do.
 */
export const OFFSET: string = String.raw`(?:(?:(?:UTC|GMT|UT)(?:[+−-]\d{1,2}(?::?\d{2})?)?|Z|[+−-]\d{2}(?::?\d{2}(?::?00)?)?)(?: [A-Z]{3,5})?(?: m=[+-][\d.]+)?(?:\[[\w/+:-]{1,60}\])?(?: \([^()]{1,60}\))?|\[[\w/+:-]{1,60}\])`

const PARTS =
  /^(?:(?:UTC|GMT|UT)?([+−-])(\d{1,2})(?::?(\d{2}))?(?::?00)?|UTC|GMT|UT|Z)?(?: ([A-Z]{3,5}))?(?: m=\S+)?(?:\[(.+)\])?(?: \(.*\))?$/i
const MOST_HOURS = 18
const IS_UTC = /^(?:UTC|GMT)$/i

/** The offset, or the zone, of a text that matches `OFFSET`; undefined when there is no such offset. */
export const offsetOf = (text: string): Pick<WrittenTime, 'offsetMs' | 'zone'> | undefined => {
  if (text.startsWith('[')) return { zone: text.slice(1, -1) }
  const parts = PARTS.exec(text)
  if (parts === null) return undefined
  const [, sign, hours = '0', minutes = '0', name] = parts
  if (Number(hours) > MOST_HOURS || Number(minutes) > 59) return undefined
  const ms = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS
  // Two answers are none.
  if (name !== undefined && IS_UTC.test(name) && ms !== 0) return undefined
  return { offsetMs: sign === undefined || sign === '+' ? ms : 0 - ms }
}
