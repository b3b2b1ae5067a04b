/**
 * What a search for one vehicle reads of a table: `node by-id.bench.ts --table <folder of moves> [--s3] [--vehicles n]`. Each search goes through all files of the
 * table, as without knowledge of which a vehicle is in; beside it, in turn, the same rows are searched without filters and page indexes. The table is not touched.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { createFileStore, type ObjectStore, openTable, openTableStore } from '@fleetlake/archive'
import { createArenaPool } from '@fleetlake/columnar/parquet'
import { configSchema } from '@fleetlake/contracts'
import { areaOf } from '@fleetlake/core'
import { collectGarbageLess } from '@fleetlake/service'
import { startTestS3 } from '@fleetlake/testing'
import type { VehicleSearch } from '../core/search.ts'
import { createByteBudget } from '../waiting/byte-budget.ts'
import { createTurns } from '../waiting/turns.ts'
import { scanTask, startCounts } from './scan-task.ts'

collectGarbageLess()
const { values } = parseArgs({
  options: {
    table: { type: 'string' },
    s3: { type: 'boolean', default: false },
    vehicles: { type: 'string', default: '20' },
  },
})
if (values.table === undefined) throw new Error('--table <folder>')

const folder = createFileStore(values.table)
const table = await openTable(folder)
const files = [...table.snapshot.files()]
const chunks = files.map(({ path, bytes }) => ({ path, bytes, inside: false }))
const total = chunks.reduce((sum, { bytes }) => sum + bytes, 0)

let stopServer = async (): Promise<void> => {}
const onS3 = async (): Promise<ObjectStore> => {
  const server = await startTestS3()
  stopServer = () => server.stop()
  const archive = { path: `s3://${await server.createBucket()}/a`, s3: server.settings }
  const store = await openTableStore(configSchema.parse({ archive }).archive)
  for (const { path } of chunks) await store.putIfAbsent(path, await readFile(join(values.table!, path)))
  return store
}

let requests = 0
const counted = (store: ObjectStore): ObjectStore => ({
  ...store,
  get: (path, range) => {
    requests++
    return store.get(path, range)
  },
})
const store = counted(values.s3 ? await onS3() : folder)

const area = areaOf({
  type: 'Polygon',
  coordinates: [
    [
      [-89, -80],
      [89, -80],
      [89, 80],
      [-89, 80],
      [-89, -80],
    ],
  ],
})
const searchOf = (vehicleIds: readonly string[] | undefined): VehicleSearch => ({
  area,
  period: { from: 0, to: 4e12 },
  vehicleTypes: undefined,
  vehicleIds,
  visible: undefined,
})

interface Cost {
  readonly rows: number
  readonly bytes: number
  readonly rowsRead: number
  readonly requests: number
  readonly cpuMs: number
  readonly ms: number
}

/** What something takes of this process. */
const costOf = async (run: () => Promise<Pick<Cost, 'rows' | 'bytes' | 'rowsRead'>>): Promise<Cost> => {
  const [startedAt, before, asked] = [performance.now(), process.cpuUsage(), requests]
  const found = await run()
  const { user, system } = process.cpuUsage(before)
  return {
    ...found,
    requests: requests - asked,
    cpuMs: (user + system) / 1000,
    ms: performance.now() - startedAt,
  }
}

const arenas = createArenaPool()
const scan = async (search: VehicleSearch): Promise<Pick<Cost, 'rows' | 'bytes' | 'rowsRead'>> => {
  const counts = startCounts()
  const deps = {
    store,
    reads: createTurns(store.readsAtOnce),
    processor: createTurns(1),
    memory: createByteBudget(256 * 1024 * 1024),
    arenas,
  }
  const task = { owner: { client: 'c', query: 'q' }, search, chunks, skip: 0, limit: undefined, batchRows: 8_192 }
  let rows = 0
  for await (const batch of scanTask(task, deps, counts)) rows += batch.length
  if (counts.failed.length > 0) throw new Error(counts.failed[0].reason)
  return { rows, bytes: counts.bytesRead, rowsRead: counts.rowsRead }
}

const duckdb = await (await DuckDBInstance.create()).connect()
const list = files.map(({ path }) => `'${join(values.table!, path)}'`).join()
const from = `read_parquet([${list}], hive_partitioning = false)`
/** What the process has read by system calls. */
const readSoFar = async (): Promise<number> => Number(/rchar: (\d+)/.exec(await readFile('/proc/self/io', 'utf8'))![1])
const byDuckdb = async (id: string): Promise<Pick<Cost, 'rows' | 'bytes' | 'rowsRead'>> => {
  const before = await readSoFar()
  const found = await duckdb.runAndReadAll(`SELECT * FROM ${from} WHERE vehicle_id = '${id}'`)
  return { rows: found.currentRowCount, bytes: (await readSoFar()) - before, rowsRead: 0 }
}

/** The same ids, or as good as: too many for an index to be asked. */
const amongMany = (id: string): string[] => [id, ...Array.from({ length: 64 }, (_, i) => `none-${i}`)]

const distinct = await duckdb.runAndReadAll(
  `SELECT vehicle_id FROM ${from} GROUP BY 1 ORDER BY hash(vehicle_id) LIMIT ${Number(values.vehicles)}`,
)
const ids = distinct.getRows().map(([id]) => String(id))
const ways: Readonly<Record<string, (id: string) => Promise<Cost>>> = {
  'by filters and page indexes': (id) => costOf(() => scan(searchOf([id]))),
  'without them': (id) => costOf(() => scan(searchOf(amongMany(id)))),
  DuckDB: (id) => costOf(() => byDuckdb(id)),
  'a vehicle that is not there': (id) => costOf(() => scan(searchOf([`${id}x`]))),
}
const costs: Record<string, Cost[]> = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
for (const id of [ids[0], ...ids]) for (const [way, find] of Object.entries(ways)) costs[way].push(await find(id))
if (
  new Set(
    Object.values(costs)
      .slice(0, 3)
      .map((each) => each.map(({ rows }) => rows).join()),
  ).size > 1
) {
  throw new Error('the answers differ')
}

const rows = files.reduce((sum, chunk) => sum + (chunk.rows ?? 0), 0)
console.log(
  `${files.length} files, ${rows} rows, ${total} bytes (${(total / rows).toFixed(2)} a row); ${ids.length} vehicles, medians\n`,
)
console.log(
  '| way | rows found | bytes read | rows unpacked | requests | CPU, ms | ms |\n|---|---|---|---|---|---|---|',
)
for (const [way, each] of Object.entries(costs)) {
  // The first is cold.
  const warm = each.slice(1)
  const median = (of: (cost: Cost) => number): number => warm.map(of).toSorted((a, b) => a - b)[warm.length >> 1]
  const share = ((100 * median(({ bytes }) => bytes)) / total).toFixed(2)
  const figures = [
    median((cost) => cost.rows),
    `${median(({ bytes }) => bytes)} (${share} %)`,
    median(({ rowsRead }) => rowsRead),
    median((cost) => cost.requests),
    median(({ cpuMs }) => cpuMs).toFixed(1),
    median(({ ms }) => ms).toFixed(1),
  ]
  console.log(`| ${way} | ${figures.join(' | ')} |`)
}
await stopServer()
process.exit()
