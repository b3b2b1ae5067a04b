/**
 * What `GET /api/archive` costs over a large table: `node archive.bench.ts [files]`. Writes a log of synthetic files (100 cells, a file each
 * every 10 minutes), asks for the whole table cold and warm, after a commit, and for a day, over HTTP.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createFileStore, openTable } from '@fleetlake/archive'
import { cellName, dateOf } from '@fleetlake/core'
import { Hono } from 'hono'
import { formatCommit } from '../../../../shared/archive/src/log/actions.ts'
import { writeCheckpoint } from '../../../../shared/archive/src/log/write-checkpoint.ts'
import { chunkPath, commitPath } from '../../../../shared/archive/src/paths.ts'
import { listen } from '../http/listen.ts'
import { createArchiveReader } from './archive-reader.ts'
import { createArchiveRoute } from './archive-route.ts'

const [files = 100_000] = process.argv.slice(2).map(Number)
const CELLS = 100
const WINDOW_MS = 600_000
const START_MS = Date.UTC(2026, 0, 1)
const FIRST_CELL = 0b00110_01011_01010_00001_00011

const addsOf = (window: number): object[] =>
  Array.from({ length: CELLS }, (_, i) => {
    const windowStart = START_MS + window * WINDOW_MS
    const place = { date: dateOf(windowStart), cell: cellName(FIRST_CELL + i, 5) }
    const id = (window * CELLS + i).toString(16).padStart(16, '0')
    const bounds = { vehicle_id: 'v-1', vehicle_type: 'bus', longitude: -56.19, latitude: -34.9 }
    const at = (ms: number): object => ({ ...bounds, event_time: new Date(windowStart + ms).toISOString() })
    return {
      add: {
        path: chunkPath({ ...place, windowStart, id, extension: '.parquet' }),
        partitionValues: place,
        size: 20_000,
        modificationTime: windowStart,
        stats: JSON.stringify({ numRecords: 4_000, minValues: at(0), maxValues: at(WINDOW_MS - 1) }),
        dataChange: true,
      },
    }
  })

const report = (what: string, value: number, unit: string): void =>
  console.log(`${what.padEnd(40)} ${value.toFixed(1).padStart(10)} ${unit}`)

const folder = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
try {
  const store = createFileStore(folder)
  await openTable(store, { create: { geohashLength: 5, windowMs: WINDOW_MS }, now: () => START_MS })
  const windows = files / CELLS
  for (let version = 1; version <= windows; version++) {
    await store.putIfAbsent(commitPath(version), formatCommit([{ commitInfo: {} }, ...addsOf(version - 1)]))
  }
  await writeCheckpoint(store, windows, START_MS)
  const app = new Hono().get(
    '/api/archive',
    createArchiveRoute(createArchiveReader(createFileStore(folder)), () => true),
  )
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  const ask = async (what: string, query = ''): Promise<void> => {
    const before = performance.now()
    const cpu = process.cpuUsage()
    const response = await fetch(`${server.url}/api/archive${query}`)
    const body = await response.arrayBuffer()
    const { user, system } = process.cpuUsage(cpu)
    report(
      what,
      performance.now() - before,
      `ms, processor ${((user + system) / 1_000).toFixed(0)} ms, ${body.byteLength} bytes`,
    )
  }
  report('files', files, '')
  await ask('cold, opening the table')
  await ask('again')
  await delay(1_100)
  await ask('again, refreshing')
  const day = `?from=${START_MS}&to=${START_MS + 86_400_000}`
  await ask('a day', day)
  await ask('a cut of all', `?from=${START_MS + 1}&to=${START_MS + windows * WINDOW_MS - 1}&bins=2000`)
  await store.putIfAbsent(commitPath(windows + 1), formatCommit([{ commitInfo: {} }, ...addsOf(windows)]))
  await delay(1_100)
  await ask('after a commit')
  globalThis.gc?.()
  report('heap', process.memoryUsage().heapUsed / 2 ** 20, 'MiB (after a collection with --expose-gc)')
  report('resident', process.memoryUsage().rss / 2 ** 20, 'MiB')
  await server.close()
} finally {
  await rm(folder, { recursive: true })
}
