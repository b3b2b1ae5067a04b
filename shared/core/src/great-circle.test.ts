import { expect, test } from 'vitest'
import { bearingDegrees, distanceM } from './great-circle.ts'

test('a quarter of the way around the globe is a quarter of its circumference, in every direction', () => {
  const quarter = (Math.PI / 2) * 6_371_008.8
  const places: [number, number, number, number][] = [
    [0, 0, 90, 0],
    [0, 0, 0, 90],
    [-135, 0, 135, 0],
    [179, 0, -91, 0],
    [10, -45, 190, 45],
  ]
  expect(places.map((place) => Math.round(distanceM(...place)))).toEqual([
    ...Array.from({ length: 4 }, () => Math.round(quarter)),
    Math.round(2 * quarter),
  ])
})

test('a degree of a meridian is 111.195 km, a degree of a parallel shrinks with the cosine of the latitude', () => {
  expect(distanceM(10, 50, 10, 51)).toBeCloseTo(111_195.08, 1)
  expect(distanceM(10, 0, 11, 0)).toBeCloseTo(111_195.08, 1)
  expect(distanceM(10, 60, 10.001, 60)).toBeCloseTo(111.195 * 0.5, 2)
  expect(distanceM(179.999, 0, -179.999, 0)).toBeCloseTo(222.39, 2)
})

test('bearings go clockwise from north', () => {
  expect([
    bearingDegrees(0, 0, 0, 1),
    bearingDegrees(0, 0, 1, 0),
    bearingDegrees(0, 0, 0, -1),
    bearingDegrees(0, 0, -1, 0),
    bearingDegrees(179.9, 0, -179.9, 0),
  ]).toEqual([0, 90, 180, 270, 90])
})
