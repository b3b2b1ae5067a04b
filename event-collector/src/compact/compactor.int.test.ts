import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  COMPACTION_APP,
  createFileStore,
  isCompacted,
  type Loss,
  openLossTable,
  openTable,
  type Table,
  writeChunk,
} from '@fleetlake/archive'
import { rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { type Config, configSchema } from '@fleetlake/contracts'
import { cellBounds, parseCell } from '@fleetlake/core'
import { connectHub, findArchiveClaim, writeArchiveClaim } from '@fleetlake/hub'
import {
  ALL_BUCKETS,
  LATEST,
  openProjectionTable,
  PRESENCE,
  presenceOfRows,
  rowsOfPresence,
} from '@fleetlake/projections'
import { openRegistry } from '@fleetlake/registry'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningCompactor, startCompactor } from './start-compactor.ts'

const CELL = '6cb13'
const { west, south } = cellBounds(parseCell(CELL), CELL.length)
const WINDOW_MS = 600_000
const MIB = 1024 * 1024
const DAY_MS = 86_400_000

/** Some chunks of a day that is long over. */
const writeDay = async (table: Table, folder: string, options: { chunks: number; rows: number }): Promise<void> => {
  const { chunks, rows } = options
  const store = createFileStore(folder)
  const vehicleIds = Array.from({ length: 50 }, (_, i) => `vehicle-${i}`)
  const perVehicle = rows / vehicleIds.length
  const at = (from: number, i: number): number => from + (i % perVehicle) * (600_000 / perVehicle)
  const add = []
  for (let chunk = 0; chunk < chunks; chunk++) {
    const windowStart = Date.UTC(2026, 0, 5) + chunk * WINDOW_MS
    const columns = rowsOfArrays({
      length: rows,
      vehicleIds: textsOfStrings(vehicleIds),
      vehicle: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / perVehicle)),
      vehicleTypes: ['bus'],
      vehicleType: new Int32Array(rows),
      eventTime: Float64Array.from({ length: rows }, (_, i) => Math.floor(at(windowStart, i))),
      longitude: Int32Array.from({ length: rows }, (_, i) => Math.ceil(west * 1e6) + ((i * 7_919) % 20_000)),
      latitude: Int32Array.from({ length: rows }, (_, i) => Math.ceil(south * 1e6) + ((i * 104_729) % 10_000)),
      speed: Float32Array.from({ length: rows }, (_, i) => i % 23),
      heading: Float32Array.from({ length: rows }, (_, i) => i % 360),
    })
    add.push(await writeChunk(columns, { cell: CELL, windowStart }, { store, codec: parquetCodec }))
  }
  await table.commit({ parts: [{ add }], operation: 'WRITE' })
}

const openWorld = async (options: { chunks: number; rows: number; memory?: string }) => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const connect = async () => {
    const hub = await connectHub({ url: server.url, service: 'test' })
    onTestFinished(() => hub.close())
    return hub
  }
  const path = await temporaryFolder()
  const folder = join(path, 'moves')
  const table = await openTable(createFileStore(folder), { create: { geohashLength: 5, windowMs: WINDOW_MS } })
  const claim = { table: table.snapshot.id, hub: 'test', version: table.snapshot.version, fingerprint: undefined }
  await writeArchiveClaim(await connect(), claim, { sequence: 0 })
  await writeDay(table, folder, options)
  const compactor = { everyMs: '50 ms', quietMs: '200 ms', ...(options.memory && { memory: options.memory }) }
  const config: Config = configSchema.parse({ archive: { path }, hub: { url: server.url }, compactor })
  return { server, connect, path, folder, table, config }
}

const LOSS: Omit<Loss, 'from' | 'to'> = {
  stream: 'MOVES_0',
  created: '2026-01-05T00:00:00Z',
  epoch: 0,
  partition: 0,
  firstStored: 0,
  lastStored: 1,
  partitions: 1,
  geohashLength: 5,
  toldAt: 2,
}

const STAY = {
  day: 20_458,
  cell: CELL,
  first: 1_767_571_200_000,
  last: 1_767_571_260_000,
  rows: 4,
  intervals: new Map([[20, 3]]),
}

const isWhole = async (table: Table): Promise<boolean> => {
  const { files } = (await table.refresh()).totals
  return files === 1 && [...table.snapshot.files()].every(({ path }) => isCompacted(path))
}

test('compactors share the work by taking turns: one is at it, and when it leaves another is', async () => {
  const { connect, folder, table, config } = await openWorld({ chunks: 12, rows: 100 })
  const lines: unknown[] = []
  const log = { info: (what: unknown) => void lines.push(what), warn: (what: unknown) => void lines.push(what) }
  const running: RunningCompactor[] = []
  onTestFinished(async () => void (await Promise.all(running.map((each) => each.stop()))))
  for (let i = 0; i < 2; i++) running.push(await startCompactor(await connect(), { config, log, version: '0' }))
  await eventually(() => isWhole(table))
  // The commit is seen before its line. The one that was at it before it had heard the other may have lost to the other's commit.
  const compactions = () => lines.filter((line) => Object.hasOwn(line as object, 'commits'))
  await eventually(() => compactions().length > 0, { what: 'the line of the compaction' })
  expect(compactions()).toEqual([
    expect.objectContaining({ commits: 1, filesBefore: 12, filesAfter: 1, duplicates: 0 }),
  ])
  for (let round = 1; round <= 2; round++) {
    await writeDay(table, folder, { chunks: 12, rows: 100 })
    await running[2 - round].stop()
    if (round === 2) running.push(await startCompactor(await connect(), { config, log, version: '0' }))
    await eventually(() => isWhole(table))
    expect(table.snapshot.totals.rows).toBe(1_200)
  }
  expect(table.snapshot.txn(COMPACTION_APP)).toBeGreaterThanOrEqual(3)
  expect(lines.filter((line) => !['commits', 'lost'].some((key) => Object.hasOwn(line as object, key)))).toEqual([])
})

/**
 * What a process takes beside its budget: Node, polars and its threads, garbage that is not collected yet. Seen: 290 MiB in all with this
 * budget, with more rows as well; 400 to 530 with one of 1 GiB.
 */
const SLACK = 300 * MIB
const BUDGET = 32 * MIB
const SAMPLE_MS = 50

test('a process merges a day that is far larger than its memory, in its memory', async () => {
  const { table, config, path } = await openWorld({ chunks: 24, rows: 100_000, memory: '32 MiB' })
  const child = fork(join(import.meta.dirname, '..', 'compactor.ts'), [], {
    env: {
      ...process.env,
      FLEET_HUB_URL: config.hub.url,
      FLEET_ARCHIVE_PATH: path,
      FLEET_COMPACTOR_MEMORY: String(BUDGET),
      FLEET_COMPACTOR_EVERY_MS: '100 ms',
      FLEET_COMPACTOR_QUIET_MS: '100 ms',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  })
  let peak = 0
  const rss = (): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)]).toString()) * 1024
  await eventually(async () => {
    peak = Math.max(peak, rss())
    await delay(SAMPLE_MS)
    await table.refresh()
    return [...table.snapshot.files()].every(({ path: file }) => isCompacted(file))
  })
  expect(table.snapshot.totals.rows).toBe(2_400_000)
  expect(peak).toBeLessThan(BUDGET + SLACK)
})

test('a compactor leaves an older copy of the archive alone', async () => {
  const { connect, table, config } = await openWorld({ chunks: 4, rows: 100 })
  const hub = await connect()
  const claimed = async (version: number): Promise<void> => {
    const { sequence } = await findArchiveClaim(hub)
    const claim = { table: table.snapshot.id, hub: 'test', version, fingerprint: undefined }
    expect(await writeArchiveClaim(hub, claim, { sequence })).toBe(true)
  }
  const { version } = await table.refresh()
  await claimed(version + 1)
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (_: unknown, message?: string) => void warnings.push(message ?? '') }
  const compactor = await startCompactor(await connect(), { config, log, version: '0' })
  onTestFinished(() => compactor.stop())
  await eventually(async () => warnings.length > 2, { what: 'that it has tried' })
  expect(warnings[0]).toMatch(/^a run failed and is tried again: the archive at .* is an older copy of the archive/)
  expect((await table.refresh()).version).toBe(version)
  await claimed(version)
  await eventually(() => isWhole(table))
})

test('a compactor keeps every table beside the positions in order, and what is wrong with one keeps it from nothing', async () => {
  const { connect, path, table, config } = await openWorld({ chunks: 12, rows: 100 })
  const losses = (await openLossTable(createFileStore(join(path, 'losses')), { create: true }))!
  for (let from = 1; from <= 65; from++) await losses.record([{ ...LOSS, from, to: from }])
  const presence = (await openProjectionTable(createFileStore(join(path, 'presence')), PRESENCE, { create: true }))!
  const latest = (await openProjectionTable(createFileStore(join(path, 'latest')), LATEST, { create: true }))!
  const offsetAt = (version: number) => ({ version, commit: 1, frontier: 0 })
  for (let version = 1; version <= 8; version++) {
    const add = presenceOfRows([{ ...STAY, vehicleId: `v-${version}` }])
    const from = version === 1 ? undefined : offsetAt(version - 1)
    await presence.commit({ buckets: ALL_BUCKETS, from, to: offsetAt(version), add, operation: 'WRITE' })
  }
  const known = [await losses.refresh(), rowsOfPresence(await presence.rows(presence.state, {}))]
  await rm(join(path, 'latest', '_delta_log', `${'0'.padStart(20, '0')}.json`))
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (_: unknown, message?: string) => void warnings.push(message ?? '') }
  const compactor = await startCompactor(await connect(), { config, log, version: '0' })
  onTestFinished(() => compactor.stop())
  await eventually(async () => (await presence.refresh()).files.size === 1)
  await eventually(() => isWhole(table))
  const files = async (name: string): Promise<number> =>
    (await readdir(join(path, name))).filter((file) => file.endsWith('.parquet')).length
  // What was merged stays for the grace.
  await eventually(async () => (await files('losses')) === 66)
  expect([await losses.refresh(), rowsOfPresence(await presence.rows(presence.state, {}))]).toEqual(known)
  expect(warnings.length).toBeGreaterThan(0)
  expect(new Set(warnings.map((line) => line.slice(0, 'the table latest is not kept in order'.length)))).toEqual(
    new Set(['the table latest is not kept in order']),
  )
  await Promise.all([losses.close(), presence.close(), latest.close()])
})

test('a run keeps the positions first, and takes out of presence at once what retention has taken', async () => {
  const { connect, path, table, config } = await openWorld({ chunks: 12, rows: 100 })
  const presence = (await openProjectionTable(createFileStore(join(path, 'presence')), PRESENCE, { create: true }))!
  const gone = { ...STAY, day: STAY.day - 1, first: STAY.first - DAY_MS, last: STAY.last - DAY_MS }
  const offsetAt = (version: number) => ({ version, commit: 1, frontier: 0 })
  for (let version = 1; version <= 8; version++) {
    const add = presenceOfRows([{ ...gone, vehicleId: `v-${version}` }])
    const from = version === 1 ? undefined : offsetAt(version - 1)
    await presence.commit({ buckets: ALL_BUCKETS, from, to: offsetAt(version), add, operation: 'WRITE' })
  }
  const [{ path: file }] = table.snapshot.files()
  await table.commit({ parts: [], remove: [file], gone: ['2026-01-04'], operation: 'DELETE' })
  const lines: string[] = []
  const tell = (_: unknown, message?: string): void => void lines.push(message ?? '')
  const atOnce = { ...config, compactor: { ...config.compactor, quietMs: 0 } }
  const log = { info: tell, warn: tell }
  const compactor = await startCompactor(await connect(), { config: atOnce, log, version: '0' })
  onTestFinished(() => compactor.stop())
  await eventually(async () => (await presence.refresh()).files.size === 0)
  expect(lines).toEqual(['maintenance was done', 'files of the table presence were merged'])
  await presence.close()
})

test('a compactor merges the many files of the registry, and a damaged registry keeps it from nothing', async () => {
  const { connect, path, table, config } = await openWorld({ chunks: 12, rows: 100 })
  const folder = join(path, 'registry')
  const registry = await openRegistry(createFileStore(folder))
  const setTo = (version: number): Promise<number> => {
    const value = { account: `a${version}`, sha256: '0'.repeat(64) }
    return registry.put('tokens', 'x', value, { expected: version, who: 'root' })
  }
  for (let version = 0; version < 65; version++) await setTo(version)
  const history = await registry.history()
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (_: unknown, message?: string) => void warnings.push(message ?? '') }
  const compactor = await startCompactor(await connect(), { config, log, version: '0' })
  onTestFinished(() => compactor.stop())
  await eventually(() => isWhole(table))
  await eventually(async () => {
    await registry.refresh()
    return registry.version() === 66
  })
  expect([await registry.history(), warnings]).toEqual([history, []])
  await rm(join(folder, '_delta_log', `${'66'.padStart(20, '0')}.json`))
  await eventually(() => warnings.length > 0)
  expect(warnings[0]).toMatch(/^the registry is not kept in order: the table registry is damaged: /)
  await writeDay(table, join(path, 'moves'), { chunks: 12, rows: 100 })
  await eventually(() => isWhole(table))
})
