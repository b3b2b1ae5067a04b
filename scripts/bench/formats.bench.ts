/**
 * What each chunk format costs: `node scripts/bench/formats.bench.ts [--rows n] [--write] [--json]`. Positions of the simulated city, cut into
 * chunks by cell and window as the collector cuts them, are written and read in every format; each part's best round counts. `--write`
 * puts the table into docs/benchmarks/formats.md. What else reads the files is tried, not claimed.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { openCodec, readChunkFile } from '@fleetlake/columnar/formats'
import { CHUNK_FORMATS, type ChunkFormat, type Rows, rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { configSchema, generatedVehicleId } from '@fleetlake/contracts'
import { cellOf, toMicroDegrees, windowStart } from '@fleetlake/core'
import { provideMontevideo } from '../../event-generator/src/city/build-pack.ts'
import { createFleet } from '../../event-generator/src/core/fleet.ts'
import { createReportColumns } from '../../event-generator/src/core/report-columns.ts'
import { shareOf } from '../../event-generator/src/core/share.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const VEHICLES = 1_500
const INTERVAL_MS = 5_000
const WINDOW_MS = 600_000
const CELL_LENGTH = 5
const ROUNDS = 3
const START_MS = Date.UTC(2026, 0, 5, 7)
const COLUMNS = ['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading']

interface Gathered {
  readonly vehicle: number[]
  readonly type: number[]
  readonly time: number[]
  readonly x: number[]
  readonly y: number[]
  readonly speed: number[]
  readonly heading: number[]
}

/** The rows of each cell and window. */
const simulate = async (rows: number): Promise<{ chunks: Gathered[]; types: readonly string[] }> => {
  const city = await provideMontevideo(configSchema.parse({}).generator.cityDir)
  const share = shareOf(VEHICLES, 0, 1)
  const fleet = createFleet({ city, seed: 1, vehicles: VEHICLES, share, startTime: START_MS, intervalMs: INTERVAL_MS })
  const reports = createReportColumns(VEHICLES)
  const chunks = new Map<string, Gathered>()
  for (let tick = 0; tick < rows / VEHICLES; tick++) {
    fleet.tick(tick, reports)
    for (let i = 0; i < reports.length; i++) {
      const [x, y] = [toMicroDegrees(reports.longitude[i]), toMicroDegrees(reports.latitude[i])]
      const key = `${cellOf(x, y, CELL_LENGTH)} ${windowStart(reports.time[i], WINDOW_MS)}`
      let chunk = chunks.get(key)
      if (chunk === undefined) {
        chunk = { vehicle: [], type: [], time: [], x: [], y: [], speed: [], heading: [] }
        chunks.set(key, chunk)
      }
      chunk.vehicle.push(reports.vehicle[i])
      chunk.type.push(reports.type[i])
      chunk.time.push(reports.time[i])
      chunk.x.push(x)
      chunk.y.push(y)
      chunk.speed.push(reports.speed[i])
      chunk.heading.push(reports.heading[i])
    }
  }
  return { chunks: [...chunks.values()], types: fleet.types }
}

/** Sorted by vehicle, then time. */
const columnsOf = (rows: Gathered, vehicleIds: readonly string[], vehicleTypes: readonly string[]): Rows => {
  const order = rows.vehicle
    .map((_, i) => i)
    .toSorted((a, b) => rows.vehicle[a] - rows.vehicle[b] || rows.time[a] - rows.time[b])
  return rowsOfArrays({
    length: order.length,
    vehicleIds: textsOfStrings(vehicleIds),
    vehicle: Int32Array.from(order, (i) => rows.vehicle[i]),
    vehicleTypes,
    vehicleType: Int32Array.from(order, (i) => rows.type[i]),
    eventTime: Float64Array.from(order, (i) => rows.time[i]),
    longitude: Int32Array.from(order, (i) => rows.x[i]),
    latitude: Int32Array.from(order, (i) => rows.y[i]),
    speed: Float32Array.from(order, (i) => rows.speed[i]),
    heading: Float32Array.from(order, (i) => rows.heading[i]),
  })
}

interface Cost {
  readonly format: ChunkFormat
  readonly bytesPerRow: number
  readonly writeMicrosPerRow: number
  readonly readMicrosPerRow: number
  readonly duckdb: string
}

const { chunks, types } = await simulate(Number(values.rows))
const ids = Array.from({ length: VEHICLES }, (_, vehicle) => generatedVehicleId('v-7k3f9a-', vehicle))
const columns = chunks.map((rows) => columnsOf(rows, ids, types))
const rowCount = columns.reduce((sum, { length }) => sum + length, 0)

/** µs of this process's processor, its threads included. */
const micros = async <T>(run: () => Promise<T> | T): Promise<{ result: T; cpuMicros: number }> => {
  const before = process.cpuUsage()
  const result = await run()
  const { user, system } = process.cpuUsage(before)
  return { result, cpuMicros: user + system }
}

const folder = await mkdtemp(join(tmpdir(), 'fleetlake-formats-'))
const duckdb = await (await DuckDBInstance.create()).connect()

/** What DuckDB, without extensions that it would have to download, makes of a file by its name alone. */
const tryDuckDb = async (extension: string, bytes: Uint8Array, rows: number): Promise<string> => {
  const file = join(folder, `chunk${extension}`)
  await writeFile(file, bytes)
  try {
    const read = await duckdb.runAndReadAll(`SELECT count(*)::INT AS rows, count(vehicle_id)::INT FROM '${file}'`)
    return Number(read.getRows()[0][0]) === rows ? 'yes' : 'no'
  } catch {
    return 'no'
  }
}

const measure = async (format: ChunkFormat): Promise<Cost> => {
  const codec = await openCodec(format)
  let [write, read, bytes] = [Infinity, Infinity, 0]
  let files: Uint8Array[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const written = await micros(() => columns.map((chunk) => codec.encode(chunk)))
    files = written.result
    const back = await micros(async () => {
      let found = 0
      for (const file of files) found += (await readChunkFile(`x${codec.extension}`, file, COLUMNS)).height
      return found
    })
    if (back.result !== rowCount) throw new Error(`${format} gave ${back.result} of ${rowCount} rows`)
    write = Math.min(write, written.cpuMicros)
    read = Math.min(read, back.cpuMicros)
    bytes = files.reduce((sum, { length }) => sum + length, 0)
  }
  return {
    format,
    bytesPerRow: bytes / rowCount,
    writeMicrosPerRow: write / rowCount,
    readMicrosPerRow: read / rowCount,
    duckdb: await tryDuckDb(codec.extension, files[0], columns[0].length),
  }
}

const costs: Cost[] = []
for (const format of CHUNK_FORMATS) costs.push(await measure(format))
await rm(folder, { recursive: true })

const OTHERS: Readonly<Record<string, string>> = {
  parquet: 'every engine of Delta tables (Spark, Trino, Athena, DuckDB, Polars …), as a table',
  csv: 'anything, file by file',
  ndjson: 'anything that knows JSON, file by file',
  arrow: 'Arrow libraries that know zstd (pyarrow, R, Rust, Polars), file by file',
}

const lines = [
  '| format | bytes a row | write, CPU-µs a row | read, CPU-µs a row | DuckDB opens a file | who else |',
  '|---|---|---|---|---|---|',
  ...costs.map(({ format, bytesPerRow, writeMicrosPerRow, readMicrosPerRow, duckdb: opens }) =>
    [
      '',
      `\`${format}\``,
      bytesPerRow.toFixed(1),
      writeMicrosPerRow.toFixed(2),
      readMicrosPerRow.toFixed(2),
      opens,
      OTHERS[format.split('.')[0]],
      '',
    ]
      .join(' | ')
      .trim(),
  ),
]

if (values.json) console.log(JSON.stringify({ rows: rowCount, chunks: columns.length, costs }))
else console.log(lines.join('\n'))

if (values.write) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()
  const page = `# What each chunk format costs

\`archive.format\` decides how new chunks are written; a table may hold several, since each file is read by what its name says. Anything
but \`parquet\` is read **as a table** by Fleetlake only: Delta knows no other format, so other engines refuse the table, though they
may read its files one by one. Take another format when a program downstream picks up the files themselves, and not otherwise: all of
them are larger or slower to search, and large ones are read whole, where of Parquet only the row groups that may match are.

${lines.join('\n')}

${rowCount.toLocaleString('en')} simulated rows of ${VEHICLES.toLocaleString('en')} vehicles in ${columns.length} chunks by cell and window of 10 minutes; the best of ${ROUNDS} rounds;
the processor's time counts all threads. Reading is up to a polars frame with the types of the table. "DuckDB opens a file" was tried with
the version in the lockfile, by the file's name alone, without downloading extensions; "who else" was not tried here.

Node ${process.versions.node} on ${cpus().length} cores of ${cpus()[0].model.trim()}, commit ${commit}; made by \`node scripts/bench/formats.bench.ts --rows ${values.rows} --write\`.
`
  await writeFile(new URL('../../docs/benchmarks/formats.md', import.meta.url), page)
}
