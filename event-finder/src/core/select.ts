import { type Area, selectInside } from '@fleetlake/core'

/** Rows as a scan gives them: codes for texts, so that nothing is made twice. */
export interface ScannedRows {
  readonly length: number
  readonly vehicle: Uint32Array
  /** UTF-8, by code. */
  readonly vehicleIds: ReadonlyMap<number, Uint8Array>
  readonly vehicleType: Uint32Array
  /** By code. */
  readonly vehicleTypes: ReadonlyMap<number, string>
  /** ms since the epoch. */
  readonly eventTime: Float64Array
  /** Degrees. */
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  /** NaN where unknown. */
  readonly speed: Float32Array
  readonly heading: Float32Array
}

/** The rows that lie in the area, exactly; all when there is none to test. */
export const selectRows = (rows: ScannedRows, area: Area | undefined): Uint32Array => {
  if (area === undefined) return Uint32Array.from({ length: rows.length }, (_, i) => i)
  const micro = (degrees: Float64Array): Int32Array => Int32Array.from(degrees, (value) => Math.round(value * 1e6))
  return selectInside(area, micro(rows.longitude), micro(rows.latitude))
}
