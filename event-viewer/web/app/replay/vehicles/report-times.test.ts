import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extentOf, nextReport, previousReport, rowAt } from './report-times.ts'

type Rows = Parameters<typeof nextReport>[0]

const rowsOf = (vehicles: readonly (readonly number[])[]): Rows => {
  const start = [0]
  for (const times of vehicles) start.push(start.at(-1)! + times.length)
  return {
    ids: vehicles.map((_, i) => `v${i}`),
    start: Uint32Array.from(start),
    eventTime: Float64Array.from(vehicles.flatMap((times) => times.toSorted((a, b) => a - b))),
  }
}

const ROWS = rowsOf([[10, 20, 20, 30], [], [15, 25]])

test('the row of a vehicle at a time is its last report by then', () => {
  expect([9, 10, 19, 20, 99].map((time) => rowAt(ROWS, 0, time))).toEqual([-1, 0, 0, 2, 3])
  expect([14, 15].map((time) => rowAt(ROWS, 2, time))).toEqual([3, 4])
})

test('stepping goes through all reports, or through those of one vehicle', () => {
  const forth = (only?: number): number[] => {
    const seen: number[] = []
    for (let time = nextReport(ROWS, 0, only); time !== undefined; time = nextReport(ROWS, time, only)) seen.push(time)
    return seen
  }
  expect([forth(), forth(0), forth(1), forth(2)]).toEqual([[10, 15, 20, 25, 30], [10, 20, 30], [], [15, 25]])
})

test('stepping back finds what stepping forth finds', () => {
  const times = fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 8 }), { maxLength: 6 })
  fc.assert(
    fc.property(times, (vehicles) => {
      const rows = rowsOf(vehicles)
      const expected = [...new Set(vehicles.flat())].toSorted((a, b) => a - b)
      const [forth, back]: number[][] = [[], []]
      for (let time = nextReport(rows, -1); time !== undefined; time = nextReport(rows, time)) forth.push(time)
      for (let time = previousReport(rows, 51); time !== undefined; time = previousReport(rows, time))
        back.unshift(time)
      expect([forth, back]).toEqual([expected, expected])
    }),
  )
})

test('the extent is from the first to the last report of any vehicle', () => {
  expect([extentOf(ROWS), extentOf(rowsOf([[], []]))]).toEqual([{ from: 10, to: 30 }, undefined])
})
