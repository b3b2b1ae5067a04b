import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPace } from './pace.ts'

const START = Date.UTC(2026, 0, 5)

test('a report waits for its time exactly as long as it is not due', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1000, noNaN: true }),
      fc.integer({ min: 0, max: 1e7 }),
      fc.double({ min: 0, max: 1e7, noNaN: true }),
      (speedFactor, offsetMs, clockMs) => {
        const pace = createPace({ startTime: START, speedFactor, beganMs: 50 })
        const isDue = START + offsetMs < pace.dueBefore(50 + clockMs)
        const waitMs = pace.waitMs(START + offsetMs, 50 + clockMs)
        expect(isDue).toBe(waitMs === 0)
        expect(START + offsetMs).toBeLessThan(pace.dueBefore(50 + clockMs + waitMs + 0.001))
      },
    ),
  )
})

test('with speed factor 10 a second of the clock is ten of the simulation', () => {
  const pace = createPace({ startTime: START, speedFactor: 10, beganMs: 1000 })
  expect(pace.dueBefore(1000)).toBe(START + 1)
  expect(pace.dueBefore(2000)).toBe(START + 10_001)
  expect(pace.waitMs(START + 20_000, 2000)).toBe(1000)
})

test('as fast as possible everything is due', () => {
  const pace = createPace({ startTime: START, speedFactor: Infinity, beganMs: 0 })
  expect([pace.dueBefore(0), pace.waitMs(START + 1e9, 0)]).toEqual([Infinity, 0])
})
