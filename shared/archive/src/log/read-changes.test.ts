import { fault } from '@fleetlake/core/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitPath, decodePath } from '../paths.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { dropOldDates } from '../maintain/drop-old-dates.ts'
import { openTable } from '../table.ts'
import { NOW_MS, SETTINGS, someRows, writeRows } from '../testing/log-table.ts'
import type { Action } from './actions.ts'
import { fingerprintOf } from './fingerprint.ts'
import { commitNumber, readChanges } from './read-changes.ts'

const opened = async () => {
  const store = createMemoryStore()
  return { store, table: await openTable(store, { create: SETTINGS, now: () => NOW_MS }) }
}

/** A commit as another engine writes it. */
const line = (actions: readonly Action[]): Uint8Array =>
  new TextEncoder().encode(actions.map((action) => JSON.stringify(action)).join('\n'))

test('whatever versions do, the files that came less those that went are the rows of the table, and compactions are passed over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('add', 'remove', 'compact', 'columns'), { maxLength: 8 }),
      fc.nat(8),
      async (steps, from) => {
        const { store, table } = await opened()
        const states: ReadonlySet<string>[] = [new Set()]
        const compacted = new Set<string>()
        for (const [i, step] of steps.entries()) {
          const held = [...table.snapshot.files()].map(({ path }) => path)
          const some = held.slice(0, 1)
          if (step !== 'add' && step !== 'columns' && some.length === 0) continue
          const add = step === 'add' || step === 'compact' ? await writeRows(store, someRows(5 + i)) : []
          if (step === 'compact')
            for (const path of [...some, ...add.map((file) => decodePath(file.path))]) compacted.add(path)
          await table.commit({
            parts: [{ add }],
            remove: step === 'remove' || step === 'compact' ? some : [],
            columns: step === 'columns' ? [{ name: `m_${i}`, type: 'double' }] : [],
            dataChange: step !== 'compact',
            operation: step,
          })
          states.push(new Set([...table.snapshot.files()].map(({ path }) => path)))
        }
        const to = table.snapshot.version
        const after = Math.min(from, to)
        const changes = (await readChanges(store, after, to))!
        expect(changes.map(({ version }) => version)).toEqual(
          Array.from({ length: to - after }, (_, i) => after + 1 + i),
        )
        expect(changes.map(({ commit }) => commit)).toEqual(
          await Promise.all(changes.map(async ({ version }) => commitNumber((await fingerprintOf(store, version))!))),
        )
        expect(changes.every(({ madeMs }) => madeMs === NOW_MS)).toBe(true)
        const files = new Set(states[after])
        for (const { added, removed } of changes) {
          for (const { path } of removed) files.delete(path)
          for (const { path } of added) files.add(path)
        }
        const isRow = (path: string): boolean => !compacted.has(path)
        expect([...files].filter(isRow).toSorted()).toEqual([...states[to]].filter(isRow).toSorted())
      },
    ),
    { numRuns: 60 },
  )
})

test('what retention takes is told from what others take of the same date', async () => {
  const { store, table } = await opened()
  const write = async () => table.commit({ parts: [{ add: await writeRows(store, someRows(1)) }], operation: 'WRITE' })
  await write()
  await dropOldDates(table, { retentionMs: 0, nowMs: NOW_MS + 3 * 86_400_000 })
  await write()
  await table.commit({ parts: [], remove: [...table.snapshot.files()].map(({ path }) => path), operation: 'DELETE' })
  const changes = (await readChanges(store, 0, 4))!
  expect(changes.map(({ isRetention, removed }) => [isRetention, removed.length])).toEqual([
    [false, 0],
    [true, 1],
    [false, 0],
    [false, 1],
  ])
})

test('a commit that has left the log is told, one that is damaged is named', async () => {
  const { store, table } = await opened()
  for (let i = 0; i < 3; i++) {
    await table.commit({ parts: [{ add: await writeRows(store, someRows(3 + i)) }], operation: 'WRITE' })
  }
  expect(await readChanges(store, 3, 3)).toEqual([])
  expect(await readChanges(store, 2, 4)).toBeUndefined()
  await store.put(commitPath(2), new TextEncoder().encode('{"add"'))
  await expect(readChanges(store, 1, 3)).rejects.toThrow(fault('table.invalid', /00000000000000000002\.json/))
  await store.delete(commitPath(1))
  expect(await readChanges(store, 0, 1)).toBeUndefined()
})

test('where a file of another engine lay is taken from the log, or its name, or is not known', async () => {
  const { store } = await opened()
  const place = { date: '2026-11-21', cell: '69y7p' }
  const named = 'date=2026-11-21/cell=69y7p/20261121T100000Z-0a1b2c.parquet'
  const base = { deletionTimestamp: NOW_MS, dataChange: true }
  await store.put(
    commitPath(1),
    line([
      { remove: { ...base, path: 'part%20one.parquet', partitionValues: place } },
      { remove: { ...base, path: named } },
      { remove: { ...base, path: 'part-2.parquet' } },
      { remove: { ...base, path: 'part-3.parquet', dataChange: false } },
    ]),
  )
  const changes = await readChanges(store, 0, 1)
  expect(changes?.[0].removed).toEqual([
    { path: 'part one.parquet', place },
    { path: named, place },
    { path: 'part-2.parquet', place: undefined },
  ])
})
