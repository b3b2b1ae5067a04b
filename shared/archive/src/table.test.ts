import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { NOW_MS, SETTINGS, someRows, writeRows } from './testing/log-table.ts'
import { createMemoryStore, type MemoryObjects } from './store/memory-store.ts'
import type { ObjectStore } from './store/object-store.ts'
import { openTable, type Table } from './table.ts'

const open = (store: ObjectStore): Promise<Table> => openTable(store, { create: SETTINGS, now: () => NOW_MS })

const append = async (store: ObjectStore, table: Table, count = 10): ReturnType<Table['commit']> =>
  table.commit({ parts: [{ add: await writeRows(store, someRows(count)) }], operation: 'WRITE' })

test('of many that make a table at once one does, and all have the same', async () => {
  const store = createMemoryStore()
  const tables = await Promise.all(
    Array.from({ length: 8 }, (_, i) => openTable(store, { create: { ...SETTINGS, windowMs: 1_000 + i } })),
  )
  expect(new Set(tables.map(({ snapshot }) => JSON.stringify(snapshot.settings))).size).toBe(1)
  expect(tables.map(({ snapshot }) => snapshot.version)).toEqual(Array.from({ length: 8 }, () => 0))
})

test('a table that is not there is told', async () => {
  await expect(openTable(createMemoryStore())).rejects.toMatchObject({ code: 'table.missing' })
})

test('a log whose beginning is gone is told', async () => {
  const store = createMemoryStore()
  const table = await open(store)
  await append(store, table)
  await store.delete('_delta_log/00000000000000000000.json')
  await expect(openTable(store)).rejects.toMatchObject({ code: 'table.damaged' })
})

test('a snapshot stays as it is while the table goes on', async () => {
  const store = createMemoryStore()
  const [writer, reader] = [await open(store), await open(store)]
  await append(store, writer, 10)
  const { version } = await reader.refresh()
  const pinned = reader.snapshot
  const files = [...pinned.files()]
  await append(store, writer, 20)
  await writer.commit({ parts: [], remove: [files[0].path], operation: 'DELETE' })
  expect((await reader.refresh()).totals).toMatchObject({ files: 1, rows: 20 })
  expect([pinned.version, pinned.totals.rows, [...pinned.files()], pinned.find(files[0].path)]).toEqual([
    version,
    10,
    files,
    files[0],
  ])
  expect(reader.snapshot.find(files[0].path)).toBeUndefined()
})

test('a refresh without news asks the store for one object', async () => {
  const store = createMemoryStore()
  await open(store)
  const asked: string[] = []
  const table = await open({ ...store, get: (path) => (asked.push(path), store.get(path)) })
  asked.length = 0
  const before = table.snapshot
  expect(await table.refresh()).toBe(before)
  expect(asked).toEqual(['_delta_log/00000000000000000001.json'])
})

test('a table is opened from its checkpoint, and of the log only what follows it is listed', async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS, checkpointEvery: 2 })
  for (let i = 0; i < 3; i++) await append(store, table)
  await table.close()
  const asked: string[] = []
  const list: ObjectStore['list'] = (prefix, listed) => (
    asked.push(`${prefix} after ${listed?.after}`),
    store.list(prefix, listed)
  )
  const opened = await openTable({ ...store, list, get: (path) => (asked.push(path), store.get(path)) })
  expect(opened.snapshot.totals).toEqual(table.snapshot.totals)
  expect(asked.slice(0, 5)).toEqual([
    '_delta_log/_last_checkpoint',
    '_delta_log/ after _delta_log/00000000000000000002',
    '_delta_log/00000000000000000002.checkpoint.parquet',
    '_fleetlake/log/ after _fleetlake/log/00000000000000000003',
    '_delta_log/00000000000000000003.json',
  ])
  expect(asked.filter((what) => what.includes('after'))).toHaveLength(2)
})

test('a checkpoint that can not be written is told in the background, and the commit stands', async () => {
  const store = createMemoryStore()
  const failures: unknown[] = []
  const broken: ObjectStore = { ...store, put: () => Promise.reject(new Error('no room')) }
  const options = {
    create: SETTINGS,
    now: () => NOW_MS,
    checkpointEvery: 1,
    onBackgroundError: (error: unknown) => failures.push(error),
  }
  const table = await openTable(broken, options)
  expect(await append(store, table)).toEqual({ status: 'committed', version: 1 })
  await table.close()
  // The copies of both commits, and the checkpoint.
  expect(failures).toEqual([new Error('no room'), new Error('no room'), new Error('no room')])
})

test('a chunk that was written and never committed stays where it is, and out of the table', async () => {
  const store = createMemoryStore()
  const table = await open(store)
  const [orphan] = await writeRows(store, someRows(5), NOW_MS - 3_600_001)
  expect(await table.commit({ parts: [{ add: [orphan] }], operation: 'WRITE' })).toMatchObject({ status: 'expired' })
  expect(await store.size(orphan.path)).toBe(orphan.size)
  expect(table.snapshot.find(orphan.path)).toBeUndefined()
})

/** A table, and a copy of it as it was after some commits. */
const restorable = async () => {
  const disk: MemoryObjects = new Map()
  const store = createMemoryStore(disk)
  const table = await open(store)
  await append(store, table)
  const copy = new Map(disk)
  const restore = (by: MemoryObjects = copy): void => {
    disk.clear()
    for (const [path, object] of by) disk.set(path, object)
  }
  return { disk, store, table, restore }
}
const offsetMove = (from: number, to: number) => ({ add: [], offset: { appId: 'S', from, to } })
const REPLACED = fault('table.replaced', /^the archive at memory: was replaced while it was in use: version \d+, /)

test('a table that an older copy has taken the place of is not read on, nor written to, until it is opened again', async () => {
  const { store, table, restore } = await restorable()
  const reader = await openTable(store, { checkEveryMs: 0 })
  await table.commit({ parts: [offsetMove(0, 7)], operation: 'WRITE' })
  expect((await reader.refresh()).version).toBe(2)
  restore()
  await expect(reader.refresh()).rejects.toThrow(REPLACED)
  await expect(table.commit({ parts: [offsetMove(7, 9)], operation: 'WRITE' })).rejects.toThrow(REPLACED)
  expect([reader.snapshot.version, (await openTable(store)).snapshot.version]).toEqual([2, 1])
})

test('what another has committed to a copy is never put upon what was read before: so many commits as there may be', async () => {
  for (const later of [0, 1, 2]) {
    const { disk, store, table, restore } = await restorable()
    const readers = await Promise.all([openTable(store), openTable(store, { checkEveryMs: 0 })])
    await table.commit({ parts: [offsetMove(0, 7)], operation: 'WRITE' })
    for (const reader of readers) await reader.refresh()
    const newest = new Map(disk)
    restore()
    const other = await open(store)
    for (let to = 1; to <= 1 + later; to++) await other.commit({ parts: [offsetMove(to - 1, to)], operation: 'WRITE' })
    // A version of the same number may be no news.
    for (const reader of readers.slice(later === 0 ? 1 : 0)) await expect(reader.refresh()).rejects.toThrow(REPLACED)
    await expect(table.commit({ parts: [offsetMove(7, 9)], operation: 'WRITE' })).rejects.toThrow(REPLACED)
    expect((await openTable(store)).snapshot.txn('S')).toBe(1 + later)
    // Once it is back, all goes on.
    restore(newest)
    expect(await table.commit({ parts: [offsetMove(7, 9)], operation: 'WRITE' })).toMatchObject({ version: 3 })
    for (const reader of readers) expect((await reader.refresh()).txn('S')).toBe(9)
  }
})

test('a table that was opened from a checkpoint knows its version again, and a day later it is looked at', async () => {
  const { disk, store, restore } = await restorable()
  let nowMs = NOW_MS
  const table = await openTable(store, { now: () => nowMs, checkpointEvery: 1 })
  const older = new Map(disk)
  await table.commit({ parts: [offsetMove(0, 7)], operation: 'WRITE' })
  await table.close()
  const reader = await openTable(store, { now: () => nowMs })
  restore(older)
  await (await open(store)).commit({ parts: [offsetMove(0, 3)], operation: 'WRITE' })
  expect((await reader.refresh()).txn('S')).toBe(7)
  nowMs += 2 * 86_400_000
  await expect(reader.refresh()).rejects.toThrow(REPLACED)
})
