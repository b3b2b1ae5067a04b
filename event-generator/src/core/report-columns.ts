/** The reports of one tick of a share, in order of time. Columns; the first `length` entries count. */
export interface ReportColumns {
  length: number
  /** Index in the fleet. */
  readonly vehicle: Int32Array
  /** Index into the fleet's `types`. */
  readonly type: Uint8Array
  /** Ms since the epoch, whole. */
  readonly time: Float64Array
  /** Degrees, rounded to 1e-6. */
  readonly longitude: Float64Array
  /** Degrees, rounded to 1e-6. */
  readonly latitude: Float64Array
  /** m/s, rounded to 0.1. */
  readonly speed: Float32Array
  /** Whole degrees clockwise from north, [0, 360). */
  readonly heading: Float32Array
}

/** @param capacity the vehicles of the share */
export const createReportColumns = (capacity: number): ReportColumns => ({
  length: 0,
  vehicle: new Int32Array(capacity),
  type: new Uint8Array(capacity),
  time: new Float64Array(capacity),
  longitude: new Float64Array(capacity),
  latitude: new Float64Array(capacity),
  speed: new Float32Array(capacity),
  heading: new Float32Array(capacity),
})
