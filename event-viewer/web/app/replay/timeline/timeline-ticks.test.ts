import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ticksOf } from './timeline-ticks.ts'

const local = (...parts: [number, number, number, number?, number?, number?]): number => new Date(...parts).getTime()

test('an hour is told in quarters', () => {
  const extent = { from: local(2026, 0, 5, 9, 58), to: local(2026, 0, 5, 10, 58) }
  expect(ticksOf(extent, 4)).toEqual(
    [local(2026, 0, 5, 10), local(2026, 0, 5, 10, 15), local(2026, 0, 5, 10, 30), local(2026, 0, 5, 10, 45)].map(
      (time) => ({ time, isDay: false, hasSeconds: false }),
    ),
  )
})

test('over midnight the new day is told', () => {
  const extent = { from: local(2026, 0, 5, 21), to: local(2026, 0, 6, 3) }
  expect(ticksOf(extent, 2).map(({ time, isDay }) => [time, isDay])).toEqual([
    [local(2026, 0, 5, 21), false],
    [local(2026, 0, 6), true],
    [local(2026, 0, 6, 3), false],
  ])
})

test('ticks are in the period, ascend, and are hardly more than asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 1000, max: 1e11 }),
      fc.integer({ min: 1, max: 20 }),
      (from, length, most) => {
        const times = ticksOf({ from, to: from + length }, most).map(({ time }) => time)
        expect(times.every((time) => time >= from && time <= from + length)).toBe(true)
        expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
        expect(times.length).toBeLessThanOrEqual(most + 2)
      },
    ),
  )
})
