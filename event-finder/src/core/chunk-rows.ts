/** Rows of a chunk as they are at rest, in the order of the file. */
export interface ChunkRows {
  readonly length: number
  /** `length + 1` offsets into `vehicleIdBytes`; the first need not be 0. */
  readonly vehicleIdOffsets: Int32Array
  /** UTF-8. */
  readonly vehicleIdBytes: Uint8Array
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

/** Whether two stretches of bytes are equal. */
export const isSameText = (bytes: Uint8Array, aFrom: number, aTo: number, bFrom: number, bTo: number): boolean => {
  if (aTo - aFrom !== bTo - bFrom) return false
  for (let i = aTo - aFrom - 1; i >= 0; i--) if (bytes[aFrom + i] !== bytes[bFrom + i]) return false
  return true
}
