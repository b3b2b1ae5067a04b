import { toldMeasures } from '../../../../shared/archive/src/told-measures.ts'
import type { Chunk } from '@fleetlake/archive'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countOverTime } from './histogram.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5, 7)

const chunk = (from: number, to: number, rows: number | undefined): Chunk => ({
  path: 'p',
  bytes: 1,
  date: '2026-01-05',
  cell: '69y7p',
  rows,
  from,
  to,
  bounds: { west: 0, south: 0, east: 0, north: 0 },
  vehicleIdMin: undefined,
  vehicleIdMax: undefined,
  vehicleTypeMin: undefined,
  vehicleTypeMax: undefined,
  measures: toldMeasures({}),
})

test('rows are spread over the period of their chunk, in steps that people count in', () => {
  const chunks = [chunk(START, START + 20 * MINUTE - 1, 1_000), chunk(START + 10 * MINUTE, START + 10 * MINUTE, 3)]
  expect(countOverTime(chunks, { from: START, to: START + 20 * MINUTE }, 4)).toEqual({
    from: START,
    binMs: 5 * MINUTE,
    rows: [250, 250, 253, 250],
  })
  expect(countOverTime(chunks, { from: START - MINUTE, to: START + 20 * MINUTE }, 4)).toEqual({
    from: START - 10 * MINUTE,
    binMs: 10 * MINUTE,
    rows: [0, 500, 503],
  })
})

test('files without a row count do not count', () => {
  expect(countOverTime([chunk(START, START, undefined)], { from: START, to: START + 1 }, 2).rows).toEqual([0])
})

test('the bins cover the period, are at most as many as asked for, and a step shorter would not do', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 4e12 }),
      fc.integer({ min: 1, max: 8e12 }),
      fc.integer({ min: 2, max: 2_000 }),
      (from, lengthMs, bins) => {
        const histogram = countOverTime([], { from, to: from + lengthMs }, bins)
        const count = histogram.rows.length
        expect(histogram.from).toBeLessThanOrEqual(from)
        expect(histogram.from + count * histogram.binMs).toBeGreaterThanOrEqual(from + lengthMs)
        expect(Math.abs(histogram.from % histogram.binMs)).toBe(0)
        expect(count).toBeLessThanOrEqual(bins)
        // The widest gap between two steps is 3.5.
        if (histogram.binMs > 1) expect(count * 3.5 + 2).toBeGreaterThan(bins)
      },
    ),
  )
})

test('chunks that the bins cover add exactly their rows, and none outside of its period', () => {
  const someChunk = fc
    .tuple(fc.nat(86_400_000 - 1), fc.nat(7_200_000), fc.nat(5_000))
    .map(([offset, lengthMs, rows]) => chunk(START + offset, START + offset + lengthMs, rows))
  fc.assert(
    fc.property(
      fc.array(someChunk, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 2, max: 300 }),
      (chunks, bins) => {
        const period = {
          from: Math.min(...chunks.map((one) => one.from)),
          to: Math.max(...chunks.map((one) => one.to)) + 1,
        }
        const { from, binMs, rows } = countOverTime(chunks, period, bins)
        expect(rows.reduce((sum, count) => sum + count, 0)).toBe(chunks.reduce((sum, one) => sum + one.rows!, 0))
        for (const [bin, count] of rows.entries()) {
          const [start, end] = [from + bin * binMs, from + (bin + 1) * binMs]
          if (chunks.every((one) => one.to < start || one.from >= end)) expect(count).toBe(0)
        }
      },
    ),
  )
})
