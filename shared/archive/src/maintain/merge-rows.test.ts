import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeMergeColumns, type MergeColumns, mergeRows } from './merge-rows.ts'
import { tileRows } from './tile-rows.ts'

interface Row {
  readonly vehicle: number
  readonly time: number
  readonly x: number
  readonly y: number
  readonly isKept: boolean
}

const columnsOf = (rows: readonly Row[]): MergeColumns => {
  const columns = makeMergeColumns(rows.length + 3)
  rows.forEach(({ vehicle, time, x, y, isKept }, i) => {
    columns.vehicle[i] = vehicle
    columns.eventTime[i] = time
    columns.longitude[i] = x
    columns.latitude[i] = y
    columns.isKept[i] = isKept ? 1 : 0
  })
  return columns
}

const keyOf = ({ vehicle, time, x, y }: Row): string => `${vehicle} ${time} ${x} ${y}`

/** Few values, so that many rows are equal in some or all of them. */
const someRows = fc.array(
  fc.record({
    vehicle: fc.nat(3),
    time: fc.nat(5),
    x: fc.integer({ min: -2, max: 1 }),
    y: fc.integer({ min: -1, max: 1 }),
    isKept: fc.boolean(),
  }),
  { maxLength: 80 },
)

test('of rows that are duplicates the first is written, none if one stays elsewhere, and all others are', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const { order, duplicates } = mergeRows(columnsOf(rows), rows.length, Int32Array.of(0, 1, 2, 3))
      const seen = new Set(rows.filter(({ isKept }) => isKept).map(keyOf))
      const expected = rows.flatMap((row, i) => {
        if (row.isKept || seen.has(keyOf(row))) return []
        seen.add(keyOf(row))
        return [i]
      })
      expect([...order].toSorted((a, b) => a - b)).toEqual(expected)
      expect(duplicates).toBe(rows.filter(({ isKept }) => !isKept).length - expected.length)
      const sorted = [...order].toSorted(
        (a, b) =>
          rows[a].vehicle - rows[b].vehicle || rows[a].time - rows[b].time || order.indexOf(a) - order.indexOf(b),
      )
      expect([...order]).toEqual(sorted)
    }),
    { numRuns: 500 },
  )
})

test('every row is in one tile, in the order that it had, and tiles are of about one size', () => {
  fc.assert(
    fc.property(someRows, fc.integer({ min: 1, max: 12 }), (rows, size) => {
      const columns = columnsOf(rows)
      const { order } = mergeRows(columns, rows.length, Int32Array.of(0, 1, 2, 3))
      const before = [...order]
      const tiles = [...tileRows(order, columns, { rows: size, periodMs: 2, metres: 0.1 })].map((tile) => [...tile])
      expect(tiles.flat().toSorted((a, b) => a - b)).toEqual(before.toSorted((a, b) => a - b))
      for (const tile of tiles) {
        expect(tile).toEqual(before.filter((row) => tile.includes(row)))
        expect(tile.length).toBeLessThanOrEqual(Math.ceil(1.5 * size))
      }
    }),
    { numRuns: 500 },
  )
})

test('tiles part time before place where a search would, and place before time', () => {
  const rows = Array.from({ length: 64 }, (_, i) => ({
    vehicle: i % 4,
    time: (i >> 2) * 600_000,
    x: (i % 4) * 30_000,
    y: 0,
    isKept: false,
  }))
  const columns = columnsOf(rows)
  const extents = (periodMs: number): number[][] => {
    const { order } = mergeRows(columns, rows.length, Int32Array.of(0, 1, 2, 3))
    return [...tileRows(order, columns, { rows: 32, periodMs, metres: 1_000 })].map((tile) => [
      new Set(Array.from(tile, (row) => rows[row].time)).size,
      new Set(Array.from(tile, (row) => rows[row].x)).size,
    ])
  }
  expect(extents(60_000)).toEqual([
    [8, 4],
    [8, 4],
  ])
  expect(extents(1e9)).toEqual([
    [16, 2],
    [16, 2],
  ])
})
