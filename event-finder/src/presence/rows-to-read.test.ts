import { createMemoryStore } from '@fleetlake/archive'
import {
  ALL_BUCKETS,
  bucketOf,
  GROUP_ROWS,
  openProjectionTable,
  PRESENCE,
  presenceOfRows,
} from '@fleetlake/projections'
import { expect, test } from 'vitest'
import { rowsToRead } from './rows-to-read.ts'

test('of a file a row group is reckoned for each vehicle whose bucket it has, and never more than its rows', async () => {
  const table = (await openProjectionTable(createMemoryStore(), PRESENCE, { create: true }))!
  const ids = Array.from({ length: 10_000 }, (_, i) => `v-${i}`)
  const inBucket = (bucket: number): readonly string[] => ids.filter((id) => bucketOf(id) === bucket)
  const [some, others] = [inBucket(7), inBucket(8)]
  const daysEach = 200
  const add = async (vehicles: readonly string[], version: number): Promise<void> => {
    const rows = vehicles.flatMap((vehicleId) =>
      Array.from({ length: daysEach }, (_, day) => ({
        vehicleId,
        day,
        cell: '6c9x1',
        first: 0,
        last: 1,
        rows: 1,
        intervals: new Map<number, number>(),
      })),
    )
    const to = { version, commit: 1, frontier: 0 }
    const from = table.state.offset(0)
    await table.commit({ buckets: ALL_BUCKETS, from, to, add: presenceOfRows(rows), operation: 'WRITE' })
  }
  await add(some, 1)
  await add(others, 2)
  expect(Math.min(some.length, others.length) * daysEach).toBeGreaterThan(2 * GROUP_ROWS)
  const dates = { from: 0, to: daysEach }
  const read = (keys?: readonly string[]): number =>
    rowsToRead({ table, state: table.state }, { dates, ...(keys && { keys }) })
  expect(read([some[0]])).toBe(GROUP_ROWS)
  expect(read([some[0], others[0]])).toBe(2 * GROUP_ROWS)
  expect(read([some[0], some[1], others[0]])).toBe(3 * GROUP_ROWS)
  expect(read(some)).toBe(some.length * daysEach)
  expect(read()).toBe((some.length + others.length) * daysEach)
})
