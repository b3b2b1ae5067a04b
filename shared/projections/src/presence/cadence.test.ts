import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eachCadence } from './cadence.ts'
import { classOf, INTERVAL_CLASSES } from './intervals.ts'
import { PRESENCE } from './presence.ts'
import { presenceColumns } from './presence-columns.ts'
import { presenceOfRows, type PresenceRow, rowsOfPresence } from './presence-rows.ts'

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

/** The first row of each vehicle and date, and its cadence. */
const cadencesOf = (rows: readonly PresenceRow[]): unknown[] => {
  const found: unknown[] = []
  eachCadence(
    presenceColumns(PRESENCE.merge([presenceOfRows(rows)])),
    (first, cadence) => void found.push([first, cadence]),
  )
  return found
}

test('the cadence is the lower median of the intervals within cells and between them', () => {
  const found = [
    [inCell('a', 0, 0, {})],
    // One report in each of two cells.
    [inCell('a', 0, 0, {}), inCell('b', 28, 28, {})],
    [inCell('a', 0, 100, { 20: 5 })],
    // 20, 20, 60, 60: the lower one.
    [inCell('a', 0, 160, { 20: 2, 60: 2 })],
    // 20, 20 and, from one cell to the next, twice 90: then 20 again.
    [inCell('a', 0, 40, { 20: 2 }), inCell('b', 130, 130, {}), inCell('c', 220, 240, { 20: 1 })],
    // A return to a cell: 20 ×4 within it and an interval of 300, which counts once.
    [inCell('a', 0, 380, { 20: 4, 300: 1 }), inCell('b', 120, 260, { 20: 7 })],
  ].map(cadencesOf)
  const wanted = [undefined, 30_000, 20_000, 20_000, 20_000, 20_000]
  expect(cadencesOf([])).toEqual([])
  expect(found).toEqual(wanted.map((cadence) => [[0, cadence]]))
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
const distinctRows = fc.uniqueArray(row, { selector: keyOf, maxLength: 18 })

/** Written plainly: all intervals one by one. */
const plainCadence = (rows: readonly PresenceRow[]): number | undefined => {
  const within = rows.flatMap((each) =>
    [...each.intervals].flatMap(([seconds, count]) => Array.from({ length: count }, () => seconds * SECOND_MS)),
  )
  const known = rows
    .flatMap(({ first, last, cell }) => [
      { at: first, cell },
      { at: last, cell },
    ])
    .toSorted((a, b) => a.at - b.at || (a.cell < b.cell ? -1 : 1))
  const between = known
    .slice(1)
    .flatMap(({ at, cell }, i) => (cell === known[i].cell || at === known[i].at ? [] : [at - known[i].at]))
  const rounded = between.map((ms) => INTERVAL_CLASSES[classOf(ms)] * SECOND_MS)
  const all = [...within, ...rounded].toSorted((a, b) => a - b)
  return all[(all.length - 1) >> 1]
}

test('the cadence of each vehicle and date is that of its rows alone', () =>
  fc.assert(
    fc.property(distinctRows, (some) => {
      const rows = rowsOfPresence(PRESENCE.merge([presenceOfRows(some)]))
      const expected = Map.groupBy(rows, ({ vehicleId, day }) => `${vehicleId} ${day}`)
        .values()
        .map((own) => [rows.indexOf(own[0]), plainCadence(own)])
      expect(cadencesOf(rows)).toEqual([...expected])
    }),
  ))
