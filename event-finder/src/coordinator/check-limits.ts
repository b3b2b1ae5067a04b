import type { Config, Message } from '@fleetlake/contracts'
import { FleetError, givenPolygons, squareKilometersOf } from '@fleetlake/core'

type Query = Message<'vehicleQuery'>
export type PersonLimits = Config['limits']

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `36 h`, `2 d`, `90 s` */
const spanText = (ms: number): string => {
  if (ms % DAY_MS === 0) return `${ms / DAY_MS} d`
  if (ms >= 2 * HOUR_MS) return `${Math.round(ms / HOUR_MS)} h`
  return ms >= 2 * MINUTE_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / 1_000)} s`
}

const areaText = (km2: number): string => `${km2.toLocaleString('en-US', { maximumSignificantDigits: 3 })} km²`

/**
 * Refuses what is more than one person may ask for at once.
 * @param query whose area is sound
 * @throws FleetError `query.invalid` with the limit, what was asked, and what to do
 */
export const checkLimits = (query: Query, { areaKm2, periodMs, rows }: PersonLimits): void => {
  const askedMs = Date.parse(query.to) - Date.parse(query.from)
  if (periodMs !== undefined && askedMs > periodMs) {
    throw new FleetError(
      'query.invalid',
      `the period is ${spanText(askedMs)} long, and a search may look at ${spanText(periodMs)} (limits.periodMs): ask for less, or in several searches`,
    )
  }
  if (rows !== undefined && query.limit !== undefined && query.limit > rows) {
    throw new FleetError(
      'query.invalid',
      `up to ${query.limit} positions are asked for, and a search may find ${rows} (limits.rows): ask for fewer, or leave out the limit`,
    )
  }
  if (areaKm2 === undefined) return
  const km2 = squareKilometersOf(givenPolygons(query.area))
  if (km2 > areaKm2) {
    throw new FleetError(
      'query.invalid',
      `the area has ${areaText(km2)}, and a search may look at ${areaText(areaKm2)} (limits.areaKm2): ask for a smaller one, or in several searches`,
    )
  }
}

/** A query that names no limit ends at that of a person. */
export const withinRows = (query: Query, { rows }: PersonLimits): Query =>
  rows === undefined || query.limit !== undefined ? query : { ...query, limit: rows }

/** What is said with an answer that ended there. */
export const rowsNote = (query: Query, { rows }: PersonLimits): string | undefined =>
  rows === undefined || query.limit !== undefined
    ? undefined
    : `there are more than ${rows} positions, which is what a search may find (limits.rows): ask for a smaller area or a shorter period`
