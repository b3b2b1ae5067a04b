import type { ObjectStore } from '@fleetlake/archive'
import { toDegrees } from '@fleetlake/core'
import pl, { type DataFrame, type Expr } from 'nodejs-polars'
import type { VehicleSearch } from '../core/search.ts'
import { CHUNK_COLUMNS } from './chunk-columns.ts'

const degrees = (micro: number): Expr => pl.lit(toDegrees(micro)).cast(pl.Decimal(9, 6)) as unknown as Expr
const instant = (ms: number): Expr =>
  pl
    .lit(ms * 1_000)
    .cast(pl.Int64)
    .cast(pl.Datetime('us', 'UTC')) as unknown as Expr

const isWithin = (column: string, low: number, high: number): Expr =>
  pl
    .col(column)
    .gtEq(degrees(low))
    .and(pl.col(column).ltEq(degrees(high)))

/** What a file can decide by its statistics, row group by row group; the exact test comes after it. */
const predicateOf = ({ period, area, vehicleTypes, vehicleIds }: VehicleSearch, isInside: boolean): Expr => {
  const tests = [pl.col('event_time').gtEq(instant(period.from)), pl.col('event_time').lt(instant(period.to))]
  if (!isInside) {
    const { west, south, east, north } = area.bounds
    tests.push(isWithin('longitude', west, east), isWithin('latitude', south, north))
  }
  if (vehicleTypes !== undefined) tests.push(pl.col('vehicle_type').isIn([...vehicleTypes]))
  if (vehicleIds !== undefined) tests.push(pl.col('vehicle_id').isIn([...vehicleIds]))
  return tests.reduce((all, test) => all.and(test))
}

/** The rows of a Parquet file of whatever kind that may match. */
export const scanByPolars = async (
  store: ObjectStore,
  path: string,
  { search, isInside }: { readonly search: VehicleSearch; readonly isInside: boolean },
): Promise<DataFrame> =>
  pl
    .scanParquet(store.url(path), {
      glob: false,
      hivePartitioning: false,
      cloudOptions: await store.scanOptions(),
    })
    .filter(predicateOf(search, isInside))
    .select(...CHUNK_COLUMNS)
    .collect()
