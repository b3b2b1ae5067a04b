/**
 * The rows of one chunk as columns, sorted by vehicle, then time. Coordinates are whole millionths of a degree, times whole ms since
 * the epoch, NaN a speed or heading that is not known. Arrays may be longer than `length`.
 */
export interface ChunkColumns {
  readonly length: number
  /** May hold more than this chunk's vehicles. */
  readonly vehicleIds: readonly string[]
  /** Index into `vehicleIds`, per row. */
  readonly vehicle: Uint32Array
  readonly vehicleTypes: readonly string[]
  /** Index into `vehicleTypes`, per row. */
  readonly vehicleType: Uint32Array
  readonly eventTime: Float64Array
  readonly longitude: Int32Array
  readonly latitude: Int32Array
  /** m/s */
  readonly speed: Float32Array
  /** Degrees clockwise from north. */
  readonly heading: Float32Array
}

/** How the rows of a chunk become the bytes of a file. */
export interface Codec {
  /** With its dot. */
  readonly extension: string
  /** @throws FleetError `table.invalid` for a chunk without rows */
  encode(columns: ChunkColumns): Uint8Array
}
