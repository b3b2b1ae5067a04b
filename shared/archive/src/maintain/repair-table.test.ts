import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { parseCommit } from '../log/actions.ts'
import { MEASURES, NOW_MS, SETTINGS, someRows, writeRows } from '../testing/log-table.ts'
import type { Snapshot } from '../snapshot.ts'
import { openTable } from '../table.ts'
import { applyRepair, planRepair } from './repair-table.ts'

const OPTIONS = { now: () => NOW_MS, settleMs: 0, checkEveryMs: 0 }
const commitOf = (version: number): string => `_delta_log/${String(version).padStart(20, '0')}.json`
const copyOf = (version: number): string => `_fleetlake/log/${String(version).padStart(20, '0')}.json`
const checkpointOf = (version: number): string => `_delta_log/${String(version).padStart(20, '0')}.checkpoint.parquet`
const STREAM = 'MOVES_0@2026-11-21T09:00:00Z#0'

/** Versions 0 to 9, a checkpoint at 4; version 6 is a compaction of two files, version 8 drops one. */
const writeTable = async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { ...OPTIONS, create: SETTINGS, checkpointEvery: 4 })
  const write = async (version: number): Promise<void> => {
    const add = await writeRows(store, someRows(10 + version, '69y7p', NOW_MS + version * 600_000))
    await table.commit({
      parts: [{ add, offset: { appId: STREAM, from: table.snapshot.txn(STREAM), to: version * 100 } }],
      operation: 'WRITE',
    })
  }
  for (let version = 1; version < 6; version++) await write(version)
  const [a, b, c] = [...table.snapshot.files()].map(({ path }) => path)
  const merged = await writeRows(store, [
    ...someRows(11, '69y7p', NOW_MS + 600_000),
    ...someRows(12, '69y7p', NOW_MS + 600_000),
  ])
  await table.commit({ parts: [{ add: merged }], remove: [a, b], dataChange: false, operation: 'OPTIMIZE' })
  await write(7)
  await table.commit({ parts: [], remove: [c], operation: 'DELETE' })
  await write(9)
  await table.close()
  await store.delete(checkpointOf(8))
  await store.delete('_delta_log/_last_checkpoint')
  return { store, table }
}

let written: ReturnType<typeof writeTable> | undefined

/** A table of its own for each test. */
const makeTable = async () => {
  const { store: source, table } = await (written ??= writeTable())
  const store = createMemoryStore()
  for await (const { path } of source.list('')) await store.put(path, (await source.get(path))!)
  return { store, table }
}

const contentOf = (snapshot: Snapshot): unknown => ({
  version: snapshot.version,
  files: [...snapshot.files()]
    .map(({ path, rows, from, to, bounds }) => ({ path, rows, from, to, bounds }))
    .toSorted((x, y) => (x.path < y.path ? -1 : 1)),
  offsets: [...snapshot.txns].toSorted(),
})

const repaired = async (store: ObjectStore): Promise<Snapshot> => {
  await expect(openTable(store, OPTIONS)).rejects.toMatchObject({ code: 'table.damaged' })
  const before = await Promise.all(
    (await Array.fromAsync(store.list(''))).map(async ({ path }) => [path, await store.get(path)]),
  )
  const plan = await planRepair(store, NOW_MS)
  // A plan changes nothing.
  expect(
    await Promise.all((await Array.fromAsync(store.list(''))).map(async ({ path }) => [path, await store.get(path)])),
  ).toEqual(before)
  await applyRepair(store, plan!, NOW_MS)
  expect(await planRepair(store, NOW_MS)).toBeUndefined()
  const { snapshot } = await openTable(store, OPTIONS)
  expect(snapshot.warnings).toEqual([])
  return snapshot
}

test('a log that is whole needs no repair', async () => {
  const { store } = await makeTable()
  expect(await planRepair(store, NOW_MS)).toBeUndefined()
  await expect(planRepair(createMemoryStore(), NOW_MS)).rejects.toMatchObject({ code: 'table.missing' })
})

test('commits are taken from their copies, whatever happened to them, and all is as it was', async () => {
  const versions = fc.uniqueArray(fc.integer({ min: 5, max: 9 }), { minLength: 1 })
  const kinds = fc.constantFrom<'gone' | 'empty' | 'cut'>('gone', 'empty', 'cut')
  await fc.assert(
    fc.asyncProperty(versions, kinds, async (damagedVersions, kind) => {
      const { store, table } = await makeTable()
      for (const version of damagedVersions) {
        const bytes = (await store.get(commitOf(version)))!
        if (kind === 'gone') await store.delete(commitOf(version))
        else await store.put(commitOf(version), bytes.subarray(0, kind === 'empty' ? 0 : bytes.length / 2))
      }
      expect(contentOf(await repaired(store))).toEqual(contentOf(table.snapshot))
    }),
    { numRuns: 12 },
  )
})

test('a log that is gone comes back from the copies', async () => {
  const { store, table } = await makeTable()
  for await (const { path } of store.list('_delta_log/')) await store.delete(path)
  expect(contentOf(await repaired(store))).toEqual(contentOf(table.snapshot))
})

test('a commit without a copy is made from the data files: their rows, bounds and places', async () => {
  for (const version of [5, 7, 9]) {
    const { store, table } = await makeTable()
    await store.delete(commitOf(version))
    await store.delete(copyOf(version))
    // The last one is missed only because of the offset that is known elsewhere: here by nothing.
    if (version === 9) await store.put(commitOf(9), new Uint8Array())
    const snapshot = await repaired(store)
    expect({ ...(contentOf(snapshot) as object), offsets: 0 }).toEqual({
      ...(contentOf(table.snapshot) as object),
      offsets: 0,
    })
    expect(snapshot.txn(STREAM)).toBe(version === 9 ? 700 : 900)
  }
})

test('a lost compaction comes back as repeats, and no row is missing', async () => {
  const { store, table } = await makeTable()
  await store.put(commitOf(6), new Uint8Array())
  await store.delete(copyOf(6))
  const snapshot = await repaired(store)
  const paths = (of: Snapshot): string[] => [...of.files()].map(({ path }) => path)
  expect(paths(snapshot)).toEqual(expect.arrayContaining(paths(table.snapshot)))
  expect(snapshot.totals.files).toBe(table.snapshot.totals.files + 2)
})

test('files that a lost commit took out and that are deleted since are not named any more', async () => {
  const { store, table } = await makeTable()
  const before = await planRepair(store, NOW_MS)
  expect(before).toBeUndefined()
  const kept = new Set([...table.snapshot.files()].map(({ path }) => path))
  for await (const { path } of store.list('date=')) if (!kept.has(path)) await store.delete(path)
  await store.put(commitOf(6), new Uint8Array())
  await store.delete(copyOf(6))
  expect(contentOf(await repaired(store))).toEqual(contentOf(table.snapshot))
})

test('of a commit that was cut off what it says before its end is kept', async () => {
  const { store, table } = await makeTable()
  const bytes = (await store.get(commitOf(9)))!
  await store.put(commitOf(9), bytes.subarray(0, bytes.length - 5))
  await store.delete(copyOf(9))
  expect(contentOf(await repaired(store))).toEqual(contentOf(table.snapshot))
})

test('a checkpoint that can’t be read is put aside and written again', async () => {
  const { store, table } = await makeTable()
  const bad = new Uint8Array([1, 2, 3])
  await store.put(checkpointOf(4), bad)
  const plan = await planRepair(store, NOW_MS)
  expect(plan).toMatchObject({ version: 9, versions: [], checkpoints: [{ path: checkpointOf(4) }] })
  await applyRepair(store, plan!, NOW_MS)
  const { snapshot } = await openTable(store, OPTIONS)
  expect([contentOf(snapshot), snapshot.warnings]).toEqual([contentOf(table.snapshot), []])
  expect(await store.get('_fleetlake/replaced/20261121T100000Z/00000000000000000004.checkpoint.parquet')).toEqual(bad)
  expect(await store.size(checkpointOf(9))).toBeGreaterThan(100)
})

test('a data file that can’t be read is left where it is and told', async () => {
  const { store, table } = await makeTable()
  const damagedFile = 'date=2026-11-21/cell=69y7p/20261121T100000Z-dead.parquet'
  await store.put(damagedFile, new Uint8Array(20))
  const elsewhere = 'date=2026-11-21/cell=69y7r/20261121T100000Z-beef.parquet'
  await store.put(elsewhere, (await store.get([...table.snapshot.files()][0].path))!)
  await store.delete(commitOf(7))
  await store.delete(copyOf(7))
  expect((await planRepair(store, NOW_MS))?.unreadable).toEqual([
    expect.stringContaining(damagedFile),
    expect.stringContaining(elsewhere),
  ])
  expect(contentOf(await repaired(store))).toEqual(contentOf(table.snapshot))
})

test('without a beginning nothing is made up', async () => {
  const { store } = await makeTable()
  for await (const { path } of store.list('_fleetlake/')) await store.delete(path)
  await store.delete(checkpointOf(4))
  await store.delete(commitOf(0))
  await expect(planRepair(store, NOW_MS)).rejects.toThrow('the kind of the table is not known')
})

test('a stray file far beyond the log is not filled up to', async () => {
  const { store } = await makeTable()
  await store.put(commitOf(900_000_000), new Uint8Array())
  await expect(planRepair(store, NOW_MS)).rejects.toThrow('is a file of the log misnamed?')
})

test('who follows the log goes on after a repair', async () => {
  const { store, table } = await makeTable()
  const reader = await openTable(store, OPTIONS)
  const late = await openTable(store, OPTIONS)
  await store.delete(commitOf(9))
  await expect(openTable(store, OPTIONS)).rejects.toMatchObject({ code: 'table.damaged' })
  const add = await writeRows(store, someRows(3))
  await expect(late.commit({ parts: [{ add }], operation: 'WRITE' })).rejects.toMatchObject({ code: 'table.damaged' })
  await repaired(store)
  expect(await late.commit({ parts: [{ add }], operation: 'WRITE' })).toEqual({ status: 'committed', version: 10 })
  expect((await reader.refresh()).totals.files).toBe(table.snapshot.totals.files + 1)
})

/** Version 1 adds two columns, version 2 rows that have them, version 3 rows that have none. */
const makeMeasured = async (): Promise<ObjectStore> => {
  const store = createMemoryStore()
  const table = await openTable(store, { ...OPTIONS, create: SETTINGS })
  const columns = MEASURES.filter(({ name }) => name === 'doors' || name === 'state')
  await table.commit({ parts: [], columns, operation: 'ADD COLUMNS' })
  const rows = someRows(10).map((row, i) => ({ ...row, measures: { doors: i, state: 'open' } }))
  for (const some of [rows, someRows(5)]) {
    await table.commit({ parts: [{ add: await writeRows(store, some) }], operation: 'WRITE' })
  }
  await table.close()
  return store
}

const lose = async (store: ObjectStore, version: number): Promise<void> => {
  await store.delete(commitOf(version))
  await store.delete(copyOf(version))
}

test('a file with measures whose commit is lost is named again, and its bounds with it', async () => {
  const store = await makeMeasured()
  await lose(store, 2)
  const plan = await planRepair(store, NOW_MS)
  expect([plan!.added.length, plan!.unreadable, plan!.notes.length]).toEqual([1, [], 1])
  const { add } = parseCommit(plan!.versions[0].bytes, 'a commit', 2).find((action) => action.add)!
  expect(JSON.parse(add!.stats!)).toMatchObject({
    minValues: { doors: 0, state: 'open' },
    maxValues: { doors: 9, state: 'open' },
    nullCount: { doors: 0, state: 0 },
  })
  const snapshot = await repaired(store)
  expect([snapshot.totals.rows, snapshot.measures.map(({ name }) => name)]).toEqual([15, ['doors', 'state']])
})

test('columns are taken back from what is left of the commit that added them; of a lost one their names are told', async () => {
  const cut = await makeMeasured()
  const bytes = (await cut.get(commitOf(1)))!
  await cut.delete(copyOf(1))
  // All but the end of a line that would have come last.
  await cut.put(commitOf(1), Buffer.concat([bytes, Buffer.from('{"add":{"pa')]))
  expect((await repaired(cut)).measures.map(({ name }) => name)).toEqual(['doors', 'state'])
  const lost = await makeMeasured()
  await lose(lost, 1)
  await lose(lost, 2)
  const plan = await planRepair(lost, NOW_MS)
  expect(plan!.notes.at(-1)).toBe(
    'files have columns that the table does not have: add doors, state again with fleet table columns add',
  )
  const { measures, totals } = await repaired(lost)
  expect([measures, totals.rows]).toEqual([[], 15])
})

test('rows of years ago whose commit is lost stay for the retention from the repair on, as if they came with it', async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { ...OPTIONS, create: SETTINGS })
  const add = await writeRows(store, someRows(5, '69y7p', Date.UTC(2008, 1, 2, 12)))
  for (const files of [add, await writeRows(store, someRows(5))])
    await table.commit({ parts: [{ add: files }], operation: 'WRITE' })
  await lose(store, 1)
  const arrival = [...table.snapshot.txns].find(([appId]) => appId.startsWith('fleetlake.arrived/'))
  expect(arrival?.[0]).toBe('fleetlake.arrived/2008-02-02')
  expect([...(await repaired(store)).txns]).toContainEqual(arrival)
})
