import { areaOf, contains, distanceM, toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxArea } from '../box-area.ts'
import { areaAround } from './area-around.ts'

const place = fc.record({
  x: fc.double({ min: -179.99, max: 179.99, noNaN: true }),
  y: fc.double({ min: -89.9, max: 89.9, noNaN: true }),
})

test('a vehicle within the given metres is in the area around', () => {
  let near = 0
  fc.assert(
    fc.property(
      place,
      place,
      fc.integer({ min: 1, max: 400_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (from, aim, meters, share) => {
        const [south, north] = [Math.max(-90, from.y - 0.005), Math.min(90, from.y + 0.005)]
        const area = boxArea(from.x - 0.005, south, from.x + 0.005, north)
        const around = areaOf(areaAround(area, meters))
        // Somewhere on the way to another place, so that near ones are tried too.
        const way = Math.min(1, (meters / Math.max(1, distanceM(from.x, from.y, aim.x, aim.y))) * 2 * share)
        const [x, y] = [from.x + (aim.x - from.x) * way, from.y + (aim.y - from.y) * way]
        if (distanceM(from.x, from.y, x, y) > meters) return
        near++
        expect(contains(around, toMicroDegrees(x), toMicroDegrees(y))).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
  expect(near).toBeGreaterThan(100)
})

test('it is not much larger, parts that meet become one, and a pole is reached all around', () => {
  const sides = (area: unknown, meters: number): number[][] =>
    areaAround(area, meters).coordinates.map(([ring]) =>
      [...ring[0], ...ring[2]].map((n) => Math.round(n * 1000) / 1000),
    )
  expect(sides(boxArea(-56.2, -34.93, -56.1, -34.88), 6000)).toEqual([[-56.266, -34.984, -56.034, -34.826]])
  expect(sides(boxArea(179.9, 0, 180.1, 1), 11_200)).toEqual([
    [179.799, -0.101, 180, 1.101],
    [-180, -0.101, -179.799, 1.101],
  ])
  const two = {
    type: 'MultiPolygon',
    coordinates: [...boxArea(0, 0, 1, 1).coordinates, ...boxArea(1.1, 0, 2, 1).coordinates],
  }
  expect(sides(two, 11_200)).toEqual([[-0.101, -0.101, 2.101, 1.101]])
  expect(sides(boxArea(0, 89.9, 1, 90), 6000)).toEqual([
    [-180, 89.846, 0, 90],
    [0, 89.846, 180, 90],
  ])
})
