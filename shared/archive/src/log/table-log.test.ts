import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pl from 'nodejs-polars'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFileStore } from '../store/file-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openTable } from '../table.ts'
import { someRows, NOW_MS, SETTINGS, writeRows } from '../testing/log-table.ts'

let root: string
let store: ObjectStore

/** A table of 13 versions with a checkpoint at 5 and 10, a file of which is rewritten after each. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fleetlake-log-'))
  store = createFileStore(root)
  let nowMs = NOW_MS
  const table = await openTable(store, { create: SETTINGS, now: () => nowMs, checkpointEvery: 5, engine: 'Test' })
  for (let i = 0; i < 11; i++) {
    nowMs += 1_000
    const cells = ['69y7p', '69y7r', '69yk0']
    const rows = cells.flatMap((cell) => someRows(20 + i, cell, NOW_MS + i * 3_600_000))
    const add = await writeRows(store, rows, nowMs)
    const offset = { appId: 'MOVES_0@2026-11-21T09:00:00Z#0', from: i * 100, to: (i + 1) * 100, timestampMs: nowMs - 7 }
    await table.commit({ parts: [{ add, offset }], operation: 'WRITE', info: { 'messages-to': offset.to } })
  }
  const [old] = table.snapshot.files()
  const add = await writeRows(store, someRows(old.rows!, old.cell, old.from), nowMs)
  await table.commit({ parts: [{ add }], remove: [old.path], dataChange: false, operation: 'OPTIMIZE' })
  await table.close()
})

afterAll(() => rm(root, { recursive: true }))

type Json = Record<string, unknown>
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0

const readJson = async (path: string): Promise<Json[]> =>
  new TextDecoder()
    .decode(await store.get(path))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)

const logFiles = async (): Promise<string[]> => {
  const paths: string[] = []
  for await (const { path } of store.list('_delta_log/')) paths.push(path)
  return paths
}

const COLUMNS: readonly (readonly [string, string])[] = [
  ['vehicle_id', 'string'],
  ['vehicle_type', 'string'],
  ['event_time', 'timestamp'],
  ['longitude', 'decimal(9,6)'],
  ['latitude', 'decimal(9,6)'],
  ['speed', 'float'],
  ['heading', 'float'],
  ['date', 'date'],
  ['cell', 'string'],
]

test('the log holds its versions from 0 without a gap, and nothing else but checkpoints', async () => {
  const digits = (version: number): string => String(version).padStart(20, '0')
  const commits = Array.from({ length: 13 }, (_, version) => `_delta_log/${digits(version)}.json`)
  const checkpoints = [5, 10].map((version) => `_delta_log/${digits(version)}.checkpoint.parquet`)
  expect(await logFiles()).toEqual([...commits, ...checkpoints, '_delta_log/_last_checkpoint'].toSorted())
})

test('version 0 holds the protocol and the metadata that the format asks for', async () => {
  const [info, protocol, meta] = await readJson('_delta_log/00000000000000000000.json')
  expect(Object.keys(info)).toEqual(['commitInfo'])
  expect(protocol).toEqual({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } })
  const metaData = meta['metaData'] as Json
  expect(metaData).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
    name: 'moves',
    format: { provider: 'parquet', options: {} },
    schemaString: expect.any(String),
    partitionColumns: ['date', 'cell'],
    configuration: {
      'fleetlake.formatVersion': '1',
      'fleetlake.geohashLength': '5',
      'fleetlake.windowMs': '600000',
    },
    createdTime: NOW_MS,
  })
  expect(JSON.parse(metaData['schemaString'] as string)).toEqual({
    type: 'struct',
    fields: COLUMNS.map(([name, type]) => ({ name, type, nullable: true, metadata: {} })),
  })
})

test('every action of every version keeps to the protocol', async () => {
  for (const path of (await logFiles()).filter((name) => name.endsWith('.json')).slice(1)) {
    const actions = await readJson(path)
    expect(actions.filter((action) => Object.keys(action).length !== 1)).toEqual([])
    const paths: string[] = []
    const changes = new Set<unknown>()
    for (const action of actions) {
      const [[kind, value]] = Object.entries(action) as [string, Json][]
      if (kind === 'commitInfo') {
        expect(value).toMatchObject({ operation: expect.any(String), engineInfo: 'Test', commitId: expect.any(String) })
        expect(isCount(value['timestamp'])).toBe(true)
      } else if (kind === 'txn') {
        expect(Object.keys(value).toSorted()).toEqual(['appId', 'lastUpdated', 'version'])
        expect(isCount(value['version']) && isCount(value['lastUpdated'])).toBe(true)
      } else if (kind === 'add' || kind === 'remove') {
        paths.push(value['path'] as string)
        changes.add(value['dataChange'])
        expect(decodeURI(value['path'] as string)).toMatch(
          /^date=\d{4}-\d\d-\d\d\/cell=\w{5}\/\d{8}T\d{6}Z-\w+\.parquet$/,
        )
        const { date, cell, ...others } = value['partitionValues'] as Json
        expect([date, cell, others]).toEqual([
          expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
          expect.stringMatching(/^\w{5}$/),
          {},
        ])
        expect(value['path']).toContain(`date=${date as string}/cell=${cell as string}/`)
        expect(isCount(value['size'])).toBe(true)
      } else expect(kind).toBe('a kind of action that belongs here')
      if (kind === 'remove')
        expect(isCount(value['deletionTimestamp']) && value['extendedFileMetadata'] === true).toBe(true)
      if (kind === 'add') {
        expect(isCount(value['modificationTime'])).toBe(true)
        expect(value['size']).toBe(await store.size(decodeURI(value['path'] as string)))
        const stats = JSON.parse(value['stats'] as string) as Record<string, Json>
        expect(Object.keys(stats)).toEqual(['numRecords', 'minValues', 'maxValues', 'nullCount'])
        expect(Object.keys(stats['nullCount'])).toEqual(COLUMNS.slice(0, 7).map(([name]) => name))
        expect(stats['minValues']['event_time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }
    }
    expect(new Set(paths).size).toBe(paths.length)
    // A version either changes data or rewrites it.
    expect(changes.size).toBeLessThanOrEqual(1)
  }
})

/** A reader that knows the protocol and nothing of ours. */
const readByProtocol = async (): Promise<{ rows: number; paths: string[] }> => {
  const live = new Map<string, number>()
  for (const path of (await logFiles()).filter((name) => name.endsWith('.json'))) {
    for (const action of (await readJson(path)) as Record<string, Record<string, string>>[]) {
      if (action['add'])
        live.set(decodeURIComponent(action['add']['path']), JSON.parse(action['add']['stats']).numRecords as number)
      if (action['remove']) live.delete(decodeURIComponent(action['remove']['path']))
    }
  }
  return { rows: live.values().reduce((sum, rows) => sum + rows, 0), paths: [...live.keys()].toSorted() }
}

test('a reader that knows only the protocol finds the same files and rows', async () => {
  const { snapshot } = await openTable(store)
  const found = await readByProtocol()
  expect(found.paths).toEqual([...snapshot.files()].map(({ path }) => path).toSorted())
  expect(found.rows).toBe(snapshot.totals.rows)
  const frames = found.paths.map((path) => pl.readParquet(store.url(path)).height)
  expect(frames.reduce((sum, height) => sum + height, 0)).toBe(found.rows)
})

test('DuckDB reads the files with the types of the schema, and stats bound what is in them', async () => {
  const db = await (await DuckDBInstance.create()).connect()
  const { paths } = await readByProtocol()
  const { snapshot } = await openTable(store)
  await db.run("set TimeZone = 'UTC'")
  const files = `read_parquet([${paths.map((path) => `'${store.url(path)}'`).join()}], hive_partitioning = true, filename = true)`
  const described = await db.runAndReadAll(`describe select * exclude (filename) from ${files}`)
  expect(described.getRows().map(([name, type]) => [name, type])).toEqual([
    ['vehicle_id', 'VARCHAR'],
    ['vehicle_type', 'VARCHAR'],
    ['event_time', 'TIMESTAMP WITH TIME ZONE'],
    ['longitude', 'DECIMAL(9,6)'],
    ['latitude', 'DECIMAL(9,6)'],
    ['speed', 'FLOAT'],
    ['heading', 'FLOAT'],
    ['cell', 'VARCHAR'],
    ['date', 'DATE'],
  ])
  const rows = await db.runAndReadAll(
    `select filename, count(*)::int, epoch_ms(min(event_time))::double, epoch_ms(max(event_time))::double,
      (min(longitude) * 1000000)::int, (min(latitude) * 1000000)::int, (max(longitude) * 1000000)::int, (max(latitude) * 1000000)::int,
      min(vehicle_id), max(vehicle_id), min(vehicle_type), max(vehicle_type) from ${files} group by filename order by filename`,
  )
  const told = [...snapshot.files()]
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((chunk) => {
      const { west, south, east, north } = chunk.bounds
      const texts = [chunk.vehicleIdMin, chunk.vehicleIdMax, chunk.vehicleTypeMin, chunk.vehicleTypeMax]
      return [store.url(chunk.path), chunk.rows, chunk.from, chunk.to, west, south, east, north, ...texts]
    })
  expect(rows.getRows()).toEqual(told)
  db.closeSync()
})

const stateOf = async (): Promise<unknown> => {
  const { snapshot } = await openTable(store)
  return {
    ...snapshot,
    files: [...snapshot.files()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    dates: [],
    find: 0,
    txn: 0,
  }
}

test('a checkpoint and the versions after it say the same as all versions', async () => {
  const fromCheckpoint = await stateOf()
  const checkpoint = (await store.get('_delta_log/00000000000000000010.checkpoint.parquet'))!
  const last = (await store.get('_delta_log/_last_checkpoint'))!
  const earlier = (await store.get('_delta_log/00000000000000000005.checkpoint.parquet'))!
  try {
    await store.delete('_delta_log/_last_checkpoint')
    expect(await stateOf()).toEqual(fromCheckpoint)
    await store.delete('_delta_log/00000000000000000010.checkpoint.parquet')
    expect(await stateOf()).toEqual(fromCheckpoint)
    await store.delete('_delta_log/00000000000000000005.checkpoint.parquet')
    expect(await stateOf()).toEqual(fromCheckpoint)
    // A `_last_checkpoint` that names what is not there is as good as none.
    await store.put('_delta_log/_last_checkpoint', last)
    expect(await stateOf()).toEqual(fromCheckpoint)
  } finally {
    await store.put('_delta_log/00000000000000000005.checkpoint.parquet', earlier)
    await store.put('_delta_log/00000000000000000010.checkpoint.parquet', checkpoint)
    await store.put('_delta_log/_last_checkpoint', last)
  }
})

test('DuckDB and Polars read a checkpoint: one struct a kind of action, maps as maps', async () => {
  const db = await (await DuckDBInstance.create()).connect()
  const file = store.url('_delta_log/00000000000000000010.checkpoint.parquet')
  const described = await db.runAndReadAll(`describe select * from '${file}'`)
  expect(Object.fromEntries(described.getRows().map(([name, type]) => [name, type]))).toEqual({
    txn: 'STRUCT(appId VARCHAR, "version" BIGINT, lastUpdated BIGINT)',
    add:
      'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, ' +
      'stats VARCHAR, tags MAP(VARCHAR, VARCHAR))',
    remove:
      'STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, ' +
      'partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)',
    metaData:
      'STRUCT(id VARCHAR, "name" VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, "options" MAP(VARCHAR, VARCHAR)), ' +
      'schemaString VARCHAR, partitionColumns VARCHAR[], "configuration" MAP(VARCHAR, VARCHAR), createdTime BIGINT)',
    protocol:
      'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER, readerFeatures VARCHAR[], writerFeatures VARCHAR[])',
  })
  const counted = await db.runAndReadAll(
    `select count(txn)::int, count(add)::int, count(remove)::int, count(metaData)::int, count(protocol)::int, count(*)::int,
      max(txn.version)::int, min(add.partitionValues['cell']), max(add.partitionValues['cell']),
      max(metaData.configuration['fleetlake.windowMs']) from '${file}'`,
  )
  expect(counted.getRows()).toEqual([[1, 30, 0, 1, 1, 33, 1_000, '69y7p', '69yk0', '600000']])
  const last = JSON.parse(new TextDecoder().decode(await store.get('_delta_log/_last_checkpoint'))) as unknown
  expect(last).toEqual({
    version: 10,
    size: 33,
    sizeInBytes: await store.size('_delta_log/00000000000000000010.checkpoint.parquet'),
  })
  expect(pl.readParquet(file).height).toBe(33)
  db.closeSync()
})
