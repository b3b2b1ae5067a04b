/// <reference lib="esnext.temporal" />
import { FleetError } from '@fleetlake/core'
import { closest } from 'fastest-levenshtein'
import { formatOfPattern, isoFormat, type TimeFormat, type WrittenTime } from './time-format.ts'
import { createZoneClock } from './zone-clock.ts'

export type TimeFault = 'time-missing' | 'time-not-understood' | 'time-that-never-was'

/** Ms since the epoch, whole, or why not. */
export type ReadTime = (value: unknown) => number | TimeFault

export interface TimeOptions {
  /** `auto`, `iso`, `epoch-s`, `epoch-ms` or a pattern. */
  readonly format: string
  /** Of times without an offset: an IANA name, e.g. `Asia/Shanghai`. */
  readonly timezone?: string | undefined
}

export interface TimeReader {
  readonly read: ReadTime
  /** Times so far that the end of daylight saving repeats: the first of the two is taken. */
  ambiguous(): number
}

/** Below it, a bare number is seconds: the year 5138 in seconds, 1973 in ms. */
const SECONDS_BELOW = 1e11
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/

/**
 * @throws FleetError `usage.invalid` for a zone or a format that doesn't exist
 * What it returns throws `import.invalid` at the first time without an offset when no zone is given.
 */
export const createTimeReader = ({ format, timezone }: TimeOptions): TimeReader => {
  if (timezone !== undefined) checkZone(timezone)
  const clock = timezone === undefined ? undefined : createZoneClock(timezone)

  const toUtc = (written: WrittenTime, text: string): number | TimeFault => {
    const wallMs = wallClockOf(written)
    if (wallMs === undefined) return 'time-that-never-was'
    if (written.offsetMs !== undefined) return wallMs - written.offsetMs
    if (clock === undefined) {
      throw new FleetError(
        'import.invalid',
        `the time "${text}" has no offset: give its time zone, such as --timezone Asia/Shanghai or --timezone UTC`,
      )
    }
    return clock.toUtc(wallMs) ?? 'time-that-never-was'
  }
  const readText = (text: string, formatOfText: TimeFormat): number | TimeFault => {
    const written = formatOfText(text)
    return written === undefined ? 'time-not-understood' : toUtc(written, text)
  }
  const read = readerOf(format, readText)
  return {
    read: (value) => {
      const blank = value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
      return blank ? 'time-missing' : read(typeof value === 'string' ? value.trim() : value)
    },
    ambiguous: () => clock?.ambiguous() ?? 0,
  }
}

const readerOf = (format: string, readText: (text: string, format: TimeFormat) => number | TimeFault): ReadTime => {
  switch (format) {
    case 'auto':
      return (value) => {
        const number = numberOf(value)
        if (number !== undefined) return Math.round(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number)
        return readText(String(value), isoFormat)
      }
    case 'epoch-s':
    case 'epoch-ms': {
      const scale = format === 'epoch-s' ? 1000 : 1
      return (value) => {
        const number = numberOf(value)
        return number === undefined ? 'time-not-understood' : Math.round(number * scale)
      }
    }
    case 'iso':
      return (value) => readText(String(value), isoFormat)
    default: {
      const pattern = formatOfPattern(format)
      return (value) => readText(String(value), pattern)
    }
  }
}

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined
}

/** The time as if it were UTC; undefined when the calendar or the clock has none such. */
const wallClockOf = ({ year, month, day, hour, minute, second, millisecond }: WrittenTime): number | undefined => {
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
  const date = new Date(wallMs)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? wallMs : undefined
}

const checkZone = (timezone: string): void => {
  try {
    Temporal.Now.zonedDateTimeISO(timezone)
  } catch (cause) {
    const nearest = closest(timezone, [...Intl.supportedValuesOf('timeZone'), 'UTC'])
    throw new FleetError('usage.invalid', `--timezone "${timezone}" is not a time zone; did you mean ${nearest}?`, {
      cause,
    })
  }
}
