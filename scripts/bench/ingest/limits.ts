/**
 * What polars, or DuckDB, alone needs to write the rows of a table, without any hub: `node limits.ts <table> polars|duckdb <folder>`.
 * The rows are read before, in the order of their time, as they would arrive; cell and date are given. Prints rows a CPU second.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { liveFiles } from '@fleetlake/testing'
import pl, { type DataFrame } from 'nodejs-polars'

/** As many rows as a collector holds before it flushes. */
const BATCH_ROWS = 2_000_000

const [table, engine, folder] = process.argv.slice(2)

const readRows = async (): Promise<DataFrame> => {
  const { files } = await liveFiles(table)
  const parts = files.map(({ path }) => {
    const [, date, cell] = /date=([^/]+)\/cell=([^/]+)\//.exec(path)!
    return pl
      .readParquet(join(table, decodeURIComponent(path)))
      .withColumns(pl.lit(date).alias('date'), pl.lit(cell).alias('cell'))
  })
  return pl.concat(parts).sort(['event_time', 'vehicle_id'])
}

const writeByPolars = async (rows: DataFrame): Promise<void> => {
  for (let from = 0; from < rows.height; from += BATCH_ROWS) {
    const groups = rows.slice(from, BATCH_ROWS).partitionBy(['date', 'cell'])
    for (const [i, group] of groups.entries()) {
      await group
        .sort(['vehicle_id', 'event_time'])
        .drop(['date', 'cell'])
        .lazy()
        .sinkParquet(join(folder, `${from}-${i}.parquet`), {
          compression: 'zstd',
          compressionLevel: 1,
          statistics: true,
        })
        .collect()
    }
  }
}

const prepareDuckdb = async (rows: DataFrame): Promise<() => Promise<void>> => {
  const source = join(folder, 'rows.parquet')
  rows.writeParquet(source, { compression: 'uncompressed' })
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`CREATE TABLE moves AS SELECT * FROM '${source}'`)
  return async () => {
    await connection.run(
      `COPY (SELECT * FROM moves ORDER BY date, cell, vehicle_id, event_time) TO '${join(folder, 'table')}'
       (FORMAT parquet, PARTITION_BY (date, cell), COMPRESSION zstd, COMPRESSION_LEVEL 1)`,
    )
  }
}

await mkdir(folder, { recursive: true })
const rows = await readRows()
const write = engine === 'duckdb' ? await prepareDuckdb(rows) : () => writeByPolars(rows)
const before = process.cpuUsage()
await write()
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ rows: rows.height, rowsPerCpuSecond: Math.round((rows.height / (user + system)) * 1e6) }))
process.exit(0)
