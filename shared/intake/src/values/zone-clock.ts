/// <reference lib="esnext.temporal" />

/** The instant of a wall clock's time in a zone. */
export interface ZoneClock {
  /**
   * @param wallMs the wall clock's time as if it were UTC, ms since the epoch
   * @returns ms since the epoch, the first of two instants; undefined when the wall clock never showed that time
   */
  toUtc(wallMs: number): number | undefined
  /** The same in an hour in which the clock is not changed; NaN in others, of which nothing is counted. */
  toUtcPlainly(wallMs: number): number
  /** Times so far that the wall clock has shown twice. */
  ambiguous(): number
}

const HOUR_MS = 3_600_000
/** The calendar ends some days beyond. */
const MOST_MS = 8.64e15 - 100 * HOUR_MS
const MAX_HOURS = 10_000

const wallTimeOf = (wallMs: number): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO('UTC').toPlainDateTime()

/** How far the clock is ahead of UTC then, ms; undefined when there is none or more than one answer. */
const offsetAt = (wallMs: number, timezone: string): number | undefined => {
  const [earlier, later] = (['earlier', 'later'] as const).map(
    (disambiguation) => wallTimeOf(wallMs).toZonedDateTime(timezone, { disambiguation }).epochMilliseconds,
  )
  return earlier === later ? wallMs - earlier : undefined
}

/** Keeps the offset of hours in which it does not change: almost all. */
export const createZoneClock = (timezone: string): ZoneClock => {
  const hours = new Map<number, number | undefined>()
  let ambiguous = 0

  const isInCalendar = (wallMs: number): boolean => Math.abs(wallMs) < MOST_MS
  const offsetOfHour = (hour: number): number | undefined => {
    if (!hours.has(hour)) {
      if (hours.size >= MAX_HOURS) hours.clear()
      const first = offsetAt(hour * HOUR_MS, timezone)
      hours.set(hour, first === offsetAt((hour + 1) * HOUR_MS - 1, timezone) ? first : undefined)
    }
    return hours.get(hour)
  }
  const toUtcInChange = (wallMs: number): number | undefined => {
    const wall = wallTimeOf(wallMs)
    const earlier = wall.toZonedDateTime(timezone, { disambiguation: 'earlier' })
    if (!earlier.toPlainDateTime().equals(wall)) return undefined
    const later = wall.toZonedDateTime(timezone, { disambiguation: 'later' })
    if (later.epochMilliseconds !== earlier.epochMilliseconds) ambiguous++
    return earlier.epochMilliseconds
  }
  return {
    toUtc: (wallMs) => {
      if (!isInCalendar(wallMs)) return undefined
      const offset = offsetOfHour(Math.floor(wallMs / HOUR_MS))
      return offset === undefined ? toUtcInChange(wallMs) : wallMs - offset
    },
    toUtcPlainly: (wallMs) =>
      isInCalendar(wallMs) ? wallMs - (offsetOfHour(Math.floor(wallMs / HOUR_MS)) ?? NaN) : NaN,
    ambiguous: () => ambiguous,
  }
}

export const isZone = (zone: string): boolean => {
  try {
    Temporal.Now.zonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

const OFFSET_ZONE = /^([+-])(\d{2}):?(\d{2})?$/

/** How far the clock of a zone that never changes is ahead of UTC, ms: `UTC`, `+08:00`; undefined for others. */
export const fixedOffsetOf = (zone: string): number | undefined => {
  if (/^(?:UTC|GMT|Etc\/(?:UTC|GMT))$/i.test(zone)) return 0
  const [, sign, hours, minutes = '0'] = OFFSET_ZONE.exec(zone) ?? []
  if (sign === undefined) return undefined
  const ms = Number(hours) * HOUR_MS + Number(minutes) * 60_000
  return sign === '-' ? 0 - ms : ms
}
