import { type ColumnsBeside, positionsOfRows, type Positions } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { createColumnWatch } from './column-watch.ts'

const saying = (measures: Record<string, number>): Positions =>
  positionsOfRows([{ vehicleId: 'v', vehicleType: 't', eventTime: 0, longitude: 0, latitude: 0, measures }])

const world = () => {
  let table: ColumnsBeside = { measures: [{ name: 'known', type: 'double' }] }
  let newest = table
  const state = {
    nowMs: 0,
    refreshes: 0,
    fails: false,
    add: (name: string) => (newest = { measures: [...newest.measures, { name, type: 'double' }] }),
  }
  const columns = createColumnWatch({
    current: () => table,
    now: () => state.nowMs,
    refresh: async () => {
      state.refreshes++
      await Promise.resolve()
      if (state.fails) throw new Error('the store does not answer')
      table = newest
    },
  })
  return Object.assign(state, { columns })
}

test('a name that the table is not known to have has it read again, and is waited for once', async () => {
  const it = world()
  expect(it.columns.meet(saying({}))).toBeUndefined()
  expect(it.columns.meet(saying({ known: 1, attributes: 2 }))).toBeUndefined()
  it.add('new')
  await it.columns.meet(saying({ known: 1, new: 1, other: 1 }))
  expect(it.columns.current.measures.map(({ name }) => name)).toEqual(['known', 'new'])
  expect(it.columns.meet(saying({ other: 1 }))).toBeUndefined()
  await it.columns.meet(saying({ another: 1, other: 1 }))
  expect(it.columns.meet(saying({ other: 1, another: 1, new: 1 }))).toBeUndefined()
  expect(it.refreshes).toBe(2)
})

test('a column that is added after its name was met is known within a second, and nothing waits for it', async () => {
  const it = world()
  await it.columns.meet(saying({ other: 1 }))
  it.add('other')
  it.nowMs = 999
  expect(it.columns.meet(saying({ other: 1 }))).toBeUndefined()
  expect(it.refreshes).toBe(1)
  it.nowMs = 1_000
  // However many messages there are.
  for (let n = 0; n < 5; n++) expect(it.columns.meet(saying({ other: 1 }))).toBeUndefined()
  expect(it.refreshes).toBe(2)
  await new Promise((resolve) => void setImmediate(resolve))
  expect(it.columns.current.measures.map(({ name }) => name)).toEqual(['known', 'other'])
  it.nowMs = 5_000
  expect(it.columns.meet(saying({ other: 1 }))).toBeUndefined()
  expect(it.refreshes).toBe(2)
})

test('what meets a name while it is being asked for waits too, and a store that fails holds nothing up', async () => {
  const it = world()
  it.add('new')
  const both = [it.columns.meet(saying({ new: 1 })), it.columns.meet(saying({ new: 1 }))]
  expect(both.every((each) => each !== undefined)).toBe(true)
  await both[1]
  expect(it.columns.current.measures).toHaveLength(2)
  it.fails = true
  await it.columns.meet(saying({ other: 1 }))
  expect(it.columns.meet(saying({ other: 1 }))).toBeUndefined()
  expect(it.refreshes).toBe(2)
})
