import { isAbsent } from './absent.ts'
import { instantOfNumber, isBareNumber, isWallUnit } from './number-time.ts'
import type { Decimal, TimeReading } from './readings.ts'
import { formatOfTexts } from './text-time.ts'
import { trimmed } from './trimmed.ts'
import { type TimeFormat, wallClockOf } from './written-time.ts'
import { createZoneClock, isZone, type ZoneClock } from './zone-clock.ts'

/** Why a row has no instant; each is the reason of a `RowFault`. */
export type TimeFault = 'time-missing' | 'time-not-understood' | 'time-that-never-was' | 'time-without-offset'

/** Whole ms since the epoch, or why not. */
export type ReadTime = (value: unknown) => number | TimeFault

export interface TimeReader {
  readonly read: ReadTime
  /** The clock of `zone`, for faster ways; undefined without one. */
  readonly clock: ZoneClock | undefined
  /** Times so far that the end of daylight saving repeats: the first of the two is taken. */
  ambiguous(): number
}

/** Zones that the times of an input name themselves, at most. */
const MOST_ZONES = 64

/**
 * Reads the times of rows.
 * @param decimal the mark of bare numbers
 * @throws FleetError `usage.invalid` for a pattern that can't be
 */
export const createTimeReader = (reading: TimeReading, decimal: Decimal = '.'): TimeReader => {
  const zone = reading.kind === 'instant' ? undefined : reading.zone
  const clock = zone === undefined ? undefined : createZoneClock(zone)
  const named = new Map<string, ZoneClock | undefined>()
  const clockOf = (name: string): ZoneClock | undefined => {
    if (!named.has(name)) {
      if (named.size >= MOST_ZONES) named.clear()
      named.set(name, isZone(name) ? createZoneClock(name) : undefined)
    }
    return named.get(name)
  }
  const atWall = (wallMs: number, from: ZoneClock | undefined): number | TimeFault =>
    from === undefined ? 'time-without-offset' : (from.toUtc(wallMs) ?? 'time-that-never-was')

  const readText = (text: string, format: TimeFormat): number | TimeFault => {
    const written = format(text)
    if (written === undefined) return 'time-not-understood'
    const wallMs = wallClockOf(written)
    if (wallMs === undefined) return 'time-that-never-was'
    if (written.offsetMs !== undefined) return wallMs - written.offsetMs
    if (written.zone === undefined) return atWall(wallMs, clock)
    const own = clockOf(written.zone)
    return own === undefined ? 'time-not-understood' : atWall(wallMs, own)
  }
  const readPresent = readerOf(reading, { readText, atWall: (wallMs) => atWall(wallMs, clock), decimal })
  return {
    read: (value) => (isAbsent(value) ? 'time-missing' : readPresent(value)),
    clock,
    ambiguous: () => [clock, ...named.values()].reduce((all, each) => all + (each?.ambiguous() ?? 0), 0),
  }
}

interface Readers {
  readonly readText: (text: string, format: TimeFormat) => number | TimeFault
  readonly atWall: (wallMs: number) => number | TimeFault
  readonly decimal: Decimal
}

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return trimmed(value)
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

const readerOf = (reading: TimeReading, { readText, atWall, decimal }: Readers): ReadTime => {
  switch (reading.kind) {
    case 'instant':
      return (value) =>
        typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) + 0 : 'time-not-understood'
    case 'number': {
      const { unit } = reading
      const isWall = isWallUnit(unit)
      return (value) => {
        const ms = instantOfNumber(value, unit, decimal)
        if (Number.isFinite(ms)) return isWall ? atWall(ms) : ms + 0
        const isDigits = (unit === 'digits' || unit === 'digits-yy') && isBareNumber(value)
        return isDigits ? 'time-that-never-was' : 'time-not-understood'
      }
    }
    case 'iso':
    case 'pattern': {
      const format = formatOfTexts(reading)
      return (value) => {
        const text = textOf(value)
        return text === undefined ? 'time-not-understood' : readText(text, format)
      }
    }
  }
}

const WHOLE_DAY_MS = 86_400_000
const MOST_DAYS = 200_000

/**
 * The value of a time whose day and time of day are in two fields: a text of both with a blank between them, or, of numbers that are days and parts of a day (a sheet's), their sum.
 * @returns undefined where one of them is missing
 */
export const joinTime = (day: unknown, time: unknown): unknown => {
  if (isAbsent(day) || isAbsent(time)) return undefined
  const [date, clock] = [isBareNumber(day) ? Number(day) : NaN, isBareNumber(time) ? Number(time) : NaN]
  if (date > 0 && date < MOST_DAYS && clock >= 0 && clock < 1) return date + clock
  // The instant of a day, as formats with types have it.
  const isInstant = typeof day === 'number' && Math.abs(day) > 1e9 && day % WHOLE_DAY_MS === 0
  const dayText = isInstant ? new Date(day).toISOString().slice(0, 10) : textOf(day)
  return `${dayText} ${textOf(time)}`
}
