import { mkdtemp, rm } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createFileStore } from '../store/file-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { Snapshot } from '../snapshot.ts'
import { openTable } from '../table.ts'
import { NOW_MS, SETTINGS, someRows, writeRows } from '../testing/log-table.ts'

const CHECKPOINT = '_delta_log/00000000000000000010.checkpoint.parquet'
const LAST = '_delta_log/_last_checkpoint'

let root: string
let store: ObjectStore
let db: DuckDBConnection
let ours: string
/** The log as it was made, by path. */
const log = new Map<string, Uint8Array>()

/** A table of 12 versions with a checkpoint of ours at 10; each checkpoint of another writer takes its place. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fleetlake-log-'))
  store = createFileStore(root)
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS, checkpointEvery: 10 })
  for (let i = 0; i < 12; i++) {
    const rows = ['69y7p', '69y7r'].flatMap((cell) => someRows(3 + i, cell, NOW_MS + i * 20_000_000))
    const remove = i === 5 ? [[...table.snapshot.files()][0].path] : []
    const offset = { appId: `MOVES_${i % 3}@2026-11-21T09:00:00Z#0`, from: i < 3 ? 0 : i - 3, to: i, timestampMs: i }
    const part = { add: await writeRows(store, rows), ...(offset.to > offset.from && { offset }) }
    await table.commit({ parts: [part], remove, operation: 'WRITE' })
  }
  await table.close()
  db = await (await DuckDBInstance.create()).connect()
  ours = join(root, 'ours.parquet')
  await store.put('ours.parquet', (await store.get(CHECKPOINT))!)
  for await (const { path } of store.list('_delta_log/')) log.set(path, (await store.get(path))!)
})

beforeEach(async () => {
  for await (const { path } of store.list('_delta_log/')) if (!log.has(path)) await store.delete(path)
  for await (const { path } of store.list('_fleetlake/')) await store.delete(path)
  for (const [path, bytes] of log) await store.put(path, bytes)
})

afterAll(async () => {
  db.closeSync()
  await rm(root, { recursive: true })
})

const contentOf = ({ dates, ...snapshot }: Snapshot): unknown => ({
  ...snapshot,
  find: 0,
  txn: 0,
  files: [...snapshot.files()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  dates: Array.from(dates.values(), ({ date, totals: each }) => [date, each]).toSorted(),
})

/** The versions that the checkpoint holds go. */
const deleteCommits = async (): Promise<void> => {
  for (let version = 0; version <= 10; version++) {
    await store.delete(`_delta_log/${String(version).padStart(20, '0')}.json`)
  }
}

const open = async (): Promise<unknown> => contentOf((await openTable(store)).snapshot)

const someAdd = (fields: string): string => `case when add is null then null else ${fields} end as add`
const AS_IT_IS = `path: add.path, partitionValues: add.partitionValues, size: add.size, modificationTime: add.modificationTime, dataChange: false`

test.each([
  ['another writer’s, in snappy', 'select * from it', 'compression snappy'],
  ['gzip', 'select * from it', 'compression gzip'],
  ['no compression, other encodings', 'select * from it', 'compression uncompressed, parquet_version v2'],
  ['rows in any order', 'select * from it order by hash(add.path), hash(txn.appId)', ''],
  [
    'maps in another order, sizes of 32 bits, and more than we know of',
    `select txn, ${someAdd(`{${AS_IT_IS}, color: 'red', stats: add.stats, tags: map {'a': null}}`)
      .replace('add.partitionValues', `map {'cell': add.partitionValues['cell'], 'date': add.partitionValues['date']}`)
      .replace('add.size', 'add.size::int')}, remove, metaData, protocol, {unit: 5} as domainMetadata from it`,
    '',
  ],
  [
    'nulls of no type',
    `select txn, ${someAdd(`{${AS_IT_IS}, stats: add.stats, tags: null}`)}, null as remove, metaData, protocol from it`,
    '',
  ],
])('a checkpoint with %s says what the commits say', async (_, select, options) => {
  const expected = await open()
  const file = store.url(CHECKPOINT)
  const details = ['format parquet', ...(options === '' ? [] : [options])].join()
  await db.run(`copy (with it as (from '${ours}') ${select}) to '${file}' (${details})`)
  await deleteCommits()
  expect(await open()).toEqual(expected)
})

test('a checkpoint without stats and without txns holds its files, which may hold any rows of their dates', async () => {
  const all = [...(await openTable(store)).snapshot.files()]
  const select = `select ${someAdd(`{${AS_IT_IS}, stats: null}`)}, metaData, protocol from it`
  await db.run(`copy (with it as (from '${ours}') ${select}) to '${store.url(CHECKPOINT)}' (format parquet)`)
  await deleteCommits()
  const { snapshot } = await openTable(store)
  const [known, unknown] = [true, false].map((isKnown) =>
    [...snapshot.files()].filter(({ rows }) => (rows !== undefined) === isKnown),
  )
  expect(
    unknown
      .map(({ path }) => path)
      .concat(known.map(({ path }) => path))
      .toSorted(),
  ).toEqual(all.map(({ path }) => path).toSorted())
  expect(new Set(known.map(({ from }) => from))).toEqual(new Set([10, 11].map((i) => NOW_MS + i * 20_000_000)))
  expect(unknown.every(({ from, to }) => to - from === 86_399_999)).toBe(true)
})

test('a checkpoint in parts is read whole or not at all, and the next one is ours', async () => {
  const expected = await open()
  const parts = [1, 2, 3].map((i) => CHECKPOINT.replace('.parquet', `.000000000${i}.0000000003.parquet`))
  for (const [i, path] of parts.entries()) {
    const where = `where abs(hash(coalesce(add.path, txn.appId, 'x')) % 3) = ${i}`
    await db.run(`copy (from '${ours}' ${where}) to '${store.url(path)}' (format parquet)`)
  }
  const last = new TextEncoder().encode('{"version":10,"parts":3,"size":1}')
  await store.delete(CHECKPOINT)
  await deleteCommits()
  await store.put(LAST, last)
  expect(await open()).toEqual(expected)
  await store.delete(LAST)
  expect(await open()).toEqual(expected)
  const part = (await store.get(parts[1]))!
  await store.delete(parts[1])
  await expect(open()).rejects.toThrow(fault('table.damaged', 'the table is damaged: the log begins at version 11'))
  await store.put(parts[1], part)

  await store.put(LAST, last)
  const table = await openTable(store, { now: () => NOW_MS, checkpointEvery: 13 })
  await table.commit({ parts: [{ add: await writeRows(store, someRows(9)) }], operation: 'WRITE' })
  await table.close()
  expect(new TextDecoder().decode(await store.get(LAST))).toContain('"version":13,')
  expect(await open()).toEqual(contentOf(table.snapshot))
})

/** The checkpoint of format 2 that says what ours says: the manifest, and its files in Parquet. */
const FEATURES = `{minReaderVersion: 3::int, minWriterVersion: 7::int, readerFeatures: ['v2Checkpoint'], writerFeatures: ['v2Checkpoint']}`
const MANIFEST = `select txn, metaData, case when protocol is null then null else ${FEATURES} end as protocol,
  null::struct(path varchar, sizeInBytes bigint) as sidecar, null::struct(version bigint) as checkpointMetadata
  from it where add is null and remove is null`
const REFERENCES = ['a', 'b'].map((name) => `select null, null, null, {path: '${name}.parquet', sizeInBytes: 5}, null`)
const UUID = '80a083e8-7026-4e79-81be-64bd76c43a11'

const writeSidecars = async (): Promise<void> => {
  for (const [i, name] of ['a', 'b'].entries()) {
    await store.put(`_delta_log/_sidecars/${name}.parquet`, new Uint8Array(1))
    const where = `where abs(hash(add.path) % 2) = ${i} and (add is not null or remove is not null)`
    const file = store.url(`_delta_log/_sidecars/${name}.parquet`)
    await db.run(`copy (select add, remove from '${ours}' ${where}) to '${file}' (format parquet)`)
  }
}

const writeManifest = async (path: string): Promise<void> => {
  await writeSidecars()
  const select = `with it as (from '${ours}') ${[MANIFEST, ...REFERENCES].join(' union all ')}`
  await db.run(`copy (${select}) to '${store.url(path)}' (format ${path.endsWith('.json') ? 'json' : 'parquet'})`)
}

test.each([
  ['under its own name', CHECKPOINT.replace('.parquet', `.${UUID}.parquet`)],
  ['in JSON', CHECKPOINT.replace('.parquet', `.${UUID}.json`)],
  ['under the classic name', CHECKPOINT],
])('a checkpoint of format 2 %s, in files of its own, says what the commits say', async (_, path) => {
  const expected = await open()
  await store.delete(CHECKPOINT)
  await store.delete(LAST)
  await writeManifest(path)
  await deleteCommits()
  expect(await open()).toEqual(expected)
  // Another one may follow it.
  const table = await openTable(store, { now: () => NOW_MS, checkpointEvery: 13 })
  await table.commit({ parts: [{ add: await writeRows(store, someRows(9)) }], operation: 'WRITE' })
  await table.close()
  expect(new TextDecoder().decode(await store.get(LAST))).toContain('"version":13,')
  expect(await open()).toEqual(contentOf(table.snapshot))
  // A part that is gone is told, and not fewer files.
  await store.delete('_delta_log/00000000000000000013.checkpoint.parquet')
  await store.delete('_delta_log/_sidecars/a.parquet')
  await expect(open()).rejects.toThrow(fault('table.damaged'))
})

test('compacted commits of another writer are passed over', async () => {
  const expected = await open()
  await store.put('_delta_log/00000000000000000011.00000000000000000012.compacted.json', new TextEncoder().encode('{}'))
  await store.put('_delta_log/00000000000000000011.crc', new TextEncoder().encode('{}'))
  expect(await open()).toEqual(expected)
})

test('files of which rows were deleted by a vector are told, wherever the log names them', async () => {
  const vectors = `${AS_IT_IS}, stats: add.stats, deletionVector: {storageType: 'u', pathOrInlineDv: 'x', sizeInBytes: 5}`
  const select = `select txn, ${someAdd(`{${vectors}}`)}, remove, metaData, protocol from it`
  await db.run(`copy (with it as (from '${ours}') ${select}) to '${store.url(CHECKPOINT)}' (format parquet)`)
  await deleteCommits()
  await expect(open()).rejects.toThrow(fault('table.unsupported', /^some rows of date=.*deletion vector/))
})
