import { expect, test } from 'vitest'
import { squareKilometersOf } from './area-size.ts'
import { givenPolygons } from './given-polygons.ts'

const km2 = (...rings: readonly (readonly [number, number])[][]): number =>
  squareKilometersOf(givenPolygons({ type: 'Polygon', coordinates: rings }))
const box = (west: number, south: number, east: number, north: number): [number, number][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]

test('an area is that of the sphere, whatever the winding, without its holes', () => {
  const globe = 4 * Math.PI * 6_371.0088 ** 2
  expect(km2(box(-180, -90, 180, 90))).toBeCloseTo(globe, 3)
  expect(km2(box(-180, 0, 180, 90).toReversed())).toBeCloseTo(globe / 2, 3)
  // A degree of longitude between two latitudes: what their sines differ by.
  const strip = (globe / 360 / 2) * (Math.sin(Math.PI / 3) - Math.sin(Math.PI / 6))
  expect(km2(box(10, 30, 11, 60))).toBeCloseTo(strip, 6)
  expect(km2(box(170, 30, 190, 60), box(179, 30, 180, 60))).toBeCloseTo(strip * 19, 6)
  // Two halves along a straight line are the whole.
  const halves = [
    km2([
      [10, 30],
      [11, 30],
      [11, 60],
      [10, 30],
    ]),
    km2([
      [10, 30],
      [11, 60],
      [10, 60],
      [10, 30],
    ]),
  ]
  expect(halves[0] + halves[1]).toBeCloseTo(strip, 6)
})
