import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cadenceOf, eachCadence } from './cadence.ts'
import { INTERVAL_CLASSES } from './intervals.ts'
import { presenceColumns } from './presence-columns.ts'
import { presenceOfRows, type PresenceRow } from './presence-rows.ts'

const SECOND_MS = 1_000

const inCell = (
  cell: string,
  first: number,
  last: number,
  intervals: Readonly<Record<number, number>>,
): PresenceRow => ({
  vehicleId: 'v-1',
  day: 0,
  cell,
  first: first * SECOND_MS,
  last: last * SECOND_MS,
  rows: 2,
  intervals: new Map(Object.entries(intervals).map(([seconds, count]) => [Number(seconds), count])),
})

test('the cadence is the lower median of the intervals within cells and between them', () => {
  expect([
    cadenceOf([]),
    cadenceOf([inCell('a', 0, 0, {})]),
    // One report in each of two cells.
    cadenceOf([inCell('b', 28, 28, {}), inCell('a', 0, 0, {})]),
    cadenceOf([inCell('a', 0, 100, { 20: 5 })]),
    // 20, 20, 60, 60: the lower one.
    cadenceOf([inCell('a', 0, 160, { 20: 2, 60: 2 })]),
    // 20, 20 and, from one cell to the next, twice 90: then 20 again.
    cadenceOf([inCell('a', 0, 40, { 20: 2 }), inCell('b', 130, 130, {}), inCell('c', 220, 240, { 20: 1 })]),
    // A return to a cell: 20 ×4 within it and an interval of 300, which counts once.
    cadenceOf([inCell('a', 0, 380, { 20: 4, 300: 1 }), inCell('b', 120, 260, { 20: 7 })]),
  ]).toEqual([undefined, undefined, 30_000, 20_000, 20_000, 20_000, 20_000])
})

const row: fc.Arbitrary<PresenceRow> = fc
  .record({
    vehicleId: fc.constantFrom('a', 'bü', 'c'),
    day: fc.constantFrom(5, 6),
    cell: fc.constantFrom('c1', 'c2', 'c3'),
    first: fc.integer({ min: 0, max: 900 }),
    lastsFor: fc.integer({ min: 0, max: 900 }),
    intervals: fc.dictionary(fc.constantFrom(...INTERVAL_CLASSES.map(String)), fc.integer({ min: 1, max: 4 }), {
      maxKeys: 3,
    }),
    repeated: fc.nat(2),
  })
  .map(({ first, lastsFor, intervals, repeated, ...key }) => {
    const counts = Object.entries(intervals).map(([seconds, count]) => [Number(seconds), count] as const)
    const rows = counts.reduce((sum, [, count]) => sum + count, 1) + repeated
    return {
      ...key,
      first: first * SECOND_MS,
      last: (first + lastsFor) * SECOND_MS,
      rows,
      intervals: new Map(counts),
    }
  })
const keyOf = ({ vehicleId, day, cell }: PresenceRow): string => `${vehicleId} ${day} ${cell}`
const rowsInOrder = fc
  .uniqueArray(row, { selector: keyOf, maxLength: 18 })
  .map((rows) => rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))

test('in columns the cadence of each vehicle and date is that of its rows', () =>
  fc.assert(
    fc.property(rowsInOrder, (rows) => {
      const found: unknown[] = []
      eachCadence(presenceColumns(presenceOfRows(rows)), (first, cadence) =>
        found.push([rows[first].vehicleId, rows[first].day, cadence]),
      )
      const expected = Map.groupBy(rows, ({ vehicleId, day }) => `${vehicleId} ${day}`)
        .values()
        .map((own) => [own[0].vehicleId, own[0].day, cadenceOf(own)])
      expect(found).toEqual([...expected])
    }),
  ))
