import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areaOf } from './area.ts'
import { cellBounds, cellOf } from './cell.ts'
import { contains, placeOf, placeOfCell } from './place.ts'
import { gridPoint, gridPolygons } from './testing/arbitrary-areas.ts'
import { geoJsonOf, isInPolygons, type Point, type Polygon } from './testing/parity-oracle.ts'

const box = (west: number, south: number, east: number, north: number): Point[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
]

/** The same shapes at another place and another size. */
const moved = (polygons: readonly Polygon[], [dx, dy]: Point, factor: number): Polygon[] =>
  polygons.map((rings) => rings.map((ring) => ring.map(([x, y]): Point => [x * factor + dx, y * factor + dy])))

test('a point is inside exactly when whole numbers say so, points on edges and vertices included', () => {
  fc.assert(
    fc.property(gridPolygons(12), fc.array(gridPoint(13), { minLength: 40, maxLength: 80 }), (polygons, points) => {
      const area = areaOf(geoJsonOf(polygons))
      expect(points.map(([x, y]) => contains(area, x, y))).toEqual(points.map((p) => isInPolygons(polygons, p)))
    }),
    { numRuns: 3_000 },
  )
})

test('so it is for areas of every size, anywhere on the globe, at its edges and at the poles', () => {
  const place = fc.record({
    factor: fc.constantFrom(1, 7, 1_000, 333_333, 1_000_003, 7_500_000),
    middle: fc.tuple(
      fc.oneof(fc.constantFrom(-180e6, 180e6, 0, 270e6), fc.integer({ min: -270e6, max: 270e6 })),
      fc.oneof(fc.constantFrom(-90e6, 90e6, 0), fc.integer({ min: -90e6, max: 90e6 })),
    ),
  })
  const near = fc.record({ at: gridPoint(13), off: gridPoint(2) })
  let [found, tried] = [0, 0]
  fc.assert(
    fc.property(
      gridPolygons(12),
      place,
      fc.array(near, { minLength: 40, maxLength: 60 }),
      (small, { factor, middle }, nears) => {
        const [x, y] = middle
        const shift = Math.max(-90e6 + 12 * factor, Math.min(90e6 - 12 * factor, y))
        const polygons = moved(small, [x, shift], factor)
        const area = areaOf(geoJsonOf(polygons))
        for (const { at, off } of nears) {
          // Back into the turn of the globe that positions are in; 180 itself stays.
          const east = x + at[0] * factor + off[0]
          const point: Point = [
            east === 180e6 ? east : ((((east + 180e6) % 360e6) + 360e6) % 360e6) - 180e6,
            Math.max(-90e6, Math.min(90e6, shift + at[1] * factor + off[1])),
          ]
          const isIn = contains(area, ...point)
          expect(isIn).toBe(isInPolygons(polygons, point))
          tried++
          found += Number(isIn)
        }
      },
    ),
    { numRuns: 3_000 },
  )
  expect(found / tried).toBeGreaterThan(0.1)
})

/** Whole u, v with a·v − b·u = 1, for a, b > 0 without a common divisor. */
const bezout = (a: number, b: number): [u: number, v: number] => {
  let [[r, s], [u, nextU], [v, nextV]] = [
    [a, b],
    [0, 1],
    [1, 0],
  ]
  while (s !== 0) {
    const q = Math.floor(r / s)
    ;[r, s, u, nextU, v, nextV] = [s, r - q * s, nextU, u - q * nextU, nextV, v - q * nextV]
  }
  return [((-u % a) + a) % a, ((v % b) + b) % b]
}

test('the points next to an edge across a continent, nearer than doubles can tell, take their sides', () => {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  const edge = fc
    .tuple(fc.integer({ min: 50_000_000, max: 180_000_000 }), fc.integer({ min: 25_000_000, max: 90_000_000 }))
    .filter(([run, rise]) => divisor(run, rise) === 1)
  const [west, south] = [-90_000_000, -45_000_000]
  let untold = 0
  fc.assert(
    fc.property(edge, fc.boolean(), ([run, rise], isAbove) => {
      // No whole points are nearer to the edge than these two.
      const [u, v] = bezout(run, rise)
      const [x, y] = isAbove ? [u, v] : [run - u, rise - v]
      if (run * y - rise * x > 0 !== isAbove) untold++
      const [east, north] = [west + run, south + rise]
      const ends: Point[] = [
        [west, south],
        [east, north],
      ]
      const [above, below] = [
        [...ends, [west, north] as const],
        [...ends, [east, south] as const],
      ].map((ring) => contains(areaOf(geoJsonOf([[ring]])), west + x, south + y))
      expect([above, below]).toEqual([isAbove, !isAbove])
    }),
    { numRuns: 2_000 },
  )
  expect(untold).toBeGreaterThan(10)
})

test('the western and the southern edge are in, the eastern and the northern out', () => {
  const area = areaOf(geoJsonOf([[box(0, 0, 10, 10), box(4, 4, 6, 6)]]))
  const isIn = (points: Point[]): boolean[] => points.map(([x, y]) => contains(area, x, y))
  expect(
    isIn([
      [0, 5],
      [5, 0],
      [0, 0],
    ]),
  ).toEqual([true, true, true])
  expect(
    isIn([
      [10, 5],
      [5, 10],
      [10, 10],
      [10, 0],
      [0, 10],
    ]),
  ).toEqual([false, false, false, false, false])
  // Of a hole the other way around.
  expect(
    isIn([
      [4, 5],
      [5, 4],
      [6, 5],
      [5, 6],
    ]),
  ).toEqual([false, false, true, true])
})

test('longitude 180 is −180, and latitude 90 is in what reaches it', () => {
  const [east, west] = [box(170e6, -10e6, 180e6, 10e6), box(-180e6, -10e6, -170e6, 10e6)].map((ring) =>
    areaOf(geoJsonOf([[ring]])),
  )
  expect([east, west].map((area) => [contains(area, 180e6, 0), contains(area, -180e6, 0)])).toEqual([
    [false, false],
    [true, true],
  ])
  const caps = [box(-180e6, 60e6, 180e6, 90e6), box(-180e6, -90e6, 180e6, -60e6)].map((ring) =>
    areaOf(geoJsonOf([[ring]])),
  )
  const poles: Point[] = [
    [0, 90e6],
    [180e6, 90e6],
    [-180e6, 90e6],
    [0, -90e6],
    [180e6, -90e6],
  ]
  expect(caps.map((area) => poles.map(([x, y]) => contains(area, x, y)))).toEqual([
    [true, true, true, false, false],
    [false, false, false, true, true],
  ])
})

test('a box that is called inside or outside is so for every point of it', () => {
  const boxes = fc.tuple(fc.integer({ min: -13, max: 13 }), fc.integer({ min: -13, max: 13 }), fc.nat(6), fc.nat(6))
  const counts = { inside: 0, outside: 0, boundary: 0, needless: 0 }
  fc.assert(
    fc.property(gridPolygons(12), fc.array(boxes, { minLength: 10 }), (polygons, all) => {
      const area = areaOf(geoJsonOf(polygons))
      for (const [west, south, width, height] of all) {
        const place = placeOf(area, { west, south, east: west + width, north: south + height })
        const points = new Set<boolean>()
        for (let x = west; x <= west + width; x++) {
          for (let y = south; y <= south + height; y++) points.add(isInPolygons(polygons, [x, y]))
        }
        counts[place]++
        if (place !== 'boundary') expect([...points]).toEqual([place === 'inside'])
        else if (points.size === 1) counts.needless++
      }
    }),
    { numRuns: 1_000 },
  )
  expect(counts.inside).toBeGreaterThan(300)
  // Doubt is allowed, but it is the exception.
  expect(counts.needless / counts.boundary).toBeLessThan(0.5)
})

test('a cell that is called inside or outside is so at its corners, on its borders and in its middle', () => {
  const cells = fc.record({
    length: fc.integer({ min: 1, max: 6 }),
    x: fc.oneof(fc.constantFrom(-180e6, 180e6, 0), fc.integer({ min: -180e6, max: 180e6 })),
    y: fc.oneof(fc.constantFrom(-90e6, 90e6, 0), fc.integer({ min: -90e6, max: 90e6 })),
  })
  const counts = { inside: 0, outside: 0, boundary: 0 }
  fc.assert(
    fc.property(
      gridPolygons(12),
      cells,
      fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
      (small, { length, x, y }, randoms) => {
        const cell = cellOf(x, y, length)
        const bounds = cellBounds(cell, length)
        const [west, south] = [Math.ceil(bounds.west * 1e6), Math.ceil(bounds.south * 1e6)]
        const east = bounds.east === 180 ? 180e6 : Math.ceil(bounds.east * 1e6) - 1
        const north = bounds.north === 90 ? 90e6 : Math.ceil(bounds.north * 1e6) - 1
        // The shapes' grid runs along the cell's borders: edges on them, holes and islands within.
        const factor = Math.floor((east - west + 1) / 6)
        const tall = Math.floor((north - south + 1) / 6)
        const polygons = small.map((rings) =>
          rings.map((ring) =>
            ring.map(([u, v]): Point => [
              west + (u + 3) * factor,
              Math.max(-90e6, Math.min(90e6, south + (v + 3) * tall)),
            ]),
          ),
        )
        let area: ReturnType<typeof areaOf>
        try {
          area = areaOf(geoJsonOf(polygons))
        } catch {
          // Cut off at a pole, wider than the globe.
          return
        }
        const place = placeOfCell(area, cell, length)
        counts[place]++
        if (place === 'boundary') return
        const points: Point[] = [
          ...box(west, south, east, north),
          ...randoms.flatMap(([u, v]): Point[] => {
            const [px, py] = [west + (u % (east - west + 1)), south + (v % (north - south + 1))]
            return [
              [px, py],
              [px, south],
              [px, north],
              [west, py],
              [east, py],
            ]
          }),
        ]
        for (const point of points) {
          expect(cellOf(...point, length)).toBe(cell)
          expect(isInPolygons(polygons, point)).toBe(place === 'inside')
        }
      },
    ),
    { numRuns: 4_000 },
  )
  expect(Math.min(counts.inside, counts.outside, counts.boundary)).toBeGreaterThan(50)
})

test('an island in a cell and a hole in a cell are found: neither is wholly outside or inside', () => {
  const cell = cellOf(-56_150_000, -34_850_000, 5)
  const { west, south } = cellBounds(cell, 5)
  const [x, y] = [Math.ceil(west * 1e6), Math.ceil(south * 1e6)]
  const island = box(x + 10, y + 10, x + 12, y + 12)
  const around = box(x - 1e6, y - 1e6, x + 1e6, y + 1e6)
  const places = [[[island]], [[around, island]], [[around]], [[around, box(x - 10, y - 10, x + 1e6, y + 1e6)]]].map(
    (polygons) => placeOfCell(areaOf(geoJsonOf(polygons)), cell, 5),
  )
  expect(places).toEqual(['boundary', 'boundary', 'inside', 'outside'])
})

test('an edge on the border of a box parts it only if points of the box lie on its other side', () => {
  const area = areaOf(geoJsonOf([[box(0, 0, 10, 10)]]))
  const boxes: [number, number, number, number][] = [
    [0, 0, 9, 9],
    [0, 0, 10, 9],
    [-3, 0, -1, 9],
    [-1, 0, 5, 5],
    [10, 0, 12, 9],
    [0, 10, 9, 12],
  ]
  expect(boxes.map(([west, south, east, north]) => placeOf(area, { west, south, east, north }))).toEqual([
    'inside',
    'boundary',
    'outside',
    'boundary',
    'outside',
    'outside',
  ])
})

test('the cells at the eastern end of the globe know that 180 is −180', () => {
  const west = areaOf(geoJsonOf([[box(-180e6, -10e6, -170e6, 10e6)]]))
  const east = areaOf(geoJsonOf([[box(170e6, -10e6, 180e6, 10e6)]]))
  const across = areaOf(geoJsonOf([[box(170e6, -10e6, 190e6, 10e6)]]))
  const last = cellOf(180e6, 0, 5)
  expect([west, east, across].map((area) => placeOfCell(area, last, 5))).toEqual(['boundary', 'boundary', 'inside'])
  expect(west.bounds).toEqual({ west: -180e6, south: -10e6, east: 180e6, north: 10e6 })
  expect(placeOf(west, { west: 180e6, south: 0, east: 180e6, north: 5 })).toBe('inside')
})

test('a level edge right through a box makes it a boundary', () => {
  const area = areaOf(
    geoJsonOf([
      [
        [
          [-10, 0],
          [10, 0],
          [10, 10],
          [-10, 10],
        ],
      ],
    ]),
  )
  expect(placeOf(area, { west: -1, south: -1, east: 1, north: 1 })).toBe('boundary')
})
