import type { MicroBounds } from '@fleetlake/core'

/** A data file of the table, as the log tells of it. Missing stats widen to bounds that hold for any row. */
export interface Chunk {
  /** Within the store, decoded. */
  readonly path: string
  readonly bytes: number
  /** UTC date of the rows, `YYYY-MM-DD`. */
  readonly date: string
  /** Geohash. */
  readonly cell: string
  /** Undefined when the log has no stats. */
  readonly rows: number | undefined
  /** The earliest and the latest event time, ms, both inclusive. */
  readonly from: number
  readonly to: number
  /** Closed, whole millionths of a degree. */
  readonly bounds: MicroBounds
  /** Lower and upper bound in the order of UTF-8 bytes; undefined when unknown. */
  readonly vehicleIdMin: string | undefined
  readonly vehicleIdMax: string | undefined
  readonly vehicleTypeMin: string | undefined
  readonly vehicleTypeMax: string | undefined
}
