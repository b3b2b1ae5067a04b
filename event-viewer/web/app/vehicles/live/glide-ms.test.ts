import { expect, test } from 'vitest'
import { metresPerUnit, ringY } from '../geometry/mercator-ring.ts'
import { glideMsOf } from './glide-ms.ts'

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
