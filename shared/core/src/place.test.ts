import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areaOf } from './area.ts'
import { cellBounds, cellOf } from './cell.ts'
import { contains, placeOf, placeOfCell } from './place.ts'

type Point = [number, number]

const polygon = (...rings: Point[][]): unknown => ({
  type: 'Polygon',
  coordinates: rings.map((ring) => [...ring, ring[0]].map(([x, y]) => [x / 1e6, y / 1e6])),
})

/** Crossing parity in whole numbers, ten lines, for small coordinates. */
const oracle = (rings: Point[][], [x, y]: Point): boolean => {
  let inside = false
  for (const ring of rings) {
    ring.forEach(([ax, ay], i) => {
      const [bx, by] = ring[(i + 1) % ring.length]
      if (ay <= y === by <= y) return
      const cross = BigInt(bx - ax) * BigInt(y - ay) - BigInt(by - ay) * BigInt(x - ax)
      if (by > ay ? cross > 0n : cross < 0n) inside = !inside
    })
  }
  return inside
}

const coordinate = fc.integer({ min: -12, max: 12 })
const point = fc.tuple(coordinate, coordinate) as fc.Arbitrary<Point>
const ring = fc.uniqueArray(point, { minLength: 3, maxLength: 8, selector: String })

test('a point is inside exactly when whole-number crossing parity says so, points on edges and vertices included', () => {
  fc.assert(
    fc.property(fc.array(ring, { minLength: 1, maxLength: 2 }), fc.array(point, { minLength: 20 }), (rings, points) => {
      const area = areaOf(polygon(...rings))
      expect(points.map(([x, y]) => contains(area, x, y))).toEqual(points.map((p) => oracle(rings, p)))
    }),
    { numRuns: 500 },
  )
})

test('large coordinates are decided exactly: a point one millionth of a degree off a diagonal takes its side', () => {
  const rings: Point[][] = [
    [
      [-89_999_999, -44_999_999],
      [89_999_999, 45_000_000],
      [-89_999_999, 45_000_000],
    ],
  ]
  const area = areaOf(polygon(...rings))
  fc.assert(
    fc.property(fc.integer({ min: -44_000_000, max: 44_000_000 }), fc.integer({ min: -2, max: 2 }), (y, off) => {
      const x = 2 * y + off
      expect(contains(area, x, y)).toBe(oracle(rings, [x, y]))
    }),
  )
})

test('polygons that share edges share no point and leave none between them', () => {
  fc.assert(
    fc.property(point, fc.array(point, { minLength: 30 }), (middle, points) => {
      const corners: Point[] = [
        [-13, -13],
        [13, -13],
        [13, 13],
        [-13, 13],
      ]
      const parts = corners.map((corner, i) => areaOf(polygon([corner, corners[(i + 1) % 4], middle])))
      for (const [x, y] of points) expect(parts.filter((part) => contains(part, x, y))).toHaveLength(1)
    }),
  )
})

test('a box that is called inside or outside is so for every point of it', () => {
  const box = fc.tuple(coordinate, coordinate, fc.nat(6), fc.nat(6))
  let decided = 0
  fc.assert(
    fc.property(fc.array(ring, { minLength: 1, maxLength: 2 }), box, (rings, [west, south, width, height]) => {
      const area = areaOf(polygon(...rings))
      const place = placeOf(area, { west, south, east: west + width, north: south + height })
      if (place === 'boundary') return
      decided++
      for (let x = west; x <= west + width; x++) {
        for (let y = south; y <= south + height; y++) expect(contains(area, x, y)).toBe(place === 'inside')
      }
    }),
    { numRuns: 2_000 },
  )
  expect(decided).toBeGreaterThan(200)
})

test('a level edge right through a box makes it a boundary', () => {
  const area = areaOf(
    polygon([
      [-10, 0],
      [10, 0],
      [10, 10],
      [-10, 10],
    ]),
  )
  expect(placeOf(area, { west: -1, south: -1, east: 1, north: 1 })).toBe('boundary')
})

test('cells of a district-sized polygon are told apart', () => {
  const area = areaOf({
    type: 'Polygon',
    coordinates: [
      [
        [-56.3, -35],
        [-56, -35],
        [-56, -34.7],
        [-56.3, -34.7],
        [-56.3, -35],
      ],
    ],
  })
  const cellAt = (x: number, y: number): number => cellOf(x * 1e6, y * 1e6, 5)
  expect(
    [cellAt(-56.15, -34.85), cellAt(-56.3, -34.9), cellAt(-55, -34)].map((cell) => placeOfCell(area, cell, 5)),
  ).toEqual(['inside', 'boundary', 'outside'])
  expect(cellBounds(cellAt(-56.15, -34.85), 5).west).toBeGreaterThan(-56.3)
})

test.each([
  ['no object', 5, 'not a GeoJSON object'],
  ['a point', { type: 'Point', coordinates: [1, 2] }, 'a Polygon or a MultiPolygon is needed'],
  [
    'an open ring',
    {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
    },
    'not closed',
  ],
  [
    'two distinct points',
    {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [0, 0],
        ],
      ],
    },
    'fewer than 3 distinct',
  ],
  [
    'latitude first',
    {
      type: 'Polygon',
      coordinates: [
        [
          [-34, -156],
          [1, 0],
          [1, 1],
          [-34, -156],
        ],
      ],
    },
    'longitude comes first',
  ],
  [
    'text',
    {
      type: 'Polygon',
      coordinates: [
        [
          ['0', 0],
          [1, 0],
          [1, 1],
          ['0', 0],
        ],
      ],
    },
    'in numbers',
  ],
  [
    'not a number',
    {
      type: 'Polygon',
      coordinates: [
        [
          [NaN, 0],
          [1, 0],
          [1, 1],
          [NaN, 0],
        ],
      ],
    },
    'off the globe',
  ],
  [
    'across the antimeridian',
    {
      type: 'Polygon',
      coordinates: [
        [
          [179, 0],
          [-179, 0],
          [-179, 1],
          [179, 0],
        ],
      ],
    },
    'antimeridian',
  ],
  ['nothing', { type: 'FeatureCollection', features: [] }, 'holds no polygon'],
  [
    'nested collections',
    { type: 'FeatureCollection', features: [{ type: 'FeatureCollection', features: [] }] },
    'is not a Feature',
  ],
  [
    'nested Features',
    { type: 'Feature', geometry: { type: 'Feature', geometry: null } },
    'a Polygon or a MultiPolygon is needed',
  ],
])('an area of %s is refused', (_, geojson, message) => {
  expect(() => areaOf(geojson)).toThrow(message)
})
