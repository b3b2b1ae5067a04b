import { type ObjectStore, openTable } from '@fleetlake/archive'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { NOW_MS, SETTINGS, someRows, writeRows } from '../../../../shared/archive/src/testing/log-table.ts'
import { createMemoryStore } from '../../../../shared/archive/src/store/memory-store.ts'
import { createArchiveReader } from './archive-reader.ts'

/** Counts what is read of a store. */
const counted = (store: ObjectStore): ObjectStore & { gets: number } => {
  const counting = {
    ...store,
    gets: 0,
    get: (...args: Parameters<ObjectStore['get']>) => {
      counting.gets++
      return store.get(...args)
    },
  }
  return counting
}

test('many who ask at once, or soon after, share one reading', async () => {
  const store = counted(createMemoryStore())
  await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  store.gets = 0
  const reference = createArchiveReader(store)
  await reference()
  const alone = store.gets
  store.gets = 0
  const read = createArchiveReader(store)
  const answers = await Promise.all([read(), read(), read()])
  expect(new Set([...answers, await read()]).size).toBe(1)
  expect([store.gets, alone > 0]).toEqual([alone, true])
})

test('what is committed is seen, and a table that comes later too', async () => {
  const store = createMemoryStore()
  const read = createArchiveReader(store)
  expect(await read()).toBe(undefined)
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  await eventually(async () => (await read())?.version === 0)
  await table.commit({ parts: [{ add: await writeRows(store, someRows(3)) }], operation: 'WRITE' })
  const snapshot = await eventually(async () => {
    const now = await read()
    return now?.version === 1 && now
  })
  expect(snapshot.totals.rows).toBe(3)
})

test('a reading that fails fails for who asked, and the next is tried again', async () => {
  const store = createMemoryStore()
  await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  let isBroken = true
  const read = createArchiveReader({
    ...store,
    get: (...args) => (isBroken ? Promise.reject(new Error('no disk')) : store.get(...args)),
  })
  await expect(read()).rejects.toThrow('no disk')
  isBroken = false
  expect((await read())?.version).toBe(0)
})
