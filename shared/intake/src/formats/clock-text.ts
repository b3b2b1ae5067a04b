import type { Field } from './block.ts'
import { createTextBuilder, type TextBuilder } from './text-builder.ts'

/** Times that name no instant as texts of ISO 8601, which are read as any others: with the zone that a person says. */

const DAY_MS = 86_400_000
const [DASH, COLON, POINT, T, ZERO] = [45, 58, 46, 84, 48]
const DATE_BYTES = 10
const CLOCK_BYTES = 12
/** Years 0 to 9999. */
const [FIRST_DAY, LAST_DAY] = [-719_528, 2_932_896]

const digits = (bytes: Uint8Array, at: number, value: number, count: number): void => {
  let left = value
  for (let i = at + count - 1; i >= at; i--) {
    const next = Math.floor(left / 10)
    bytes[i] = ZERO + left - 10 * next
    left = next
  }
}

/** Writes days one after the other, of which many are the same. */
const createDateWriter = (): ((bytes: Uint8Array, at: number, day: number) => void) => {
  let last = Number.NaN
  const known = new Uint8Array(DATE_BYTES)
  return (bytes, at, day) => {
    if (day !== last) {
      const date = new Date(day * DAY_MS)
      digits(known, 0, date.getUTCFullYear(), 4)
      known[4] = DASH
      digits(known, 5, date.getUTCMonth() + 1, 2)
      known[7] = DASH
      digits(known, 8, date.getUTCDate(), 2)
      last = day
    }
    for (let i = 0; i < DATE_BYTES; i++) bytes[at + i] = known[i]
  }
}

/** `hh:mm:ss.sss` of ms of a day. */
const writeClock = (bytes: Uint8Array, at: number, ms: number): void => {
  const seconds = Math.floor(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  digits(bytes, at, hours, 2)
  bytes[at + 2] = COLON
  digits(bytes, at + 3, minutes - 60 * hours, 2)
  bytes[at + 5] = COLON
  digits(bytes, at + 6, seconds - 60 * minutes, 2)
  bytes[at + 8] = POINT
  digits(bytes, at + 9, ms - 1_000 * seconds, 3)
}

const isWritable = (day: number): boolean => day >= FIRST_DAY && day <= LAST_DAY

/** A time that no calendar of four digits has is the number itself, which no reader of times takes. */
const push = (texts: TextBuilder, value: number): void => texts.push(String(value))

type Numbers = ArrayLike<number>

/** `2026-11-28T04:00:00.123`, of ms since 1970 by a clock of an unknown zone. */
export const localTimes = (values: Numbers, rows: number): Field => {
  const texts = createTextBuilder(rows, DATE_BYTES + 1 + CLOCK_BYTES)
  const writeDate = createDateWriter()
  for (let row = 0; row < rows; row++) {
    const value = values[row]
    const day = Math.floor(value / DAY_MS)
    if (value !== value) texts.end(-1)
    else if (!isWritable(day)) push(texts, value)
    else {
      const { bytes, at } = texts.reserve(DATE_BYTES + 1 + CLOCK_BYTES)
      writeDate(bytes, at, day)
      bytes[at + DATE_BYTES] = T
      writeClock(bytes, at + DATE_BYTES + 1, value - DAY_MS * day)
      texts.end(DATE_BYTES + 1 + CLOCK_BYTES)
    }
  }
  return texts.field()
}

/** `2026-11-28`, of days since 1970. */
export const dates = (values: Numbers, rows: number): Field => {
  const texts = createTextBuilder(rows, DATE_BYTES)
  const writeDate = createDateWriter()
  for (let row = 0; row < rows; row++) {
    const day = values[row]
    if (day !== day) texts.end(-1)
    else if (!isWritable(day)) push(texts, day)
    else {
      const { bytes, at } = texts.reserve(DATE_BYTES)
      writeDate(bytes, at, day)
      texts.end(DATE_BYTES)
    }
  }
  return texts.field()
}

/** `04:00:00.123`, of ms of a day. */
export const clocks = (values: Numbers, rows: number): Field => {
  const texts = createTextBuilder(rows, CLOCK_BYTES)
  for (let row = 0; row < rows; row++) {
    const ms = values[row]
    if (ms !== ms) texts.end(-1)
    else if (!(ms >= 0 && ms < DAY_MS)) push(texts, ms)
    else {
      const { bytes, at } = texts.reserve(CLOCK_BYTES)
      writeClock(bytes, at, ms)
      texts.end(CLOCK_BYTES)
    }
  }
  return texts.field()
}
