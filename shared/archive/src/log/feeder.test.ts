import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import { openTable, type Table } from '../table.ts'
import { LOSSES_APP } from '../losses/loss-table.ts'
import type { CommitResult } from './commit.ts'
import { feederOf } from './feeder.ts'
import { makeCheckpoint } from './make-checkpoint.ts'
import { readCheckpoint } from './read-checkpoint.ts'
import { LOG_FOLDER } from '../paths.ts'

const SETTINGS = { geohashLength: 5, windowMs: 600_000 }

const claim = (table: Table, hub: string): Promise<CommitResult> =>
  table.commit({ parts: [], claim: { hub, after: feederOf(table.snapshot.txns)?.hub }, operation: 'CLAIM' })
const move = (table: Table, feeder: string, to: number): Promise<CommitResult> => {
  const from = table.snapshot.txn('S')
  return table.commit({ parts: [{ add: [], offset: { appId: 'S', from, to } }], feeder, operation: 'WRITE' })
}

test('only the hub that claimed last may commit; it is told from a checkpoint, too', async () => {
  const store = createMemoryStore()
  const options = { create: SETTINGS, checkpointEvery: 3 }
  const table = await openTable(store, options)
  expect(await move(table, 'a', 1)).toEqual({ status: 'other-hub', hub: undefined })
  expect(await claim(table, 'a')).toEqual({ status: 'committed', version: 1 })
  expect(await move(table, 'a', 1)).toEqual({ status: 'committed', version: 2 })
  const other = await openTable(store, options)
  expect(await claim(other, 'b')).toEqual({ status: 'committed', version: 3 })
  // What the old hub's collector knows is old.
  expect(await move(table, 'a', 2)).toEqual({ status: 'other-hub', hub: 'b' })
  await table.close()
  await other.close()
  const cold = await openTable(store)
  expect(feederOf(cold.snapshot.txns)).toEqual({ hub: 'b', claim: 2 })
  expect(await claim(cold, 'a')).toEqual({ status: 'committed', version: 4 })
  expect(feederOf(cold.snapshot.txns)).toEqual({ hub: 'a', claim: 3 })
})

test('of hubs that claim at once one does, and the others are told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const memory = createMemoryStore()
      await openTable(memory, { create: SETTINGS })
      const store = { ...memory, putIfAbsent: scheduler.scheduleFunction(memory.putIfAbsent) }
      const tables = await Promise.all(['a', 'b', 'c'].map(() => openTable(store)))
      const claims = Promise.all(tables.map((table, i) => claim(table, 'abc'[i])))
      const results = await scheduler.waitFor(claims)
      const winner = 'abc'[results.findIndex(({ status }) => status === 'committed')]
      expect(results.filter(({ status }) => status === 'committed')).toHaveLength(1)
      expect(feederOf((await openTable(memory)).snapshot.txns)?.hub).toBe(winner)
    }),
    { numRuns: 20 },
  )
})

test('a count goes up with each commit that says so, whichever other writer commits', async () => {
  const store = createMemoryStore()
  const [a, b] = [await openTable(store, { create: SETTINGS }), await openTable(store)]
  const count = (table: Table): Promise<CommitResult> =>
    table.commit({ parts: [], counts: [LOSSES_APP], operation: 'SETTLE' })
  await Promise.all([count(a), count(b), count(a)])
  expect((await a.refresh()).txn(LOSSES_APP)).toBe(3)
  await expect(a.commit({ parts: [], operation: 'NOTHING' })).rejects.toThrow('must not be empty')
})

test('offsets of a hub that is gone are left out of checkpoints after the retention, and never those of the one that feeds', async () => {
  const store = createMemoryStore()
  let nowMs = 1_000_000
  const RETIRE_MS = 500
  const table = await openTable(store, { create: SETTINGS, now: () => nowMs })
  const moveStream = (appId: string, feeder: string): Promise<CommitResult> =>
    table.commit({
      parts: [{ add: [], offset: { appId, from: 0, to: 1, timestampMs: 1 } }],
      feeder,
      operation: 'WRITE',
    })
  const take = (hub: string, gone: readonly string[], back: readonly string[]): Promise<CommitResult> => {
    const after = feederOf(table.snapshot.txns)?.hub
    return table.commit({ parts: [], claim: { hub, after, gone, back }, operation: 'CLAIM' })
  }
  const held = async (): Promise<string[]> => {
    const commits = []
    for await (const { path: name } of store.list(LOG_FOLDER)) commits.push({ name, bytes: (await store.get(name))! })
    const made = await makeCheckpoint({ version: 0, previous: [], commits, nowMs, retireMs: RETIRE_MS })
    const { head } = await readCheckpoint([{ name: 'checkpoint', bytes: made.bytes }])
    return head.flatMap(({ txn }) => (txn && /^[ab]/.test(txn.appId) ? [txn.appId] : [])).toSorted()
  }
  await claim(table, 'a')
  await moveStream('a1', 'a')
  await moveStream('a2', 'a')
  nowMs += 10 * RETIRE_MS
  expect(await held()).toEqual(['a1', 'a2'])
  await take('b', ['a1', 'a2'], [])
  await moveStream('b1', 'b')
  nowMs += RETIRE_MS
  expect(await held()).toEqual(['a1', 'a2', 'b1'])
  // The old one is back with one of its streams.
  await take('a', ['b1'], ['a1'])
  nowMs += 1
  expect(await held()).toEqual(['a1', 'b1'])
  nowMs += RETIRE_MS
  expect(await held()).toEqual(['a1'])
})
