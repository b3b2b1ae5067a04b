import type { RowFault } from '../../rows/row-fault.ts'
import { epochMs } from './instants.ts'
import { parseJsonRow } from './parse-json-row.ts'

/** Columns of a table of trips as the taxis of Porto have them: `TRIP_ID,…,TAXI_ID,TIMESTAMP,…,MISSING_DATA,POLYLINE`. */
export const POLYLINE_COLUMNS = {
  vehicle: 'TAXI_ID',
  /** s since the epoch at which the trip began. */
  time: 'TIMESTAMP',
  /** `True` where reports of the trip are missing. */
  missing: 'MISSING_DATA',
  /** `[[longitude,latitude],…]`, degrees. */
  polyline: 'POLYLINE',
} as const

/** Between two points of a trip. */
const INTERVAL_MS = 15_000

/** Whether a table has a trip in each row. */
export const hasPolylines = (names: readonly string[]): boolean =>
  [POLYLINE_COLUMNS.vehicle, POLYLINE_COLUMNS.time, POLYLINE_COLUMNS.polyline].every((name) => names.includes(name))

/** Of a row, as texts. */
export interface PolylineRow {
  readonly timestamp: string
  readonly polyline: string
  readonly missing?: string | undefined
}

/** Points in their order, one for each index. */
export interface PolylinePoints {
  /** ms since the epoch. */
  readonly eventTime: Float64Array
  /** Degrees. */
  readonly longitude: Float64Array
  readonly latitude: Float64Array
}

/**
 * The points of a trip, one every 15 s from its start; none for an empty list, which many trips have. NaN is a coordinate that is no number. A trip of which reports are missing is a fault: when the reports after them were is not
 * known.
 */
export const expandPolyline = ({ timestamp, polyline, missing }: PolylineRow): PolylinePoints | RowFault => {
  if (missing !== undefined && /^(true|1)$/i.test(missing.trim()))
    return {
      reason: 'missing-reports',
      detail: 'reports of the trip are missing, so the times of the others are not known',
    }
  const startMs = epochMs(timestamp.trim(), 1_000)
  if (Number.isNaN(startMs))
    return { reason: 'time-invalid', detail: `TIMESTAMP "${timestamp.slice(0, 80)}" is not a number of seconds` }
  const points = parseJsonRow(polyline)
  if (!Array.isArray(points) || !points.every(Array.isArray))
    return { reason: 'polyline-invalid', detail: 'POLYLINE is not [[longitude,latitude],…]' }
  const { length } = points
  const columns = {
    eventTime: new Float64Array(length),
    longitude: new Float64Array(length),
    latitude: new Float64Array(length),
  }
  points.forEach(([longitude, latitude], i) => {
    columns.eventTime[i] = startMs + i * INTERVAL_MS
    columns.longitude[i] = typeof longitude === 'number' ? longitude : NaN
    columns.latitude[i] = typeof latitude === 'number' ? latitude : NaN
  })
  return columns
}
