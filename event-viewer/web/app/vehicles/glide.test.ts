import fc from 'fast-check'
import { expect, test } from 'vitest'
import { between, glideMsOf, partOf } from './glide.ts'
import { metresPerUnit, ringX, ringY } from './mercator-ring.ts'

const places = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

test('a glide takes about as long as its vehicle takes between two reports, within bounds', () => {
  const step = { dx: 100, dy: 100, y: ringY(-34.88) }
  expect(glideMsOf({ ...step, intervalMs: 5000 })).toBe(5150)
  expect(glideMsOf({ ...step, intervalMs: 1 })).toBe(151)
  expect(glideMsOf({ ...step, intervalMs: 60_000 })).toBe(10_000)
})

test('no vehicle glides to a first report, or farther than two kilometres and than it can have driven', () => {
  const y = ringY(-34.88)
  const metres = (length: number): number => Math.round(length / metresPerUnit(y))
  expect(glideMsOf({ dx: 100, dy: 100, y, intervalMs: 0 })).toBe(0)
  expect(glideMsOf({ dx: metres(2001), dy: 0, y, intervalMs: 5000 })).toBe(0)
  expect(glideMsOf({ dx: 0, dy: metres(2001) / 2, y, intervalMs: 5000 })).toBe(0)
  expect(glideMsOf({ dx: metres(1999), dy: 0, y, intervalMs: 5000 })).toBe(5150)
  expect(glideMsOf({ dx: metres(59_900), dy: 0, y, intervalMs: 600_000 })).toBe(10_000)
  expect(glideMsOf({ dx: metres(60_100), dy: 0, y, intervalMs: 600_000 })).toBe(0)
})

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
