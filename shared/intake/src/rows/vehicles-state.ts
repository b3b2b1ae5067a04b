/** What rows say of those that follow: the vehicles so far, by number, and where each was last. */
export interface VehiclesState {
  /** Vehicles of before, which were forgotten since there were too many. */
  readonly forgotten: number
  /** The ids in UTF-8, side by side; id n is `ids[offsets[n], offsets[n + 1])`. */
  readonly ids: Uint8Array
  readonly offsets: Int32Array
  /** ms since the epoch; NaN for a vehicle of which no row was taken, as for those that have none here. */
  readonly times: Float64Array
  /** Degrees. */
  readonly longitudes: Float64Array
  readonly latitudes: Float64Array
}
