import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markerLook } from './marker-look.ts'

const zooms = fc.double({ min: 0, max: 22, noNaN: true })
const fleets = fc.integer({ min: 0, max: 1_000_000 })

test('the closer, the bigger and the stronger', () => {
  fc.assert(
    fc.property(zooms, zooms, fleets, (one, other, vehicles) => {
      const far = markerLook(Math.min(one, other), vehicles)
      const near = markerLook(Math.max(one, other), vehicles)
      for (const key of ['arrow', 'morph', 'outline', 'alpha', 'trailWidth', 'trailAlpha'] as const)
        expect(near[key], key).toBeGreaterThanOrEqual(far[key])
    }),
  )
})

test('the more vehicles, the smaller and the fainter, but when each is seen by itself', () => {
  fc.assert(
    fc.property(zooms, fleets, fleets, (zoom, one, other) => {
      const few = markerLook(zoom, Math.min(one, other))
      const many = markerLook(zoom, Math.max(one, other))
      expect(many.radius).toBeLessThanOrEqual(few.radius)
      expect(many.alpha).toBeLessThanOrEqual(few.alpha)
      if (zoom >= 14) expect(many).toEqual(few)
    }),
  )
})

test('a vehicle is a dot when far and an arrowhead when near', () => {
  expect([13, 14, 14.6, 18].map((zoom) => markerLook(zoom, 100).morph)).toEqual([0, 0, 1, 1])
})
