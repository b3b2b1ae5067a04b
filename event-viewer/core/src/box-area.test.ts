import { areaOf, contains, toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxArea } from './box-area.ts'

const micro = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 1e6, max: max * 1e6 }).map((n) => n / 1e6)

test('a box holds what lies between its sides, in whatever turn of the globe it is told', () => {
  const box = fc.record({ west: micro(-400, 400), width: micro(0.001, 400), longitude: micro(-180, 179.999999) })
  fc.assert(
    fc.property(box, ({ west, width, longitude }) => {
      const area = boxArea(west, -10, west + width, 10)
      const aside = (((longitude - west) % 360) + 360) % 360
      // Beside the sides: who lies on one is a question of the edge rule, which has tests of its own.
      fc.pre(Math.abs(aside - width) > 1e-5 && aside > 1e-5 && aside < 360 - 1e-5)
      expect(contains(areaOf(area), toMicroDegrees(longitude), 0)).toBe(aside < width)
    }),
  )
})

test('a box of a city is one polygon, one across the antimeridian two, one around the globe two halves', () => {
  const widths = (west: number, east: number): [number, number][] =>
    boxArea(west, 0, east, 1).coordinates.map(([ring]) => [ring[0][0], ring[1][0]])
  expect([
    widths(-56.2, -56.1),
    widths(179, 181),
    widths(-181, -179),
    widths(-180, 180),
    widths(-500, 500),
    widths(-150, 120),
  ]).toEqual([
    [[-56.2, -56.1]],
    [
      [179, 180],
      [-180, -179],
    ],
    [
      [179, 180],
      [-180, -179],
    ],
    [
      [-180, 0],
      [0, 180],
    ],
    [
      [-180, 0],
      [0, 180],
    ],
    [
      [-150, -15],
      [-15, 120],
    ],
  ])
})
