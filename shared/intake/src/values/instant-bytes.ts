import { DAY_MS, daysOfDate, isDay, MINUTE_MS } from './calendar.ts'

const BLANK = 0x20
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const SLASH = 0x2f
const ZERO = 0x30
const COLON = 0x3a
const BIG_T = 0x54
const BIG_Z = 0x5a
const SMALL_T = 0x74
const SMALL_Z = 0x7a
const MOST_FRACTION = 12
const MOST_OFFSET_HOURS = 18

/** Where the last time of day that `wallOf` has read ends. A variable, since nothing is allocated. */
let clockEnd = 0

/** Of two digits; less than 0 for anything else. */
const two = (bytes: Uint8Array, at: number): number => {
  const tens = bytes[at] - ZERO
  const units = bytes[at + 1] - ZERO
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : -1
}

/** ms of the digits of a fraction from `from` on, of which those beyond ms are cut; `clockEnd` is where they end. */
const fractionOf = (bytes: Uint8Array, from: number, to: number): number => {
  let ms = 0
  let scale = 100
  let at = from
  for (; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit < 0 || digit > 9) break
    ms += digit * scale
    scale = scale === 100 ? 10 : scale === 10 ? 1 : 0
  }
  clockEnd = at
  return at === from || at - from > MOST_FRACTION ? NaN : ms
}

/** The wall clock's time of `YYYY-MM-DD hh:mm[:ss[.fff]]` as if it were UTC, or NaN. `clockEnd` is where it ends. */
const wallOf = (bytes: Uint8Array, from: number, to: number): number => {
  if (to - from < 16) return NaN
  const between = bytes[from + 4]
  if ((between !== MINUS && between !== SLASH) || bytes[from + 7] !== between || bytes[from + 13] !== COLON) return NaN
  const separator = bytes[from + 10]
  if (separator !== BIG_T && separator !== BLANK && separator !== SMALL_T) return NaN
  const century = two(bytes, from)
  const years = two(bytes, from + 2)
  const month = two(bytes, from + 5)
  const day = two(bytes, from + 8)
  const hour = two(bytes, from + 11)
  const minute = two(bytes, from + 14)
  if (century < 0 || years < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59) return NaN
  const year = century * 100 + years
  if (!isDay(year, month, day)) return NaN
  const minuteMs = daysOfDate(year, month, day) * DAY_MS + (hour * 60 + minute) * MINUTE_MS
  clockEnd = from + 16
  if (clockEnd === to || bytes[clockEnd] !== COLON) return minuteMs
  if (to - clockEnd < 3) return NaN
  const second = two(bytes, from + 17)
  if (second < 0 || second > 59) return NaN
  clockEnd = from + 19
  const secondMs = minuteMs + second * 1_000
  if (clockEnd === to || (bytes[clockEnd] !== POINT && bytes[clockEnd] !== COMMA)) return secondMs
  return secondMs + fractionOf(bytes, from + 20, to)
}

/**
 * The instant of an ISO text, such as `2018-10-01T08:00:00.123+08:00`, ms since the epoch. Makes no objects.
 * @param bytes ASCII from `from` to `to`
 * @param offsetMs how far the clock of times without an offset is ahead of UTC; NaN when that is not known
 * @returns NaN for any other text, which is then read in the slower way
 */
export const readInstantBytes = (bytes: Uint8Array, from: number, to: number, offsetMs: number): number => {
  const wallMs = wallOf(bytes, from, to)
  if (wallMs !== wallMs) return NaN
  let at = clockEnd
  if (at === to) return wallMs - offsetMs
  if (bytes[at] === BLANK) at++
  const mark = bytes[at]
  if (mark === BIG_Z || mark === SMALL_Z) return at + 1 === to ? wallMs : NaN
  if ((mark !== PLUS && mark !== MINUS) || to - at < 3) return NaN
  const hours = two(bytes, at + 1)
  if (hours < 0 || hours > MOST_OFFSET_HOURS) return NaN
  at += 3
  let minutes = 0
  if (at < to) {
    if (bytes[at] === COLON) at++
    if (to - at !== 2) return NaN
    minutes = two(bytes, at)
    if (minutes < 0 || minutes > 59) return NaN
  }
  const ahead = (hours * 60 + minutes) * MINUTE_MS
  return mark === PLUS ? wallMs - ahead : wallMs + ahead
}

/**
 * What the wall clock shows by an ISO text without an offset, as if it were UTC, ms since the epoch: for times in a zone whose offset changes. Makes no objects.
 * @returns NaN for any other text, which is then read in the slower way
 */
export const readWallClockBytes = (bytes: Uint8Array, from: number, to: number): number => {
  const wallMs = wallOf(bytes, from, to)
  return clockEnd === to ? wallMs : NaN
}
