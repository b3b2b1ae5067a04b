import { expect, test } from 'vitest'
import { cadenceOf } from './cadence.ts'
import type { PresenceRow } from './presence-rows.ts'

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
