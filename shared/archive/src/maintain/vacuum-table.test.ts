import { readdir, utimes } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NOW_MS, someRows, writeRows } from '../testing/log-table.ts'
import { commitPath, encodePath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openTable, type Table } from '../table.ts'
import { cleanLog } from './clean-log.ts'
import { dropOldDates } from './drop-old-dates.ts'
import { graceOf, LEAST_GRACE_MS } from './grace.ts'
import { append, compact, DAY_MS, HOUR_MS, keysOf, openTestTable, type TestTable } from '../testing/maintained-table.ts'
import { vacuumTable, type VacuumReport } from './vacuum-table.ts'

const { signal } = new AbortController()
const YEAR_MS = 365.25 * DAY_MS

const vacuum = (
  { store, table }: Pick<TestTable, 'store' | 'table'>,
  nowMs: number,
  options: { graceMs?: number; isDryRun?: boolean } = {},
): Promise<VacuumReport> => vacuumTable(table, store, { graceMs: 1, nowMs, signal, ...options })

/** Data files that are there. */
const filesOf = async (store: ObjectStore): Promise<string[]> =>
  (await Array.fromAsync(store.list('date='))).map(({ path }) => path)

const named = ({ snapshot }: Table): string[] => Array.from(snapshot.files(), ({ path }) => path).toSorted()

/** Files get the time of a clock that a test sets; but for those that are being written, which may be gone by then. */
const agedTo = async (folder: string, timeMs: number): Promise<void> => {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && !entry.parentPath.endsWith('.tmp'))
      await utimes(join(entry.parentPath, entry.name), timeMs / 1000, timeMs / 1000)
  }
}

test('the grace is never less than two hours, nor than the longest query, whatever is asked', async () => {
  expect([0, 1, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS].map(graceOf)).toEqual([2, 2, 2, 2, 3].map((h) => h * HOUR_MS))
  const world = await openTestTable()
  const [orphan] = await writeRows(world.store, someRows(20))
  await agedTo(world.folder, NOW_MS)
  expect(await vacuum(world, NOW_MS + LEAST_GRACE_MS, { graceMs: 0 })).toEqual({
    graceMs: LEAST_GRACE_MS,
    files: 0,
    bytes: 0,
  })
  expect(await filesOf(world.store)).toEqual([orphan.path])
})

test('a query that began before a compaction reads its version, while vacuums run, until the grace is over', async () => {
  let nowMs = NOW_MS
  const world = await openTestTable(() => nowMs)
  await append(world, [...someRows(80), ...someRows(40, '69y7m', NOW_MS - DAY_MS)])
  await append(world, someRows(80))
  await agedTo(world.folder, NOW_MS - 5 * DAY_MS)
  const pinned = world.table.snapshot
  const before = await keysOf(world)
  nowMs += DAY_MS
  expect(await compact(world, { now: () => nowMs })).toMatchObject({ filesBefore: 3, filesAfter: 2, duplicates: 80 })
  await vacuum(world, nowMs + LEAST_GRACE_MS - 1)
  expect(await keysOf(world, pinned)).toEqual(before)
  expect(await vacuum(world, nowMs + LEAST_GRACE_MS + 1)).toMatchObject({ files: 3 })
  expect(await filesOf(world.store)).toEqual(named(world.table))
  expect(await keysOf(world)).toEqual([...new Set(before)])
})

test('a file that may still be committed stays, one that can not be any more goes, a stranger’s is left alone', async () => {
  const world = await openTestTable()
  await append(world, someRows(30))
  const [orphan] = await writeRows(world.store, someRows(10, '69y7m'))
  await world.store.putIfAbsent('date=2026-11-21/notes.txt', new Uint8Array(3))
  await world.store.putIfAbsent('elsewhere/data.parquet', new Uint8Array(3))
  await agedTo(world.folder, NOW_MS)
  expect(await vacuum(world, NOW_MS + LEAST_GRACE_MS)).toMatchObject({ files: 0 })
  const late = NOW_MS + LEAST_GRACE_MS + 1
  const { version } = world.table.snapshot
  expect(await vacuum(world, late, { isDryRun: true })).toMatchObject({ files: 1, bytes: orphan.size })
  expect(world.table.snapshot.version).toBe(version)
  expect(await vacuum(world, late)).toMatchObject({ files: 1, bytes: orphan.size })
  expect(await filesOf(world.store)).toEqual([...named(world.table), 'date=2026-11-21/notes.txt'])
  expect(await world.store.size('elsewhere/data.parquet')).toBe(3)
})

test('a writer that decided to commit, and slept until vacuum took its files, loses the version and finds them too old', async () => {
  let nowMs = NOW_MS
  const world = await openTestTable(() => nowMs)
  const add = await writeRows(world.store, someRows(10))
  await agedTo(world.folder, NOW_MS)
  const asleep = Promise.withResolvers<void>()
  const awake = Promise.withResolvers<void>()
  const store: ObjectStore = {
    ...world.store,
    putIfAbsent: async (path, bytes) => {
      asleep.resolve()
      await awake.promise
      return world.store.putIfAbsent(path, bytes)
    },
  }
  const sleeper = await openTable(store, { now: () => nowMs })
  const committing = sleeper.commit({ parts: [{ add }], operation: 'WRITE' })
  await asleep.promise
  nowMs += LEAST_GRACE_MS + 1
  expect(await vacuum(world, nowMs)).toMatchObject({ files: 1 })
  awake.resolve()
  expect(await committing).toMatchObject({ status: 'expired' })
})

test('a vacuum of a table that forgets removed files sooner than the grace is refused', async () => {
  const world = await openTestTable()
  await append(world, someRows(10))
  const path = commitPath(0)
  const text = new TextDecoder().decode(await world.store.get(path))
  const property = '"configuration":{"delta.deletedFileRetentionDuration":"interval 1 hour",'
  // Written by hand, without a checksum.
  const edited = text.replace('"configuration":{', property).replace(/,"checksum":"[^"]*"/, '')
  await world.store.put(path, new TextEncoder().encode(edited))
  await writeRows(world.store, someRows(10, '69y7m'))
  await agedTo(world.folder, NOW_MS - DAY_MS)
  await expect(vacuum(world, NOW_MS)).rejects.toThrow(fault('table.unsupported', /^.*forgets which files were removed/))
})

test('tombstones are found in a checkpoint as well as after it', async () => {
  let nowMs = NOW_MS
  const world = await openTestTable()
  const table = await openTable(world.store, { now: () => nowMs, checkpointEvery: 2 })
  await append({ ...world, table }, someRows(30, '69y7p', NOW_MS - 2 * DAY_MS))
  await append({ ...world, table }, someRows(30, '69y7p', NOW_MS - 2 * DAY_MS))
  await agedTo(world.folder, NOW_MS - DAY_MS)
  nowMs += HOUR_MS
  await compact({ ...world, table }, { now: () => nowMs })
  await append({ ...world, table }, someRows(5, '69y7m'))
  await table.close()
  expect(await Array.fromAsync(world.store.list('_delta_log/00000000000000000004.checkpoint'))).toHaveLength(1)
  await vacuum({ ...world, table }, nowMs + HOUR_MS)
  expect(await filesOf(world.store)).toHaveLength(4)
  expect(await vacuum({ ...world, table }, nowMs + LEAST_GRACE_MS + 1)).toMatchObject({ files: 2 })
})

test('dates past retention go, data and all, and those that are not stay', async () => {
  let clockMs = Date.UTC(2019, 10, 22)
  const world = await openTestTable(() => clockMs)
  const time = Date.UTC(2019, 10, 20, 12)
  const old = someRows(20, '69y7p', time)
  const young = someRows(20, '69y7p', time + DAY_MS)
  await append(world, [...old, ...young])
  clockMs = NOW_MS
  const retentionMs = 7 * YEAR_MS
  // Its last row may have come two days after its end: that is 7 years ago to the millisecond.
  const nowMs = Date.UTC(2019, 10, 23) + retentionMs
  expect(await dropOldDates(world.table, { retentionMs, nowMs: nowMs - 1 })).toEqual([])
  expect(await dropOldDates(world.table, { retentionMs, nowMs })).toMatchObject([{ date: '2019-11-20' }])
  expect([...world.table.snapshot.dates.keys()]).toEqual(['2019-11-21'])
  expect(world.table.snapshot.newestDateGone).toBe('2019-11-20')
  const path = commitPath(world.table.snapshot.version)
  const text = new TextDecoder().decode(await world.store.get(path))
  expect(text.match(/"remove":/g)).toHaveLength(1)
  expect(text.match(/"dataChange":true/g)).toHaveLength(1)
  await agedTo(world.folder, NOW_MS - DAY_MS)
  expect(await vacuum(world, NOW_MS + LEAST_GRACE_MS + 1)).toMatchObject({ files: 1 })
})

test('a date into which rows came late stays until retention has passed since then, through checkpoints and compactions', async () => {
  let clockMs = Date.UTC(2026, 10, 21, 10)
  const { folder, store } = await openTestTable()
  const table = await openTable(store, { now: () => clockMs, checkpointEvery: 3 })
  const world = { folder, store, table }
  const late = someRows(20, '69y7p', Date.UTC(2008, 1, 3, 12))
  await append(world, [...late, ...someRows(20, '69y7p', Date.UTC(2026, 10, 19, 12))])
  // A compaction brings no rows, two days are not late, and a day says itself once.
  clockMs += DAY_MS
  await compact(world, { now: () => clockMs })
  const arrived = (): string[] => [...table.snapshot.txns.keys()].filter((appId) => appId.includes('arrived'))
  expect([arrived(), table.snapshot.txn(arrived()[0])]).toEqual([
    ['fleetlake.arrived/2008-02-03'],
    Date.UTC(2026, 10, 21) / DAY_MS,
  ])
  for (let i = 0; i < 2; i++) {
    const add = await writeRows(store, late, clockMs)
    expect(await table.commit({ parts: [{ add }], operation: 'WRITE' })).toMatchObject({ status: 'committed' })
  }
  await table.close()
  const cold = await openTable(store)
  expect(cold.snapshot.txn(arrived()[0])).toBe(Date.UTC(2026, 10, 22) / DAY_MS)
  const retentionMs = 30 * DAY_MS
  const goesAt = Date.UTC(2026, 10, 23) + retentionMs
  expect(await dropOldDates(table, { retentionMs, nowMs: goesAt - 1 })).toMatchObject([{ date: '2026-11-19' }])
  expect(await dropOldDates(table, { retentionMs, nowMs: goesAt })).toMatchObject([{ date: '2008-02-03' }])
  expect((await cold.refresh()).newestDateGone).toBe('2026-11-19')
})

test('commits and checkpoints go once a checkpoint that stays covers them and their time has passed', async () => {
  const world = await openTestTable()
  const table = await openTable(world.store, { now: () => NOW_MS, checkpointEvery: 4 })
  const grow = async (commits: number): Promise<void> => {
    for (let i = 0; i < commits; i++) await append({ ...world, table }, someRows(2))
  }
  await grow(9)
  await table.close()
  await agedTo(join(world.folder, '_delta_log'), NOW_MS - 31 * DAY_MS)
  await grow(5)
  await table.close()
  const before = table.snapshot
  const log = async (): Promise<string[]> =>
    (await Array.fromAsync(world.store.list('_delta_log/0'))).map(({ path }) => path.slice(29))
  const options = { retentionMs: 30 * DAY_MS, nowMs: NOW_MS, signal }
  expect(await cleanLog(world.store, { ...options, isDryRun: true })).toBe(9)
  expect(await cleanLog(world.store, options)).toBe(9)
  expect(await log()).toEqual([
    '08.checkpoint.parquet',
    '08.json',
    '09.json',
    '10.json',
    '11.json',
    '12.checkpoint.parquet',
    '12.json',
    '13.json',
    '14.json',
  ])
  const cold = (await openTable(world.store)).snapshot
  expect(cold.version).toBe(before.version)
  expect(Array.from(cold.files(), ({ path }) => encodePath(path)).toSorted()).toEqual(named(table))
  expect(await cleanLog(world.store, options)).toBe(0)
})

test('a reader that has not read for a month finds what came meanwhile, though the commits in between are gone', async () => {
  let nowMs = NOW_MS
  const world = await openTestTable(() => nowMs)
  await append(world, someRows(2))
  const other = await openTable(world.store, { now: () => nowMs, checkpointEvery: 2 })
  for (let i = 0; i < 6; i++) await append({ ...world, table: other }, someRows(2))
  await other.close()
  nowMs += 31 * DAY_MS
  await agedTo(world.folder, NOW_MS)
  expect(await cleanLog(world.store, { retentionMs: 30 * DAY_MS, nowMs, signal })).toBeGreaterThan(5)
  expect((await world.table.refresh()).version).toBe(7)
})
