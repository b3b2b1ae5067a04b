/**
 * Rows of positions as columns: the in-flight shape (DESIGN: `vehicle_id`, `vehicle_type`, `event_time`, …).
 * Only the first `length` rows count. Columns are views: whoever keeps them copies them.
 */
export interface Positions {
  readonly length: number
  /** `length + 1` offsets into `vehicleIdBytes`. */
  readonly vehicleIdOffsets: Int32Array
  /** UTF-8. */
  readonly vehicleIdBytes: Uint8Array
  /** Index into `vehicleTypes`, per row. */
  readonly vehicleType: Int32Array
  readonly vehicleTypes: readonly string[]
  /** ms since the epoch, UTC. */
  readonly eventTime: Float64Array
  /** Degrees WGS84. */
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  /** m/s; NaN where unknown. */
  readonly speed: Float32Array
  /** Degrees clockwise from north, [0, 360); NaN where unknown. */
  readonly heading: Float32Array
}
