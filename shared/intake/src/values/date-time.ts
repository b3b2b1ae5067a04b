const DATE_TIME =
  /^(\d{4})([-/])(\d\d)\2(\d\d)(?:T|t| +)(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)? *(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i

/**
 * A time as ISO 8601 and XML Schema have it, with a date.
 * @returns ms since the epoch; where the text does not say how far its clock is from UTC the same time as ISO 8601 text without an offset; undefined for what is no time, or none that ever was
 */
export const parseDateTime = (text: string): number | string | undefined => {
  const parts = DATE_TIME.exec(text.trim())
  if (parts === null) return undefined
  const [, year, , month, day, hour, minute, second = '0', fraction = '', offset] = parts
  const wallMs = wallClock([year, month, day, hour, minute, second].map(Number), fraction)
  if (wallMs === undefined) return undefined
  return offset === undefined ? new Date(wallMs).toISOString().slice(0, -1) : wallMs - offsetMsOf(offset)
}

/** The same of a format whose times are UTC unless they say another offset. */
export const parseUtc = (text: string): number | undefined => {
  const time = parseDateTime(text)
  return typeof time === 'string' ? Date.parse(`${time}Z`) : time
}

/** As if the clock were UTC's. Digits beyond ms are cut off. The leap second is the one after it. */
const wallClock = ([year, month, day, hour, minute, second]: number[], fraction: string): number | undefined => {
  const isMidnight = hour === 24 && minute === 0 && second === 0
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 60) return undefined
  const dateMs = utcDate(year, month, day)
  if (dateMs === undefined) return undefined
  return dateMs + ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

/** Ms since the epoch of a date's midnight, UTC; undefined where the calendar has none such. */
export const utcDate = (year: number, month: number, day: number): number | undefined => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined
}

const offsetMsOf = (offset: string): number => {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  return sign === undefined ? 0 : (sign === '-' ? -60_000 : 60_000) * (Number(hours) * 60 + Number(minutes ?? 0))
}
