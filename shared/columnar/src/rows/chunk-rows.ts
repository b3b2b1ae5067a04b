import type { Texts } from './text-list.ts'

/**
 * Rows of a chunk as they are at rest, in the order of the file. Columns may be unpacked when they are first asked for, and are
 * overwritten by the next rows of the same reader.
 */
export interface ChunkRows {
  readonly length: number
  /** The number of a row's vehicle among `vehicleIds`; an id may have several. */
  readonly vehicle: Int32Array
  readonly vehicleIds: Texts
  /** Index into `vehicleTypes`, per row. */
  readonly vehicleType: Int32Array
  readonly vehicleTypes: readonly string[]
  /** ms since the epoch, rounded down. */
  readonly eventTime: Float64Array
  /** Whole millionths of a degree. */
  readonly longitude: Int32Array
  readonly latitude: Int32Array
  /** m/s; NaN where unknown. */
  readonly speed: Float32Array
  /** Degrees clockwise from north; NaN where unknown. */
  readonly heading: Float32Array
}

export const NO_ROWS: ChunkRows = {
  length: 0,
  vehicle: new Int32Array(0),
  vehicleIds: { count: 0, offsets: new Int32Array(1), bytes: new Uint8Array(0) },
  vehicleType: new Int32Array(0),
  vehicleTypes: [],
  eventTime: new Float64Array(0),
  longitude: new Int32Array(0),
  latitude: new Int32Array(0),
  speed: new Float32Array(0),
  heading: new Float32Array(0),
}
