import { COLUMN_NAMES, type PositionRow, textBytes, textFaultOf } from '@fleetlake/columnar'
import { faultOf, MAX_TEXT_BYTES, roundDegrees } from '@fleetlake/core'
import { isFault, type RowFault } from './input-row.ts'
import type { ReadMeasures } from './read-measures.ts'
import type { ReadTime } from './read-time.ts'

/** How the values of a row become a position. */
export interface PositionSettings {
  readonly readTime: ReadTime
  readonly speedUnit: SpeedUnit
  /** Of all rows. */
  readonly vehicleId?: string | undefined
  /** Of rows that have none. */
  readonly vehicleType: string
  /** The latest time that is believed, ms since the epoch. */
  readonly latestMs: number
  /** Missing where rows have no measures. */
  readonly readMeasures?: ReadMeasures | undefined
}

/** m/s of one. */
export const SPEED_UNITS = { 'm/s': 1, 'km/h': 1 / 3.6, kn: 1852 / 3600, mph: 1609.344 / 3600 } as const
export type SpeedUnit = keyof typeof SPEED_UNITS

const ABSENT = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-'])

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : ''
}

/** NaN for what is not a number; undefined for nothing. */
const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'string') return NaN
  const text = value.trim()
  return ABSENT.has(text.toLowerCase()) ? undefined : Number(text)
}

const quoted = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80)

const fault = (reason: string, detail: string): RowFault => ({ reason, detail })

/**
 * @param values in the order of `COLUMN_NAMES`, then those of the measures
 * @returns the position, rounded, speed in m/s; speed and heading are NaN where the row has none or an impossible one
 */
export const readPosition = (values: readonly unknown[], settings: PositionSettings): PositionRow | RowFault => {
  const [id, type, time, x, y, v, direction] = values
  const vehicleId = settings.vehicleId ?? textOf(id)
  const vehicleType = textOf(type) || settings.vehicleType
  const textFault = textFaultOf(textBytes(vehicleId), textBytes(vehicleType))
  if (textFault !== undefined) {
    return fault(textFault, `a vehicle's id and type take 1 to ${MAX_TEXT_BYTES} bytes of UTF-8`)
  }
  // What decoding puts in the place of bytes that are not UTF-8: two ids might read as the same.
  if (vehicleId.includes('\uFFFD') || vehicleType.includes('\uFFFD')) {
    return fault('not-utf-8', `vehicle ${quoted(vehicleId)} of type ${quoted(vehicleType)}`)
  }
  const timeMs = settings.readTime(time)
  if (typeof timeMs === 'string') return fault(timeMs, `time ${quoted(time)}`)
  const [longitude, latitude] = [roundDegrees(numberOf(x) ?? NaN), roundDegrees(numberOf(y) ?? NaN)]
  const wrong = faultOf(timeMs, longitude, latitude, settings.latestMs)
  if (wrong !== undefined) return fault(wrong, `time ${quoted(time)}, longitude ${quoted(x)}, latitude ${quoted(y)}`)
  const [speed, heading] = [numberOf(v), numberOf(direction)]
  if (Number.isNaN(speed)) return fault('speed-not-a-number', `speed ${quoted(v)}`)
  if (Number.isNaN(heading)) return fault('heading-not-a-number', `heading ${quoted(direction)}`)
  const measures = settings.readMeasures?.(values.slice(COLUMN_NAMES.length))
  if (measures !== undefined && isFault(measures)) return measures
  return {
    vehicleId,
    vehicleType,
    eventTime: timeMs,
    longitude,
    latitude,
    speed: speed === undefined || !(speed >= 0 && speed < Infinity) ? NaN : speed * SPEED_UNITS[settings.speedUnit],
    heading: heading === undefined || !(heading >= 0 && heading <= 360) ? NaN : heading % 360,
    ...(measures === undefined ? {} : { measures }),
  }
}
