import { expect, test } from 'vitest'
import type { Ring } from '../request/search-request.ts'
import { areaText, squareKilometers, unitedSquareKilometers } from './measure-shapes.ts'
import { ringAt } from './ring-at.ts'
import { ringKind } from './ring-kind.ts'

const around = (count: number, radius: (i: number) => number): Ring => {
  const corners = Array.from({ length: count }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / count
    return [(radius(i) / Math.cos((-34.9 * Math.PI) / 180)) * Math.cos(angle) - 56, radius(i) * Math.sin(angle) - 34.9]
  })
  return [...corners, corners[0]]
}

const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]

test('a ring is known by its form', () => {
  expect(
    [
      box(0, 0, 1, 2),
      [...box(0, 0, 1, 2).slice(1, -1), [0, 0.1], [1, 0]] as Ring,
      around(64, () => 0.01),
      around(64, (i) => (i === 7 ? 0.012 : 0.01)),
      around(12, () => 0.01),
      around(400, (i) => 0.01 + (i % 2) * 0.001),
    ].map(ringKind),
  ).toEqual(['rectangle', 'polygon', 'circle', 'polygon', 'polygon', 'long'])
})

test('a click in a hole is about the hole, one beside it about the area', () => {
  const shapes = [[box(0, 0, 10, 10), box(1, 1, 2, 2)], [box(1.2, 1.2, 1.4, 1.4)]]
  expect([ringAt(shapes, 5, 5), ringAt(shapes, 1.1, 1.1), ringAt(shapes, 1.3, 1.3), ringAt(shapes, 11, 1)]).toEqual([
    { shape: 0, ring: 0 },
    { shape: 0, ring: 1 },
    { shape: 1, ring: 0 },
    undefined,
  ])
})

test('a square degree at the equator, without its hole, and what overlaps once', () => {
  const degree = squareKilometers([box(0, -0.5, 1, 0.5)])
  expect(degree).toBeGreaterThan(12_300)
  expect(degree).toBeLessThan(12_420)
  expect(squareKilometers([box(0, -0.5, 1, 0.5), box(0.25, -0.25, 0.75, 0.25)])).toBeCloseTo(degree * 0.75, -1)
  expect(unitedSquareKilometers([[box(0, -0.5, 1, 0.5)], [box(0.5, -0.5, 1.5, 0.5)]])).toBeCloseTo(degree * 1.5, 0)
  expect([0.0042, 1.2345, 123.4, 12_345.6].map(areaText)).toEqual(['4,200 m²', '1.23 km²', '123 km²', '12,346 km²'])
})
