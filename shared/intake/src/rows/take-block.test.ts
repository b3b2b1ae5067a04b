import { expect, test } from 'vitest'
import { planFields } from '../fields/plan-fields.ts'
import { CSV } from '../formats/csv/read-csv.ts'
import { blockOf } from '../testing/block-of.ts'
import type { Row } from '../testing/read-all.ts'
import { type Taken, takeBlock } from '../testing/take-block.ts'
import { inputReadingOf } from './input-reading.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

/** Rows of an input whose fields are told by their names. */
const take = (rows: readonly Row[], options: Parameters<typeof planFields>[0]['options']): Taken => {
  const block = blockOf(rows)
  const plan = planFields({ format: CSV, sample: [block], asked: {}, options, nowMs: NOW })
  return takeBlock(block, inputReadingOf(plan), { latestMs: NOW })
}

test('motion is derived from the row before, and what no such vehicle drives is counted and kept', () => {
  const rows = [
    ['2026-11-01T08:00:00Z', '30.6'],
    ['2026-11-01T08:00:10Z', '30.601'],
    ['2026-11-01T08:00:20Z', '31.601'],
    ['2026-11-01T09:00:20Z', '31.602'],
  ].map(([time, latitude]) => ({ id: 'a', time, longitude: '104.1', latitude, type: 'bus' }))
  const { taken, tally } = take(rows, {})
  expect(taken.map(({ speed, heading }) => [speed, heading])).toEqual([
    [NaN, NaN],
    [11.1, 0],
    [NaN, NaN],
    [NaN, NaN],
  ])
  expect(tally.doubts).toEqual({ implausible: 1 })
})

test('what a field does not say of a row stays unknown', () => {
  const rows = [
    ['2026-11-01T08:00:00Z', '30.6', '3'],
    ['2026-11-01T08:00:10Z', '30.601', ''],
    ['2026-11-01T08:00:20Z', '30.602', '-1'],
  ].map(([time, latitude, speed]) => ({ id: 'a', time, longitude: '104.1', latitude, speed }))
  const { taken } = take(rows, { speedUnit: 'm/s' })
  expect(taken.map(({ speed, heading }) => [speed, heading])).toEqual([
    [3, NaN],
    [NaN, 0],
    [NaN, 0],
  ])
})

test('a time that no calendar has is refused as others in the future are', () => {
  const times = [...Array.from({ length: 40 }, (_, i) => 1_762_000_000 + i), 9_999_999_999_999]
  const rows = times.map((time) => ({ id: 'a', time: String(time), longitude: '104.1', latitude: '30.6' }))
  expect(take(rows, {})).toMatchObject({ tally: { rows: 40, reasons: { 'in-the-future': 1 } } })
})
