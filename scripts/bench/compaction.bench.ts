/**
 * What compaction makes of a table: `node scripts/bench/compaction.bench.ts --table <folder>` (e.g. `archive/moves` of a demo run with --keep).
 * The same job, each (date, cell) from its chunks to one sorted file without duplicates, by our own writer, DuckDB and polars, each in a process of
 * its own; then our own file in other orders. The table is not touched.
 */
import {
  copyRows,
  createIdTable,
  gatherRows,
  makeRowArrays,
  rankTexts,
  type Rows,
  type Texts,
} from '@fleetlake/columnar'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { createFileStore, openTable, type Snapshot } from '@fleetlake/archive'
import { areaOf, type MicroBounds } from '@fleetlake/core'
import pl from 'nodejs-polars'
import { parquetCodec, startParquetFile } from '@fleetlake/columnar/formats'
import { makeMergeColumns, type MergeColumns, mergeRows } from '../../shared/archive/src/maintain/merge-rows.ts'
import { readRows } from '../../shared/archive/src/maintain/read-rows.ts'
import { rewriteChunks } from '../../shared/archive/src/maintain/rewrite-chunks.ts'
import { createTextCodes } from '../../shared/archive/src/maintain/text-codes.ts'
import { tileRows, type TileShape } from '../../shared/archive/src/maintain/tile-rows.ts'
import { demoSearches } from '../demo/searches.ts'

const { values } = parseArgs({
  options: { table: { type: 'string' }, job: { type: 'string' }, to: { type: 'string' } },
})
if (values.table === undefined) throw new Error('--table <folder>')
const MEMORY = 512 * 2 ** 20
const LEVEL = 9
const ROW_GROUP = 32_768

const store = createFileStore(values.table)
const { snapshot } = await openTable(store)
type Files = Parameters<typeof rewriteChunks>[0]['take']
const groupsOf = ({ dates }: Snapshot): { date: string; cell: string; take: Files }[] =>
  Array.from(dates.values()).flatMap(({ date, cells }) =>
    Array.from(cells, ([cell, chunks]) => ({ date, cell, take: chunks.toSorted((a, b) => a.from - b.from) })),
  )
const groups = groupsOf(snapshot)
const { rows, bytes } = snapshot.totals
const to = values.to ?? (await mkdtemp(join(tmpdir(), 'fleetlake-compaction-')))

const ORDERS: Readonly<Record<string, string>> = {
  'vehicle, time': 'vehicle_id, event_time',
  'half hour, vehicle, time': "time_bucket(INTERVAL '30 minutes', event_time), vehicle_id, event_time",
}
const DISTINCT = 'vehicle_id, event_time, longitude, latitude'

const JOBS: Readonly<Record<string, () => Promise<void>>> = {
  'our own, zstd 9': async () => {
    const { putIfAbsent } = createFileStore(to)
    const deps = { store: { ...store, putIfAbsent }, codec: parquetCodec }
    for (const group of groups) {
      await rewriteChunks(
        { ...group, keep: [] },
        { windowMs: 600_000, measures: [], targetBytes: 2 ** 27, memory: MEMORY },
        deps,
      )
    }
  },
  ...Object.fromEntries(
    Object.entries(ORDERS).map(([order, columns]) => [
      `DuckDB V2, zstd 9, by ${order}`,
      async () => {
        const duckdb = await (await DuckDBInstance.create()).connect()
        await duckdb.run(`SET memory_limit = '${MEMORY}B'; SET temp_directory = '${to}/spill'`)
        for (const [i, { take }] of groups.entries()) {
          const files = take.map(({ path }) => `'${store.url(path)}'`).join()
          await duckdb.run(
            `COPY (SELECT * FROM (SELECT DISTINCT ON (${DISTINCT}) * FROM read_parquet([${files}], hive_partitioning = false)) ORDER BY ${columns})
             TO '${to}/${i}.parquet' (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL ${LEVEL}, ROW_GROUP_SIZE ${ROW_GROUP})`,
          )
        }
      },
    ]),
  ),
  'polars, zstd 9, by vehicle, time': async () => {
    for (const [i, { take }] of groups.entries()) {
      const frame = pl.concat(take.map(({ path }) => pl.readParquet(store.url(path))))
      await frame
        .unique({ subset: DISTINCT.split(', '), maintainOrder: true })
        .sort(['vehicle_id', 'event_time'])
        .lazy()
        .sinkParquet(join(to, `${i}.parquet`), {
          compression: 'zstd',
          compressionLevel: LEVEL,
          rowGroupSize: ROW_GROUP,
          statistics: true,
        } as never)
        .collect()
    }
  },
}

if (values.job !== undefined) {
  const before = process.cpuUsage()
  await JOBS[values.job]()
  const { user, system } = process.cpuUsage(before)
  console.log(JSON.stringify({ cpuMicros: user + system, rssMb: process.resourceUsage().maxRSS / 1024 }))
  process.exit()
}

const sizeOf = async (folder: string): Promise<number> => {
  let sum = 0
  for await (const { path } of createFileStore(folder).list('')) sum += (await stat(join(folder, path))).size
  return sum
}

console.log(
  `${rows} rows in ${snapshot.totals.files} files, ${(bytes / rows).toFixed(2)} bytes a row, ${groups.length} cells\n`,
)
console.log('| writer | bytes a row | CPU-µs a row | memory, MB |\n|---|---|---|---|')
for (const [i, job] of Object.keys(JOBS).entries()) {
  const folder = join(to, String(i))
  await mkdir(folder)
  const out = execFileSync(process.execPath, [
    import.meta.filename,
    '--table',
    values.table,
    '--job',
    job,
    '--to',
    folder,
  ])
  const { cpuMicros, rssMb } = JSON.parse(out.toString()) as { cpuMicros: number; rssMb: number }
  const perRow = ((await sizeOf(folder)) / rows).toFixed(2)
  console.log(`| ${job} | ${perRow} | ${(cpuMicros / rows).toFixed(2)} | ${Math.round(rssMb)} |`)
}

interface Loaded {
  readonly columns: MergeColumns
  readonly order: Uint32Array
  readonly vehicleIds: Texts
  readonly vehicleTypes: readonly string[]
}

const load = async (take: Files): Promise<Loaded> => {
  const columns = makeMergeColumns(take.reduce((sum, chunk) => sum + (chunk.rows ?? 0), 0))
  const [vehicles, types] = [createIdTable(), createTextCodes()]
  let at = 0
  for (const chunk of take) {
    for await (const part of readRows(store, chunk, { period: { from: chunk.from, to: chunk.to + 1 } })) {
      copyRows(part, columns, part.length, at)
      const ids = part.vehicleIds
      for (let i = 0; i < part.length; i++) {
        const id = part.vehicle[i]
        columns.vehicle[at + i] = vehicles.numberOf(ids.bytes, ids.offsets[id], ids.offsets[id + 1])
        columns.vehicleType[at + i] = types.codeOf(part.vehicleTypes[part.vehicleType[i]])
      }
      at += part.length
    }
  }
  const { order } = mergeRows(columns, at, rankTexts(vehicles.texts()))
  return { columns, order, vehicleIds: vehicles.texts(), vehicleTypes: types.texts }
}

const gather = ({ columns, vehicleIds, vehicleTypes }: Loaded, tile: Uint32Array): Rows => ({
  length: tile.length,
  vehicleIds,
  vehicleTypes,
  measures: [],
  ...gatherRows(columns, tile, makeRowArrays(tile.length)),
})

/** Tiles in the order of vehicle and time, as a file sorted by them is cut into row groups. */
function* byVehicle(order: Uint32Array, size: number): Generator<Uint32Array> {
  for (let at = 0; at < order.length; at += size) yield order.slice(at, at + size)
}

const all = [...snapshot.files()]
const searches = demoSearches({
  from: Math.min(...all.map(({ from }) => from)),
  to: Math.max(...all.map((chunk) => chunk.to)) + 1,
})
  .slice(0, 2)
  .map(({ area, period }) => ({ bounds: areaOf(area).bounds, period }))
const rangeOf = (array: ArrayLike<number>): [number, number] => {
  let [min, max] = [Infinity, -Infinity]
  for (let i = 0; i < array.length; i++) [min, max] = [Math.min(min, array[i]), Math.max(max, array[i])]
  return [min, max]
}
const touches = (
  { eventTime, longitude, latitude }: ReturnType<typeof gather>,
  { bounds, period }: { bounds: MicroBounds; period: { from: number; to: number } },
): boolean => {
  const [[from, last], [west, east], [south, north]] = [eventTime, longitude, latitude].map(rangeOf)
  const inTime = from < period.to && last >= period.from
  return inTime && west <= bounds.east && east >= bounds.west && south <= bounds.north && north >= bounds.south
}

const loaded: Loaded[] = []
for (const { take } of groups) loaded.push(await load(take))
const shape = (size: number, minutes: number): TileShape => ({ rows: size, periodMs: minutes * 60_000, metres: 1_000 })
const TILES: Readonly<Record<string, (each: Loaded) => Iterable<Uint32Array>>> = {
  'vehicle, time; 64 k rows a row group': ({ order }) => byVehicle(order, 65_536),
  ...Object.fromEntries(
    [
      [16_384, 30],
      [32_768, 30],
      [32_768, 120],
      [65_536, 30],
      [131_072, 30],
    ].map(([size, minutes]) => [
      `tiles of ${size / 1024} k rows, ${minutes} min as wide as 1 km`,
      ({ order, columns }: Loaded) => tileRows(order, columns, shape(size, minutes)),
    ]),
  ),
}
console.log('\n| order | bytes a row | row groups | small search reads | medium search reads |\n|---|---|---|---|---|')
for (const [name, tilesOf] of Object.entries(TILES)) {
  let [total, count] = [0, 0]
  const read = searches.map(() => 0)
  for (const each of loaded) {
    const file = startParquetFile(each.order.length * 8 + 4096)
    for (const tile of tilesOf(each)) {
      const columns = gather(each, tile)
      const before = file.bytes
      file.add(columns)
      count++
      searches.forEach((search, i) => (read[i] += touches(columns, search) ? file.bytes - before : 0))
    }
    total += file.finish().length
  }
  const shares = read.map((part) => `${((100 * part) / total).toFixed(2)} %`)
  console.log(`| ${name} | ${(total / rows).toFixed(2)} | ${count} | ${shares.join(' | ')} |`)
}
await rm(to, { recursive: true })
