/**
 * What a large log costs: `node log.bench.ts [versions] [files a version]`. Writes a table of synthetic adds into a temporary folder, then
 * opens it from its commits alone, from a checkpoint, refreshes, commits and prunes.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { areaOf, cellName, dateOf } from '@fleetlake/core'
import { formatStats } from './chunk-stats.ts'
import { type AddFile, formatCommit } from './log/actions.ts'
import { checkpointPaths, chunkPath, commitPath } from './paths.ts'
import { writeCheckpoint } from './log/write-checkpoint.ts'
import { prune } from './prune.ts'
import { createFileStore } from './store/file-store.ts'
import { openTable } from './table.ts'

const [versions = 1_000, filesPerVersion = 100] = process.argv.slice(2).map(Number)
const START_MS = Date.UTC(2026, 0, 1)
const WINDOW_MS = 600_000
const FIRST_CELL = 0b00110_01011_01010_00001_00011

/** Every version adds a file to each of some neighbouring cells, in the next window. */
const addOf = (version: number, i: number): AddFile => {
  const windowStart = START_MS + version * WINDOW_MS
  const place = { date: dateOf(windowStart), cell: cellName(FIRST_CELL + i, 5) }
  const range = { min: -56_190_000 + i, max: -56_160_000 + i, nulls: 0 }
  const text = { min: `v-${String(i).padStart(6, '0')}`, max: `v-${String(i + 5_000).padStart(6, '0')}`, nulls: 0 }
  const stats = formatStats({
    rows: 4_000,
    vehicle: text,
    vehicleType: { min: 'bus', max: 'van', nulls: 0 },
    measures: [],
    eventTime: { min: windowStart, max: windowStart + WINDOW_MS - 1, nulls: 0 },
    longitude: range,
    latitude: { min: -34_930_000, max: -34_900_000, nulls: 0 },
    speed: { min: 0, max: 20.5, nulls: 3 },
    heading: { min: 0, max: 359.9, nulls: 3 },
  })
  const id = (version * filesPerVersion + i).toString(16).padStart(16, '0')
  const path = chunkPath({ ...place, windowStart, id, extension: '.parquet' })
  return { path, partitionValues: place, size: 20_000, modificationTime: windowStart, stats }
}

const report = (what: string, value: number, unit: string): void =>
  console.log(`${what.padEnd(52)} ${value.toFixed(2).padStart(10)} ${unit}`)

const time = async <T>(what: string, run: () => Promise<T> | T): Promise<T> => {
  const start = performance.now()
  const cpu = process.cpuUsage()
  const result = await run()
  const { user, system } = process.cpuUsage(cpu)
  report(what, performance.now() - start, `ms  (processor ${((user + system) / 1_000).toFixed(0)} ms)`)
  return result
}

const root = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
try {
  const store = createFileStore(root)
  await openTable(store, { create: { geohashLength: 5, windowMs: WINDOW_MS }, now: () => START_MS })
  console.log(`${versions} versions of ${filesPerVersion} files`)
  await time('writing the commits', async () => {
    for (let version = 1; version <= versions; version++) {
      const adds = Array.from({ length: filesPerVersion }, (_, i) => ({
        add: { ...addOf(version, i), dataChange: true },
      }))
      await store.putIfAbsent(
        commitPath(version),
        formatCommit([{ commitInfo: {} }, { txn: { appId: 'P', version } }, ...adds]),
      )
    }
  })
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  const table = await time('opening from the commits', () => openTable(store))
  globalThis.gc?.()
  report(
    'memory of a snapshot, a file',
    (process.memoryUsage().heapUsed - heap) / table.snapshot.totals.files,
    'bytes (with --expose-gc)',
  )
  await time('writing a checkpoint from the commits', () => writeCheckpoint(store, versions, START_MS))
  report('checkpoint, a file', (await store.size(checkpointPaths(versions)[0]))! / table.snapshot.totals.files, 'bytes')
  await time('opening from the checkpoint', () => openTable(store))
  await time('refresh without news', () => table.refresh())
  const commit = {
    parts: [
      {
        add: Array.from({ length: filesPerVersion }, (_, i) => ({
          ...addOf(versions + 1, i),
          modificationTime: Date.now(),
        })),
      },
    ],
  }
  await time('a commit', () => table.commit({ ...commit, operation: 'WRITE' }))
  await time('writing a checkpoint from the one before', () => writeCheckpoint(store, versions + 1, START_MS))
  const ring = [
    [-56.2, -34.95],
    [-56.15, -34.95],
    [-56.15, -34.9],
    [-56.2, -34.9],
    [-56.2, -34.95],
  ]
  const area = areaOf({ type: 'Polygon', coordinates: [ring] })
  const day = { from: START_MS + 86_400_000, to: START_MS + 2 * 86_400_000 }
  const found = await time('pruning for an hour', () =>
    prune(table.snapshot, { area, period: { from: day.from, to: day.from + 3_600_000 } }),
  )
  await time('pruning for a day', () => prune(table.snapshot, { area, period: day }))
  await time('pruning for ever', () => prune(table.snapshot, { area, period: { from: 0, to: 4e12 } }))
  console.log(`${found.kept.length} of ${found.total.files} files kept for the hour`)
} finally {
  await rm(root, { recursive: true })
}
