import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Polygon } from './find-areas.ts'
import { type LabelSize, placeLabel } from './place-label.ts'

type Point = readonly [number, number]

const box = (west: number, south: number, east: number, north: number): Point[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]
const SIZE: LabelSize = { width: 80, height: 20 }

/** px at a zoom, right and down. */
const pixelOf = ([longitude, latitude]: Point, zoom: number): Point => {
  const world = 512 * 2 ** zoom
  return [(longitude / 360) * world, (-Math.asinh(Math.tan((latitude * Math.PI) / 180)) / (2 * Math.PI)) * world]
}
const isIn = ([x, y]: Point, polygon: Polygon): boolean =>
  polygon
    .flatMap((ring) => ring.map((to, i) => [ring.at(i - 1)!, to] as const))
    .filter(([[x0, y0], [x1, y1]]) => y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)).length %
    2 ===
  1

/** Whether the border of a label is in one of the polygons, at so many zooms beyond the one from which on it is shown. */
const isAllIn = (polygons: readonly Polygon[], { width, height }: LabelSize, beyond = 0): boolean => {
  const { longitude, latitude, minZoom } = placeLabel(polygons, { width, height })!
  const zoom = minZoom + beyond
  const [x, y] = pixelOf([longitude, latitude], zoom)
  const steps = Array.from({ length: 41 }, (_, i) => (i / 20 - 1) * 0.999_999)
  const border = steps.flatMap((t): Point[] => [
    [x + (t * width) / 2, y - height / 2.000_01],
    [x + (t * width) / 2, y + height / 2.000_01],
    [x - width / 2.000_01, y + (t * height) / 2],
    [x + width / 2.000_01, y + (t * height) / 2],
  ])
  return polygons.some((polygon) => {
    const drawn = polygon.map((ring) => ring.map((point) => pixelOf(point, zoom)))
    return border.every((point) => isIn(point, drawn))
  })
}

test('a name is in the middle of a box, from the zoom on at which the box is as large', () => {
  const { longitude, latitude, minZoom } = placeLabel([[box(10, -1, 14, 1)]], SIZE)!
  expect([longitude, latitude].map((degrees) => Math.round(degrees * 1e6) / 1e6 + 0)).toEqual([12, 0])
  const [width, height] = pixelOf([14, -1], minZoom).map((px, i) => px - pixelOf([10, 1], minZoom)[i])
  expect([Math.round(width), Math.round(height)]).toEqual([80, 40])
  expect([isAllIn([[box(10, -1, 14, 1)]], SIZE), isAllIn([[box(10, -1, 14, 1)]], SIZE, -1)]).toEqual([true, false])
})

test('a name is in the widest part of an area, beside its hole, as far north as the map goes', () => {
  const bend: Polygon = [[...box(0, 0, 8, 1).slice(0, 3), [1, 1], [1, 8], [0, 8], [0, 0]]]
  const ring: Polygon = [box(0, 0, 9, 9), box(1, 1, 8, 6).toReversed()]
  const parts: Polygon[] = [[box(0, 0, 1, 1)], [box(20, 0, 28, 2)], [box(40, 0, 41, 1)]]
  const north: Polygon = [box(0, 80, 40, 90)]
  expect([[bend], [ring], parts, [north]].map((polygons) => isAllIn(polygons, SIZE))).toEqual([true, true, true, true])
  const { latitude, longitude } = placeLabel([bend], SIZE)!
  expect([longitude > 1, latitude < 1]).toEqual([true, true])
  expect(placeLabel(parts, SIZE)!.longitude).toBeCloseTo(24, 6)
})

test('an area that is too thin, or none, has no name on the map', () => {
  expect([
    placeLabel([], SIZE),
    placeLabel([[box(0, 0, 100, 1e-6)]], SIZE),
    placeLabel([[box(0, 0, 0, 0)]], SIZE),
  ]).toEqual([undefined, undefined, undefined])
})

test('no name is larger than its area, whatever the two look like', () => {
  const star = fc
    .tuple(
      fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 3, maxLength: 12 }),
      fc.double({ min: -150, max: 150, noNaN: true }),
      fc.double({ min: -70, max: 70, noNaN: true }),
      fc.double({ min: 1e-4, max: 10, noNaN: true }),
    )
    .map(([radii, longitude, latitude, size]): Polygon => {
      const points = radii.map((radius, i): Point => {
        const angle = (i / radii.length) * 2 * Math.PI
        return [longitude + size * radius * Math.cos(angle), latitude + size * radius * Math.sin(angle)]
      })
      return [[...points, points[0]]]
    })
  const size = fc.record({ width: fc.integer({ min: 5, max: 600 }), height: fc.integer({ min: 8, max: 40 }) })
  fc.assert(
    fc.property(star, size, fc.integer({ min: 0, max: 3 }), (polygon, label, beyond) => {
      fc.pre(placeLabel([polygon], label) !== undefined)
      expect(isAllIn([polygon], label, beyond)).toBe(true)
    }),
  )
})
