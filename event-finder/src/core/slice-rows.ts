import type { ChunkRows } from '@fleetlake/columnar'

/** The rows `[from, to)`, without a copy; a column that nobody has asked for stays packed. */
const sliceOf = (rows: ChunkRows, from: number, to: number): ChunkRows => ({
  length: to - from,
  get vehicle() {
    return rows.vehicle.subarray(from, to)
  },
  get vehicleIds() {
    return rows.vehicleIds
  },
  get vehicleType() {
    return rows.vehicleType.subarray(from, to)
  },
  get vehicleTypes() {
    return rows.vehicleTypes
  },
  get eventTime() {
    return rows.eventTime.subarray(from, to)
  },
  get longitude() {
    return rows.longitude.subarray(from, to)
  },
  get latitude() {
    return rows.latitude.subarray(from, to)
  },
  get speed() {
    return rows.speed.subarray(from, to)
  },
  get heading() {
    return rows.heading.subarray(from, to)
  },
})

/** Rows in pieces of at most `pieceRows`, in their order. */
export function* sliceRows(rows: ChunkRows, pieceRows: number): Generator<ChunkRows> {
  if (rows.length <= pieceRows) yield rows
  else
    for (let from = 0; from < rows.length; from += pieceRows)
      yield sliceOf(rows, from, Math.min(from + pieceRows, rows.length))
}
