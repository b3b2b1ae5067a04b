import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import pl from 'nodejs-polars'

/** A file as polars writes it: what another engine's compaction could leave. */
export const writeForeign = async (
  rows: number,
  { degrees = pl.Decimal(9, 6) as pl.DataType } = {},
): Promise<{ file: string; bytes: number }> => {
  const file = join(await temporaryFolder(), 'foreign.parquet')
  const column = (value: (i: number) => number): number[] => Array.from({ length: rows }, (_, i) => value(i))
  const frame = pl.DataFrame([
    pl.Series(
      'vehicle_id',
      column((i) => Math.floor(i / 10)).map((i) => `v${i}-ü`),
      pl.Utf8,
    ),
    pl.Series(
      'vehicle_type',
      column((i) => Math.floor(i / 10)).map((i) => (i % 2 === 0 ? 'bus' : 'taxi')),
      pl.Utf8,
    ),
    pl.Series(
      'event_time',
      column((i) => 1.7e12 + i),
      pl.Int64,
    ),
    pl.Series(
      'longitude',
      column((i) => -56 - (i % 1000) / 1e6),
      pl.Float64,
    ),
    pl.Series(
      'latitude',
      column((i) => -34.9 + (i % 1000) / 1e6),
      pl.Float64,
    ),
    pl.Series(
      'speed',
      column((i) => i % 7),
      pl.Float32,
    ),
    pl.Series(
      'heading',
      column((i) => (i * 7919.123) % 360),
      pl.Float32,
    ),
  ])
  const typed = frame.lazy().withColumns(
    pl.col('event_time').cast(pl.Datetime('ms', 'UTC')).cast(pl.Datetime('us', 'UTC')),
    pl.col('longitude').cast(degrees),
    pl.col('latitude').cast(degrees),
    pl
      .when(pl.col('speed').eq(pl.lit(3)))
      .then(pl.lit(null))
      .otherwise(pl.col('speed'))
      .alias('speed'),
  )
  await typed.sinkParquet(file, { compression: 'uncompressed', rowGroupSize: 1_000 }).collect()
  return { file, bytes: (await stat(file)).size }
}
