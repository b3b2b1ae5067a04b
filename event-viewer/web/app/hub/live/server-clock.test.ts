import { expect, test } from 'vitest'
import { createServerClock } from './server-clock.ts'

const HOUR = 3_600_000

test('it is the browser clock, or what was assumed, until the hub was heard, then the hub clock, by what came fastest', () => {
  const clock = createServerClock()
  expect(clock.at(5_000)).toBe(5_000)
  clock.assume(3 * HOUR)
  expect(clock.at(5_000)).toBe(3 * HOUR + 5_000)
  clock.hear(2 * HOUR + 10_000 - 80, 10_000)
  clock.hear(2 * HOUR + 11_000 - 20, 11_000)
  clock.hear(2 * HOUR + 12_000 - 9_000, 12_000)
  expect(clock.at(12_000)).toBe(2 * HOUR + 12_000 - 20)
})

test('a clock that was set is known again after two minutes', () => {
  const clock = createServerClock()
  for (let s = 0; s < 10; s++) clock.hear(HOUR + s * 1_000, s * 1_000)
  for (let s = 10; s < 140; s++) clock.hear(s * 1_000, s * 1_000)
  expect(clock.at(140_000)).toBe(140_000)
})
