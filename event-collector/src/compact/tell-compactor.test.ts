import { createMemoryStore, type Loss, type ObjectStore, openLossTable, openTable } from '@fleetlake/archive'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { createMetrics } from '../../../shared/service/src/metrics/create-metrics.ts'
import { tellCompactor } from './tell-compactor.ts'

const NOTHING_DONE = {
  dropped: [],
  kept: undefined,
  vacuum: undefined,
  compaction: {
    version: 1,
    commits: 1,
    rows: 0,
    filesBefore: 7,
    filesAfter: 2,
    bytesBefore: 0,
    bytesAfter: 0,
    duplicates: 0,
    lost: 0,
    skipped: [],
    isDone: true,
  },
}

const lossOf = (partition: number): Loss => ({
  partition,
  stream: `MOVES_${partition}`,
  created: '2026-01-05T00:00:00Z',
  epoch: 0,
  from: 1,
  to: 9,
  firstStored: 0,
  lastStored: 1,
  partitions: 1,
  geohashLength: 5,
  toldAt: 2,
})

/** A store with a table of losses that has these, each in a commit of its own. */
const storeWith = async (losses: readonly Loss[]): Promise<ObjectStore> => {
  const store = createMemoryStore()
  const table = (await openLossTable(store, { create: true }))!
  for (const loss of losses) await table.record([loss])
  return store
}

test('only the compactor that works tells how the table stands, and each tells its runs', async () => {
  const table = await openTable(createMemoryStore(), { create: { geohashLength: 5, windowMs: 600_000 } })
  const lossStore = await storeWith([lossOf(0)])
  const metrics = createMetrics('compactor')
  let isOwner = true
  const told = tellCompactor({ table: () => table, lossStore, isOwner: () => isOwner }, metrics)
  const read = async (): Promise<string[]> =>
    (await metrics.text())
      .split('\n')
      .filter((line) => /^fleetlake_(table|open|compacted|compaction_seconds_count)/.test(line))
  await told.readLosses()
  told.ran(NOTHING_DONE, 3)
  const runs = ['fleetlake_compacted_files_total 7', 'fleetlake_compaction_seconds_count 1']
  const stands = ['files', 'bytes', 'rows'].map((what) => `fleetlake_table_${what} 0`)
  expect(await read()).toEqual([...runs, ...stands, 'fleetlake_open_losses 1'])
  isOwner = false
  expect(await read()).toEqual(runs)
})

test('losses are read only by the compactor that works, and again from what is in the place of an archive that was replaced', async () => {
  let store = await storeWith([lossOf(0), lossOf(1)])
  const lossStore = new Proxy(store, { get: (_, name) => Reflect.get(store, name) })
  const metrics = createMetrics('compactor')
  const openMoves = () => openTable(createMemoryStore(), { create: { geohashLength: 5, windowMs: 600_000 } })
  let table = await openMoves()
  let isOwner = true
  const told = tellCompactor({ table: () => table, lossStore, isOwner: () => isOwner }, metrics)
  const open = async (): Promise<string> => {
    await told.readLosses()
    const line = (await metrics.text()).split('\n').find((one) => one.startsWith('fleetlake_open_losses '))
    return line ?? 'none'
  }
  expect(await open()).toBe('fleetlake_open_losses 2')
  // Another table, which has come further.
  store = await storeWith([2, 3, 4, 5].map(lossOf))
  isOwner = false
  expect(await open()).toBe('none')
  isOwner = true
  await expect(open()).rejects.toThrow(fault('table.replaced', /was replaced/))
  expect(await open()).toBe('fleetlake_open_losses 4')
  // An older copy of all tables.
  store = await storeWith([2].map(lossOf))
  table = await openMoves()
  expect(await open()).toBe('fleetlake_open_losses 1')
})
