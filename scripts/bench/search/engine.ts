/**
 * What DuckDB, or polars, needs for a search over given files in one process, without any hub: `node engine.ts <job.json>`. Both are
 * given the area's bounds and the period as a filter, and return all columns; the polygon is tested afterwards in JavaScript. Strings are
 * never made of what they found, as our client makes none. Prints one JSON object.
 */
import { readFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import pl, { type DataFrame } from 'nodejs-polars'
import type { DemoSearch } from '../../demo/searches.ts'
import { medianOf, repeat } from './ask.ts'

export interface EngineJob {
  readonly engine: 'duckdb' | 'polars'
  readonly search: DemoSearch
  /** Paths of the filesystem. */
  readonly files: readonly string[]
  readonly rounds: number
}

export interface EngineFigures {
  readonly hits: number
  readonly doneMs: number
}

const COLUMNS = ['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading']
const { engine, search, files, rounds }: EngineJob = JSON.parse(await readFile(process.argv[2], 'utf8'))
/** Vertices are rounded like positions, as the finders do. */
const ring = search.area.coordinates[0].map(([x, y]) => [Math.round(x * 1e6) / 1e6, Math.round(y * 1e6) / 1e6])
const [west, east] = [Math.min(...ring.map(([x]) => x)), Math.max(...ring.map(([x]) => x))]
const [south, north] = [Math.min(...ring.map(([, y]) => y)), Math.max(...ring.map(([, y]) => y))]

const countInside = (xs: ArrayLike<number>, ys: ArrayLike<number>, length: number): number => {
  let count = 0
  for (let i = 0; i < length; i++) {
    let isInside = false
    for (let k = 1; k < ring.length; k++) {
      const [[ax, ay], [bx, by]] = [ring[k - 1], ring[k]]
      if (ay > ys[i] !== by > ys[i] && xs[i] < ((bx - ax) * (ys[i] - ay)) / (by - ay) + ax) isInside = !isInside
    }
    if (isInside) count++
  }
  return count
}

const doublesOf = (vector: unknown, length: number): Float64Array => {
  const { items } = vector as { items: Float64Array }
  return items.subarray(0, length)
}

const prepareDuckdb = async (): Promise<() => Promise<number>> => {
  const connection = await (await DuckDBInstance.create()).connect()
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')
  const sql = `SELECT vehicle_id, vehicle_type, event_time, longitude::DOUBLE, latitude::DOUBLE, speed, heading
    FROM read_parquet([${list}], hive_partitioning = false)
    WHERE event_time >= make_timestamptz(${search.period.from * 1000}) AND event_time < make_timestamptz(${search.period.to * 1000})
      AND longitude BETWEEN ${west} AND ${east} AND latitude BETWEEN ${south} AND ${north}`
  return async () => {
    const result = await connection.stream(sql)
    let count = 0
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return count
      const { rowCount } = chunk
      count += countInside(
        doublesOf(chunk.getColumnVector(3), rowCount),
        doublesOf(chunk.getColumnVector(4), rowCount),
        rowCount,
      )
    }
  }
}

const instant = (ms: number): never =>
  pl
    .lit(ms * 1000)
    .cast(pl.Int64)
    .cast(pl.Datetime('us', 'UTC')) as never
const decimal = (degrees: number): never => pl.lit(degrees).cast(pl.Decimal(9, 6)) as never

const scan = (file: string): Promise<DataFrame> =>
  pl
    .scanParquet(file, { glob: false, hivePartitioning: false })
    .filter(
      pl
        .col('event_time')
        .gtEq(instant(search.period.from))
        .and(pl.col('event_time').lt(instant(search.period.to)))
        .and(pl.col('longitude').gtEq(decimal(west)))
        .and(pl.col('longitude').ltEq(decimal(east)))
        .and(pl.col('latitude').gtEq(decimal(south)))
        .and(pl.col('latitude').ltEq(decimal(north))),
    )
    .select(...COLUMNS.map((name) => (name.endsWith('tude') ? pl.col(name).cast(pl.Float64) : pl.col(name))))
    .collect()

/** File by file, two at a time: polars's JavaScript binding scans no list of files. */
const searchByPolars = async (): Promise<number> => {
  let [count, next] = [0, 0]
  const work = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      const frame = await scan(files[i])
      const column = (name: string): Float64Array => frame.getColumn(name).toTypedArray() as Float64Array
      if (frame.height > 0) count += countInside(column('longitude'), column('latitude'), frame.height)
    }
  }
  await Promise.all([work(), work()])
  return count
}

const find = engine === 'duckdb' ? await prepareDuckdb() : searchByPolars
// The first is cold.
const hits = await find()
const times = await repeat(rounds, async () => {
  const startedAt = performance.now()
  await find()
  return performance.now() - startedAt
})
console.log(JSON.stringify({ hits, doneMs: medianOf(times) } satisfies EngineFigures))
process.exit(0)
