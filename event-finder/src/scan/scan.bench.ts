/**
 * What reading many small chunks costs: `node scan.bench.ts [vehicles] [steps]`. Writes a table of vehicles that wander about a city, then
 * reads all of its positions into batches as the agents do, and with what else could read the files, decoding alone.
 */
import { readFile, stat } from 'node:fs/promises'
import { zstdDecompressSync } from 'node:zlib'
import { COLUMN_NAMES, encodePositions } from '@fleetlake/columnar'
import { createArenaPool } from '@fleetlake/columnar/parquet'
import { createFileStore } from '@fleetlake/archive'
import { areaOf } from '@fleetlake/core'
import { collectGarbageLess } from '@fleetlake/service'
import { parquetMetadata, parquetRead } from 'hyparquet'
import pl from 'nodejs-polars'
import { createByteBudget } from '../waiting/byte-budget.ts'
import { scanTask, startCounts } from './scan-task.ts'
import { writeTestArchive } from '../testing/archive.ts'
import { createTurns } from '../waiting/turns.ts'

collectGarbageLess()
const [vehicles = 2_000, steps = 480] = process.argv.slice(2).map(Number)
const ROUNDS = 5

const { files, rows, path } = await writeTestArchive({ vehicles, steps })
console.log(`${rows.length} rows in ${files.length} files; the best of ${ROUNDS} rounds`)

const measure = async (what: string, run: () => Promise<number>): Promise<void> => {
  let [wallMs, cpuMs, found] = [Infinity, Infinity, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const before = process.cpuUsage()
    found = await run()
    const { user, system } = process.cpuUsage(before)
    wallMs = Math.min(wallMs, performance.now() - start)
    cpuMs = Math.min(cpuMs, (user + system) / 1000)
  }
  if (found !== rows.length) throw new Error(`${what} found ${found} rows`)
  console.log(`${what.padEnd(44)} ${wallMs.toFixed(0).padStart(6)} ms ${cpuMs.toFixed(0).padStart(6)} ms of processor`)
}

const search = {
  area: areaOf({
    type: 'Polygon',
    coordinates: [
      [
        [-60, -40],
        [-50, -40],
        [-50, -30],
        [-60, -30],
        [-60, -40],
      ],
    ],
  }),
  period: { from: 0, to: 4e12 },
  vehicleTypes: undefined,
  vehicleIds: undefined,
}
const store = createFileStore(`${path}/moves`)
const chunks = await Promise.all(
  files.map(async (file) => ({
    path: file.slice(store.url('').length),
    bytes: (await stat(file)).size,
    inside: false,
  })),
)

const arenas = createArenaPool()
await measure('the agents: read, tested and encoded', async () => {
  let found = 0
  const task = { owner: { client: 'c', query: 'q' }, search, chunks, skip: 0, limit: undefined, batchRows: 8_192 }
  const deps = {
    store,
    reads: createTurns(2),
    processor: createTurns(1),
    memory: createByteBudget(256 * 1024 * 1024),
    arenas,
  }
  for await (const batch of scanTask(task, deps, startCounts())) {
    encodePositions(batch)
    found += batch.length
  }
  return found
})
await measure('polars from memory', async () => {
  let found = 0
  for (const file of files) found += pl.readParquet(await readFile(file), { columns: [...COLUMN_NAMES] }).height
  return found
})
await measure('polars, a lazy scan a file', async () => {
  let found = 0
  for (const file of files)
    found += (
      await pl
        .scanParquet(file)
        .select(...COLUMN_NAMES)
        .collect()
    ).height
  return found
})
await measure('hyparquet, columns of JavaScript values', async () => {
  let found = 0
  const compressors = { ZSTD: (bytes: Uint8Array): Uint8Array => new Uint8Array(zstdDecompressSync(bytes)) }
  for (const file of files) {
    const bytes = await readFile(file)
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    await parquetRead({
      file: buffer,
      metadata: parquetMetadata(buffer),
      compressors,
      onChunk: ({ columnName, columnData }) => {
        if (columnName === 'speed') found += columnData.length
      },
    })
  }
  return found
})
