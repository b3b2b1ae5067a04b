import { type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { fault } from '@fleetlake/core/testing'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowCollector } from './collect-rows.ts'
import type { FoundRows } from './found-rows.ts'

/** Few vehicles and instants, so that much is equal; ids of more than one byte a letter. */
const someRows = positions({
  vehicles: 4,
  from: 0,
  to: 6,
  west: 0,
  east: 2e-6,
  south: 0,
  north: 2e-6,
  maxLength: 40,
}).map((rows) => rows.map((row): PositionRow => ({ ...row, vehicleId: row.vehicleId.replace('vehicle-3', 'ônibus') })))
const batches = fc.array(someRows, { maxLength: 6 })

const collect = (all: readonly (readonly PositionRow[])[]): FoundRows => {
  const collector = createRowCollector({ maxRows: 1000 })
  for (const rows of all) collector.add(positionsOfRows(rows))
  return collector.finish()
}

const compare = <Value>(a: Value, b: Value): number => (a < b ? -1 : Number(a > b))

/** NaN is after every number. */
const orInfinity = (value = NaN): number => (Number.isNaN(value) ? Infinity : value)
const order = (row: PositionRow): [string, number, number, number, number, number, string] => [
  row.vehicleId,
  row.eventTime,
  row.longitude,
  row.latitude,
  orInfinity(row.speed),
  orInfinity(row.heading),
  row.vehicleType,
]

const naive = (all: readonly (readonly PositionRow[])[]): PositionRow[] =>
  all.flat().toSorted((a, b) => {
    const [left, right] = [order(a), order(b)]
    return left.reduce<number>((result, value, i) => result || compare(value, right[i]), 0)
  })

/** The rows that columns stand for. */
const rowsOf = (found: FoundRows): PositionRow[] =>
  found.ids.flatMap((vehicleId, vehicle) =>
    Array.from({ length: found.start[vehicle + 1] - found.start[vehicle] }, (_, i): PositionRow => {
      const row = found.start[vehicle] + i
      return {
        vehicleId,
        vehicleType: found.types[found.rowType?.[row] ?? found.type[vehicle]],
        eventTime: found.eventTime[row],
        longitude: found.longitude[row],
        latitude: found.latitude[row],
        speed: found.speed[row],
        heading: found.heading[row],
      }
    }),
  )

test('rows come out as a naive sort leaves them, duplicates and all', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const found = collect(all)
      expect(rowsOf(found)).toEqual(naive(all))
      expect(found.length).toBe(all.flat().length)
    }),
  )
})

test('the order of the batches does not matter', () => {
  const twoOrders = batches.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  )
  fc.assert(
    fc.property(twoOrders, ([all, others]) => {
      expect(collect(others)).toEqual(collect(all))
    }),
  )
})

test('ids and types are each there once, sorted, and the type of a row is told only where it differs', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const found = collect(all)
      expect(found.ids).toEqual([...new Set(all.flat().map(({ vehicleId }) => vehicleId))].toSorted())
      expect(found.types).toEqual([...new Set(all.flat().map(({ vehicleType }) => vehicleType))].toSorted())
      const isVaried = found.ids.some(
        (id) => new Set(all.flat().flatMap((row) => (row.vehicleId === id ? [row.vehicleType] : []))).size > 1,
      )
      expect(found.rowType !== undefined).toBe(isVaried)
    }),
  )
})

const row = (n: number): PositionRow => ({
  vehicleId: `vehicle-${n % 70_001}`,
  vehicleType: 'bus',
  eventTime: Math.floor(n / 70_001) * 5000,
  longitude: 0,
  latitude: 0,
  speed: NaN,
  heading: NaN,
})

test('it grows beyond its blocks, tells what it holds, and is empty afterwards', () => {
  const collector = createRowCollector({ maxRows: 200_000 })
  for (let from = 0; from < 200_000; from += 1000) {
    collector.add(positionsOfRows(Array.from({ length: 1000 }, (_, i) => row(199_999 - from - i))))
  }
  expect(collector.rows()).toBe(200_000)
  // Whole blocks of 65,536 rows, and the ids.
  expect(collector.bytes()).toBeGreaterThan(200_000 * 38)
  expect(collector.bytes()).toBeLessThan(4 * 65_536 * 38 + 8_000_000)
  const found = collector.finish()
  expect([found.length, found.ids.length, found.start.at(-1)]).toEqual([200_000, 70_001, 200_000])
  expect(found.eventTime.subarray(0, 3)).toEqual(Float64Array.of(0, 5000, 10_000))
  expect(collector.rows()).toBe(0)
  expect(collector.bytes()).toBeLessThan(100_000)
  expect(collector.finish().length).toBe(0)
})

test('more rows than were asked for are refused, and what was there stays', () => {
  const collector = createRowCollector({ maxRows: 3 })
  collector.add(positionsOfRows([row(1), row(2)]))
  expect(() => collector.add(positionsOfRows([row(3), row(4)]))).toThrow(
    fault('query.invalid', 'the answer has more rows than the limit of 3'),
  )
  expect(collector.finish().ids).toEqual(['vehicle-1', 'vehicle-2'])
})
