import { toDegrees } from '@fleetlake/core'
import type { ChunkColumns } from '@fleetlake/columnar/formats'
import { compareUtf8, cutMaximum, cutMinimum } from './utf8-order.ts'

/** Texts of stats are cut to this many code points. */
const MAX_TEXT_LENGTH = 64

interface Range<T> {
  readonly min: T
  readonly max: T
  /** Rows without a value. */
  readonly nulls: number
}

/** What the log tells of a chunk's rows. A range is undefined when no row has a value. */
export interface ChunkStats {
  readonly rows: number
  readonly vehicleId: Range<string>
  readonly vehicleType: Range<string>
  /** ms */
  readonly eventTime: Range<number>
  /** Whole millionths of a degree. */
  readonly longitude: Range<number>
  readonly latitude: Range<number>
  readonly speed: Range<number>
  readonly heading: Range<number>
}

const numberRange = (values: ArrayLike<number>, length: number): Range<number> => {
  let [min, max, nulls] = [Infinity, -Infinity, 0]
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value < min) min = value
    if (value > max) max = value
    if (Number.isNaN(value)) nulls++
  }
  return { min, max, nulls }
}

const textRange = (codes: ArrayLike<number>, texts: readonly string[], length: number): Range<string> => {
  const used = new Set<number>()
  let last = -1
  for (let i = 0; i < length; i++) {
    if (codes[i] === last) continue
    last = codes[i]
    used.add(last)
  }
  const sorted = Array.from(used, (code) => texts[code]).toSorted(compareUtf8)
  return { min: sorted[0], max: sorted[sorted.length - 1], nulls: 0 }
}

/** @param columns at least one row */
export const statsOf = (columns: ChunkColumns): ChunkStats => {
  const { length } = columns
  return {
    rows: length,
    vehicleId: textRange(columns.vehicle, columns.vehicleIds, length),
    vehicleType: textRange(columns.vehicleType, columns.vehicleTypes, length),
    eventTime: numberRange(columns.eventTime, length),
    longitude: numberRange(columns.longitude, length),
    latitude: numberRange(columns.latitude, length),
    speed: numberRange(columns.speed, length),
    heading: numberRange(columns.heading, length),
  }
}

const joinRanges = (a: Range<number>, b: Range<number>): Range<number> => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
  nulls: a.nulls + b.nulls,
})

const joinTexts = (a: Range<string>, b: Range<string>): Range<string> => ({
  min: compareUtf8(a.min, b.min) <= 0 ? a.min : b.min,
  max: compareUtf8(a.max, b.max) >= 0 ? a.max : b.max,
  nulls: a.nulls + b.nulls,
})

/** The stats of the rows of both. */
export const joinStats = (a: ChunkStats, b: ChunkStats): ChunkStats => ({
  rows: a.rows + b.rows,
  vehicleId: joinTexts(a.vehicleId, b.vehicleId),
  vehicleType: joinTexts(a.vehicleType, b.vehicleType),
  eventTime: joinRanges(a.eventTime, b.eventTime),
  longitude: joinRanges(a.longitude, b.longitude),
  latitude: joinRanges(a.latitude, b.latitude),
  speed: joinRanges(a.speed, b.speed),
  heading: joinRanges(a.heading, b.heading),
})

/** Infinity has no place in JSON: a bound that is not finite is left out, and so is one of no rows. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value + 0 : undefined)

/** The text of `add.stats`. Whole milliseconds and six digits are what the columns hold, so these bounds are exact. */
export const formatStats = (stats: ChunkStats): string => {
  const { rows, vehicleId, vehicleType, eventTime, longitude, latitude, speed, heading } = stats
  return JSON.stringify({
    numRecords: rows,
    minValues: {
      vehicle_id: cutMinimum(vehicleId.min, MAX_TEXT_LENGTH),
      vehicle_type: cutMinimum(vehicleType.min, MAX_TEXT_LENGTH),
      event_time: new Date(eventTime.min).toISOString(),
      longitude: toDegrees(longitude.min),
      latitude: toDegrees(latitude.min),
      speed: finite(speed.min),
      heading: finite(heading.min),
    },
    maxValues: {
      vehicle_id: cutMaximum(vehicleId.max, MAX_TEXT_LENGTH),
      vehicle_type: cutMaximum(vehicleType.max, MAX_TEXT_LENGTH),
      event_time: new Date(eventTime.max).toISOString(),
      longitude: toDegrees(longitude.max),
      latitude: toDegrees(latitude.max),
      speed: finite(speed.max),
      heading: finite(heading.max),
    },
    nullCount: {
      vehicle_id: 0,
      vehicle_type: 0,
      event_time: 0,
      longitude: 0,
      latitude: 0,
      speed: speed.nulls,
      heading: heading.nulls,
    },
  })
}
