import { type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { createStretches } from './stretches.ts'

const row = (vehicleId: string, eventTime: number, some: Partial<PositionRow> = {}): PositionRow => ({
  vehicleId,
  vehicleType: 'bus',
  eventTime,
  longitude: eventTime / 1e6,
  latitude: 0,
  speed: NaN,
  heading: NaN,
  ...some,
})

type Cut = readonly [id: string, isContinued: boolean, times: number[]]

const cut = (batches: readonly PositionRow[][], maxReports = 1000, maxBytes = 1e9): Cut[] => {
  const found: Cut[] = []
  const stretches = createStretches({
    gap: 10,
    maxReports,
    maxBytes,
    onStretch: ({ vehicleId, isContinued, eventTime }) => found.push([vehicleId, isContinued, [...eventTime]]),
  })
  for (const rows of batches) stretches.add(positionsOfRows(rows))
  stretches.end()
  return found
}

test('a gap, another vehicle and another type begin a stretch; a batch does not', () => {
  const rows = [row('a', 0), row('a', 10), row('a', 21), row('b', 22), row('b', 23, { vehicleType: 'taxi' })]
  const expected = [
    ['a', false, [0, 10]],
    ['a', true, [21]],
    ['b', false, [22]],
    ['b', false, [23]],
  ]
  expect(cut([rows])).toEqual(expected)
  expect(cut(rows.map((one) => [one]))).toEqual(expected)
})

test('a duplicate counts once; another place at the same time is in another stretch', () => {
  const rows = [row('a', 0), row('a', 0, { speed: 5 }), row('a', 5), row('a', 5, { latitude: 1 }), row('a', 6)]
  expect(cut([rows])).toEqual([
    ['a', false, [0, 5]],
    ['a', true, [5, 6]],
  ])
})

test('one that is too long is cut, and the report at the cut is in both parts', () => {
  const rows = Array.from({ length: 8 }, (_, i) => row('a', i))
  expect(cut([rows], 3)).toEqual([
    ['a', false, [0, 1, 2]],
    ['a', true, [2, 3, 4]],
    ['a', true, [4, 5, 6]],
    ['a', true, [6, 7]],
  ])
})

test('one whose measures take too much is cut likewise', () => {
  const rows = Array.from({ length: 5 }, (_, i) => row('a', i, { measures: { note: 'x'.repeat(i === 4 ? 900 : 40) } }))
  expect(cut([rows], 1000, 300)).toEqual([
    ['a', false, [0, 1, 2]],
    ['a', true, [2, 3, 4]],
  ])
})
