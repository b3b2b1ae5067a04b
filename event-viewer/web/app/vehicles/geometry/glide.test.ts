import fc from 'fast-check'
import { expect, test } from 'vitest'
import { between, partOf } from './glide.ts'
import { ringX } from './mercator-ring.ts'

const places = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

test('a glide begins where it starts, ends where it leads, and does not overshoot', () => {
  fc.assert(
    fc.property(places, places, fc.double({ min: 0, max: 1, noNaN: true }), (from, to, part) => {
      expect(between(from, to, 0)).toBe(from)
      expect(between(from, to, 1)).toBe(to)
      const whole = (to - from) | 0
      const done = (between(from, to, part) - from) | 0
      expect(Math.abs(done)).toBeLessThanOrEqual(Math.abs(whole))
    }),
  )
})

test('a glide crosses the antimeridian the short way', () => {
  expect(between(ringX(179.99), ringX(-179.99), 0.5)).toBe(ringX(180))
})

test('the part of a glide grows from 0 to 1, and times may have wrapped', () => {
  expect([-1, 0, 250, 1000, 5000].map((now) => partOf(now, 0, 1000))).toEqual([0, 0, 0.25, 1, 1])
  const start = (2 ** 31 - 500) | 0
  expect(partOf((start + 600) | 0, start, 1000)).toBe(0.6)
  expect(partOf(0, 0, 0)).toBe(1)
})
