import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaleOf } from './map-scale.ts'

const UNITS = { km: 1000, m: 1, cm: 0.01 }

test('the bar is a round distance, as long as it says and nearly as long as it may be', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 80_000, noNaN: true }),
      fc.integer({ min: 40, max: 200 }),
      (metres, most) => {
        const { label, pixels } = scaleOf(metres, most)
        const [, number, unit] = /^(\d+) (km|m|cm)$/.exec(label)!
        expect(String(number)).toMatch(/^[1235]0*$/)
        expect(pixels * metres).toBeCloseTo(Number(number) * UNITS[unit as keyof typeof UNITS], 6)
        expect(pixels).toBeLessThanOrEqual(most * (1 + 1e-9))
        expect(pixels).toBeGreaterThan(most / 2.01)
      },
    ),
  )
})

test.each([
  [10, 110, '1 km'],
  [4.7, 110, '500 m'],
  [100, 110, '10 km'],
])('at %d metres a pixel the bar is %s', (metres, most, label) => {
  expect(scaleOf(metres, most).label).toBe(label)
})
