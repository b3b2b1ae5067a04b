import { toDegrees } from '@fleetlake/core'
import pl, { type DataFrame, type Series } from 'nodejs-polars'
import type { ChunkColumns } from './codec.ts'

/** What is written of a coordinate and a time, and what it is read as. */
export const DEGREES = pl.Decimal(9, 6)
export const INSTANT = pl.Datetime('us', 'UTC')

const textsOf = (name: string, codes: Uint32Array, texts: readonly string[]): Series => {
  const values = pl.Series(name, [...texts], pl.Utf8)
  return values.gather(Array.from(codes)).rename(name)
}

/** Degrees as doubles: six decimals of them are exact when they are written as text. */
export const degreesOf = (micro: Int32Array): Float64Array => Float64Array.from(micro, toDegrees)

/** The rows of a chunk as a frame with the types of the table: an unknown speed or heading is null. */
export const frameOf = (columns: ChunkColumns): DataFrame => {
  const { length } = columns
  const first = <T extends Uint32Array | Int32Array | Float32Array | Float64Array>(values: T): T =>
    values.subarray(0, length) as T
  const frame = pl.DataFrame([
    textsOf('vehicle_id', first(columns.vehicle), columns.vehicleIds),
    textsOf('vehicle_type', first(columns.vehicleType), columns.vehicleTypes),
    pl.Series('event_time', first(columns.eventTime), pl.Float64),
    pl.Series('longitude', degreesOf(first(columns.longitude)), pl.Float64),
    pl.Series('latitude', degreesOf(first(columns.latitude)), pl.Float64),
    pl.Series('speed', first(columns.speed), pl.Float32),
    pl.Series('heading', first(columns.heading), pl.Float32),
  ])
  return frame.withColumns(
    pl.col('event_time').cast(pl.Int64).cast(pl.Datetime('ms', 'UTC')).cast(INSTANT),
    pl.col('longitude').cast(DEGREES),
    pl.col('latitude').cast(DEGREES),
    pl.col('speed').fillNan(null),
    pl.col('heading').fillNan(null),
  )
}
