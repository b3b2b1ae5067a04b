import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinRows } from '@fleetlake/viewer-core'
import { createPresence } from './presence.ts'

type Rows = Parameters<typeof createPresence>[0]

const rowsOf = (vehicles: readonly (readonly number[])[]): Rows => {
  const start = [0]
  for (const times of vehicles) start.push(start.at(-1)! + times.length)
  return {
    ids: vehicles.map((_, i) => `v${i}`),
    start: Uint32Array.from(start),
    eventTime: Float64Array.from(vehicles.flatMap((times) => times.toSorted((a, b) => a - b))),
  }
}

const rowsAt = (rows: Rows, times: readonly number[], gapMs: number): number[][] => {
  const presence = createPresence(rows, joinRows(rows, gapMs).isJoined)
  return times.map((time) => {
    presence.moveTo(time)
    return rows.ids.map((_, vehicle) => presence.rowOf(vehicle))
  })
}

test('a vehicle is somewhere from report to report, and nowhere before, after and in a gap', () => {
  const rows = rowsOf([[10, 20, 100, 110]])
  expect(rowsAt(rows, [9, 10, 15, 20, 21, 99, 100, 105, 110, 111], 60).flat()).toEqual([
    -1, 0, 0, 1, -1, -1, 2, 2, 3, -1,
  ])
})

test('an interval of exactly the longest one is not a gap', () => {
  expect(
    rowsAt(
      rowsOf([
        [0, 60],
        [0, 61],
      ]),
      [30],
      60,
    ),
  ).toEqual([[0, -1]])
})

test('whatever way time goes, it says what a look at every row says', () => {
  const vehicles = fc.array(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 30 }), { maxLength: 5 })
  const instants = fc.array(fc.integer({ min: -5, max: 205 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(vehicles, instants, fc.integer({ min: 1, max: 40 }), (times, path, gapMs) => {
      const rows = rowsOf(times)
      const presence = createPresence(rows, joinRows(rows, gapMs).isJoined)
      for (const time of path) {
        presence.moveTo(time)
        const expected = times.map((each, vehicle) => {
          const sorted = each.toSorted((a, b) => a - b)
          const at = sorted.findLastIndex((t) => t <= time)
          if (at < 0 || (sorted[at] !== time && !(sorted[at + 1] - sorted[at] <= gapMs))) return -1
          return rows.start[vehicle] + at
        })
        expect(rows.ids.map((_, vehicle) => presence.rowOf(vehicle))).toEqual(expected)
        expect(presence.count).toBe(expected.filter((row) => row >= 0).length)
      }
    }),
  )
})
