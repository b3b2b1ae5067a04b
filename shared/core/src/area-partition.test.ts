import { Delaunay } from 'd3-delaunay'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Area, areaOf } from './area.ts'
import { contains } from './place.ts'
import { gridPoint } from './testing/arbitrary-areas.ts'
import { geoJsonOf, type Point, type Polygon, type Ring } from './testing/parity-oracle.ts'
import { overlaps, type Period } from './time-window.ts'

const howMany = (areas: readonly Area[], [x, y]: Point): number => areas.filter((area) => contains(area, x, y)).length

const SIDE = 20
const CORNERS: Point[] = [
  [-SIDE, -SIDE],
  [SIDE, -SIDE],
  [SIDE, SIDE],
  [-SIDE, SIDE],
]
const isInSquare = ([x, y]: Point): boolean => x >= -SIDE && x < SIDE && y >= -SIDE && y < SIDE
/** Every point of the square and around it: all that lie on edges and vertices too. */
const POINTS: Point[] = Array.from({ length: (2 * SIDE + 3) ** 2 }, (_, i) => [
  (i % (2 * SIDE + 3)) - SIDE - 1,
  Math.floor(i / (2 * SIDE + 3)) - SIDE - 1,
])

/** The square as triangles of random vertices; either winding. */
const trianglesOf = (vertices: readonly Point[]): Ring[] => {
  const all = [...new Map([...CORNERS, ...vertices].map((point) => [String(point), point])).values()]
  const { triangles } = Delaunay.from(all.map(([x, y]) => [x, y]))
  return Array.from({ length: triangles.length / 3 }, (_, i) => {
    const ring = [0, 1, 2].map((corner) => all[triangles[3 * i + corner]])
    return i % 2 === 0 ? ring : ring.toReversed()
  })
}

test('triangles that share edges partition the points: each is in one, on whatever edge or vertex it lies', () => {
  fc.assert(
    fc.property(fc.array(gridPoint(SIDE), { maxLength: 30 }), (vertices) => {
      const areas = trianglesOf(vertices).map((ring) => areaOf(geoJsonOf([[ring]])))
      const wrong = POINTS.filter((point) => howMany(areas, point) !== Number(isInSquare(point)))
      expect(wrong).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test('areas of several triangles each, which touch themselves and each other, partition the points', () => {
  fc.assert(
    fc.property(
      fc.array(gridPoint(SIDE), { minLength: 4, maxLength: 30 }),
      fc.array(fc.nat(3), { minLength: 70, maxLength: 70 }),
      (vertices, owners) => {
        const polygons: Polygon[][] = [[], [], [], []]
        trianglesOf(vertices).forEach((ring, i) => polygons[owners[i]].push([ring]))
        const areas = polygons.filter((part) => part.length > 0).map((part) => areaOf(geoJsonOf(part)))
        expect(POINTS.filter((point) => howMany(areas, point) !== Number(isInSquare(point)))).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
})

/** Doubled area; positive when counterclockwise. */
const turn = ([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number =>
  (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)

/** Whether a chord between two vertices lies inside a counterclockwise ring without touching it elsewhere. */
const isChord = (ring: Ring, i: number, j: number): boolean => {
  const [a, b] = [ring[i], ring[j]]
  const isFree = ring.every((c, k) => {
    const d = ring[(k + 1) % ring.length]
    const isOn = turn(a, b, c) === 0 && (c[0] - a[0]) * (c[0] - b[0]) + (c[1] - a[1]) * (c[1] - b[1]) <= 0
    if (k !== i && k !== j && isOn) return false
    return !(turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0)
  })
  // Within the angle at `a`.
  const [before, after] = [ring[(i + ring.length - 1) % ring.length], ring[(i + 1) % ring.length]]
  const isInAngle =
    turn(before, a, after) > 0
      ? turn(a, b, before) > 0 && turn(a, after, b) > 0
      : !(turn(a, b, after) >= 0 && turn(a, before, b) >= 0)
  return isFree && isInAngle
}

/** Cuts the largest ring along the first chord that a list of wishes allows, again and again: concave polygons that share edges. */
const cutUp = (outline: Ring, wishes: readonly (readonly [number, number])[]): Ring[] => {
  const rings = [outline]
  for (const [from, to] of wishes) {
    const ring = rings.toSorted((a, b) => b.length - a.length)[0]
    const [i, j] = [from % ring.length, to % ring.length].toSorted((a, b) => a - b)
    if (j - i < 2 || j - i > ring.length - 2 || !isChord(ring, i, j)) continue
    rings.splice(rings.indexOf(ring), 1, ring.slice(i, j + 1), [...ring.slice(j), ...ring.slice(0, i + 1)])
  }
  return rings
}

const starOutline = fc
  .uniqueArray(gridPoint(SIDE), {
    minLength: 12,
    maxLength: 40,
    selector: ([x, y]) => (x === 0 && y === 0 ? 'middle' : Math.atan2(y, x)),
  })
  .map((points): Ring =>
    points
      .filter(([x, y]) => x !== 0 || y !== 0)
      .toSorted(([ax, ay], [bx, by]) => Math.atan2(ay, ax) - Math.atan2(by, bx)),
  )
  // The middle must lie inside, for the winding to be counterclockwise.
  .filter((ring) => ring.every((point, i) => turn([0, 0], point, ring[(i + 1) % ring.length]) > 0))

test('concave polygons that were one, and the rest of the square as a polygon with a hole, partition the points', () => {
  let most = 0
  fc.assert(
    fc.property(
      starOutline,
      fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 20, maxLength: 60 }),
      (outline, wishes) => {
        const rings = cutUp(outline, wishes)
        most = Math.max(most, rings.length)
        const around: Point[] = CORNERS.map(([x, y]) => [x * 2, y * 2])
        const areas = [[around, outline], ...rings.map((ring) => [ring])].map((polygon) => areaOf(geoJsonOf([polygon])))
        expect(POINTS.filter((point) => howMany(areas, point) !== 1)).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
  expect(most).toBeGreaterThan(5)
})

test('boxes around the globe, one across the antimeridian and caps at the poles partition all positions', () => {
  const sorted = (values: number[]): number[] => values.toSorted((a, b) => a - b)
  const lines = fc.record({
    meridians: fc
      .tuple(
        fc.integer({ min: -170e6, max: -60e6 }),
        fc.integer({ min: -50e6, max: 50e6 }),
        fc.integer({ min: 60e6, max: 170e6 }),
      )
      .map((meridians): number[] => [...meridians]),
    parallels: fc.uniqueArray(fc.integer({ min: -89e6, max: 89e6 }), { minLength: 1, maxLength: 4 }).map(sorted),
    slant: fc.integer({ min: -500_000, max: 500_000 }),
  })
  fc.assert(
    fc.property(
      lines,
      fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000), gridPoint(2)), { minLength: 30 }),
      ({ meridians, parallels, slant }, seeds) => {
        const longitudes = [...meridians, meridians[0] + 360e6]
        const latitudes = [-90e6, ...parallels, 90e6]
        const areas = longitudes.slice(1).flatMap((east, i) =>
          latitudes.slice(1).map((north, j) => {
            const [west, south, middle] = [longitudes[i], latitudes[j], Math.round((longitudes[i] + east) / 2)]
            // Edges of up to 220° are cut in two; those along meridians slant from box to box.
            const [low, high] = [j * slant, (j + 1) * slant]
            const ring: Point[] = [
              [west + low, south],
              [middle + low, south],
              [east + low, south],
              [east + high, north],
              [middle + high, north],
              [west + high, north],
            ]
            return areaOf(geoJsonOf([[ring]]))
          }),
        )
        const points = seeds.map(([i, j, [dx, dy]]): Point => {
          const x = [...longitudes, -180e6, 180e6][i % (longitudes.length + 2)] + dx * (i % 3)
          const y = latitudes[j % latitudes.length] + dy * (j % 3)
          return [
            x === 180e6 || x === -180e6 ? x : ((((x + 180e6) % 360e6) + 360e6) % 360e6) - 180e6,
            Math.max(-90e6, Math.min(90e6, y)),
          ]
        })
        expect(points.map((point) => [point, howMany(areas, point)])).toEqual(points.map((point) => [point, 1]))
      },
    ),
    { numRuns: 300 },
  )
})

test('adjacent periods partition the instants', () => {
  const bounds = fc
    .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2 })
    .map((values) => values.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(bounds, fc.integer({ min: -60, max: 60 }), (edges, instant) => {
      const periods = edges.slice(1).map((to, i): Period => ({ from: edges[i], to }))
      const holding = periods.filter((period) => overlaps(period, { from: instant, to: instant + 1 }))
      expect(holding).toHaveLength(Number(instant >= edges[0] && instant < edges.at(-1)!))
    }),
  )
})
