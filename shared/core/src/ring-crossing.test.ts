import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findCrossing } from './ring-crossing.ts'
import { gridPoint } from './testing/arbitrary-areas.ts'
import { pointsOf } from './testing/geo-json.ts'
import type { Point, Ring } from './testing/parity-oracle.ts'

const crossingOf = (ring: Ring): ReturnType<typeof findCrossing> => {
  const closed = [...ring, ring[0]].filter(([x, y], i, all) => i === 0 || x !== all[i - 1][0] || y !== all[i - 1][1])
  return findCrossing(
    Float64Array.from(closed, ([x]) => x),
    Float64Array.from(closed, ([, y]) => y),
  )
}

/** How often a ring winds around a point that is not on it. */
const windingNumber = (ring: Ring, x: number, y: number): number => {
  let winding = 0
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length]
    if (ay > y === by > y) return
    if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0 === by > ay) winding += by > ay ? 1 : -1
  })
  return winding
}

/** Every point in which two edges cut each other. */
const cutsOf = (ring: Ring): Point[] => {
  const edges = ring.map(([ax, ay], i) => [ax, ay, ...ring[(i + 1) % ring.length]])
  return edges.flatMap(([ax, ay, bx, by], i) =>
    edges.slice(i + 1).flatMap(([cx, cy, dx, dy]): Point[] => {
      const divisor = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
      const s = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / divisor
      const t = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / divisor
      return s > 0 && s < 1 && t > 0 && t < 1 ? [[ax + s * (bx - ax), ay + s * (by - ay)]] : []
    }),
  )
}

/** The directions in which edges leave a point, ascending: those that end in it, and those that pass through it, both ways. */
const directionsFrom = (ring: Ring, [x, y]: Point): number[] => {
  const ends = ring.flatMap(([ax, ay], i): Point[] => {
    const [bx, by] = ring[(i + 1) % ring.length]
    const isThrough =
      (bx - ax) * (y - ay) === (by - ay) * (x - ax) && (x - ax) * (x - bx) <= 0 && (y - ay) * (y - by) <= 0
    return isThrough ? [ring[i], [bx, by]] : []
  })
  const angles = ends.filter(([ex, ey]) => ex !== x || ey !== y).map(([ex, ey]) => Math.atan2(ey - y, ex - x))
  return [...new Set(angles)].toSorted((a, b) => a - b)
}

/** The vertices around which there are more than two winding numbers, looked at once between each direction and the next. */
const knotsOf = (ring: Ring): Point[] =>
  ring.filter(([x, y]) => {
    const directions = directionsFrom(ring, [x, y])
    const around = directions.map((angle, i) => {
      const next = directions[i + 1] ?? directions[0] + 2 * Math.PI
      const between = (angle + next) / 2
      return windingNumber(ring, x + 1e-4 * Math.cos(between), y + 1e-4 * Math.sin(between))
    })
    return Math.max(...around) - Math.min(...around) > 1
  })

test('a ring crosses itself where its edges cut each other or more than two windings meet in a vertex, and nowhere else', () => {
  let crossing = 0
  const few = fc.array(gridPoint(3), { minLength: 3, maxLength: 8 })
  const many = fc.array(gridPoint(12), { minLength: 4, maxLength: 9 })
  fc.assert(
    fc.property(fc.oneof(few, many), (ring) => {
      const found = crossingOf(ring)
      const places = [...cutsOf(ring), ...knotsOf(ring)]
      const isPlace = found !== undefined && places.some(([x, y]) => Math.hypot(x - found.x, y - found.y) < 1e-9)
      expect([found !== undefined, isPlace]).toEqual(places.length > 0 ? [true, true] : [false, false])
      if (isPlace) crossing++
    }),
    { numRuns: 3_000 },
  )
  expect(crossing).toBeGreaterThan(500)
  expect(crossing).toBeLessThan(2_900)
})

test.each<[string, Point[], Point | undefined]>([
  ['a bow tie', pointsOf('0 0, 2 2, 2 0, 0 2'), [1, 1]],
  ['a bow tie with a vertex in its middle, on one strand', pointsOf('0 0, 1 1, 2 2, 2 0, 0 2'), [1, 1]],
  ['a bow tie with a vertex in its middle, on both strands', pointsOf('0 0, 1 1, 2 2, 2 0, 1 1, 0 2'), [1, 1]],
  ['two triangles that touch in a vertex, one after the other', pointsOf('1 1, 0 2, 0 0, 1 1, 2 0, 2 2'), undefined],
  ['a ring with its hole hung on a vertex', pointsOf('0 0, 4 0, 4 4, 0 4, 0 0, 1 2, 2 1'), undefined],
  ['a ring with a spike', pointsOf('0 0, 4 0, 4 4, 2 4, 2 6, 2 4, 0 4'), undefined],
  ['a ring with a hole at the end of a slit', pointsOf('0 0, 4 0, 4 4, 0 4, 0 0, 1 1, 1 3, 3 3, 3 1, 1 1'), undefined],
  ['a ring that touches its own edge', pointsOf('0 0, 4 0, 2 2, 4 4, 0 4, 2 2'), undefined],
  ['a ring that is walked twice', pointsOf('0 0, 4 0, 4 4, 0 0, 4 0, 4 4'), [0, 0]],
  [
    'a ring that runs along itself and then leaves to the other side',
    pointsOf('0 0, 6 0, 6 2, 2 0, 4 0, 1 -2'),
    [2, 0],
  ],
])('%s', (_, ring, place) => {
  const found = crossingOf(ring)
  expect(found && [found.x, found.y]).toEqual(place)
})

test('a crossing among ten thousand edges is found, and a coast without one has none', () => {
  const count = 10_000
  const coast = Array.from({ length: count }, (_, i): Point => {
    const [angle, radius] = [(i / count) * 2 * Math.PI, i % 2 === 0 ? 5e6 : 4.99e6]
    return [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))]
  })
  expect(crossingOf(coast)).toBeUndefined()
  const knotted = coast.with(5_000, coast[5_002]).with(5_002, coast[5_000])
  const found = crossingOf(knotted)
  expect(Math.hypot(found!.x - coast[5_001][0], found!.y - coast[5_001][1])).toBeLessThan(20_000)
})

const FEATHERED = 40_000

test.each([
  ['a star', 2 * Math.PI],
  ['a feather', 1e-3],
])('of forty thousand edges that are all abreast of each other, %s, each is not held against each', (_name, turn) => {
  const ring = Array.from({ length: FEATHERED }, (_, i): Point => {
    const angle = (i / FEATHERED) * turn
    // The last is within all others, so that the ring closes without a crossing.
    const radius = i === FEATHERED - 1 ? 1e5 : i % 2 === 0 ? 1e6 : 5e6
    return [radius * Math.cos(angle + 1), radius * Math.sin(angle + 1)]
  })
  expect(crossingOf(ring)).toBeUndefined()
  expect(crossingOf(ring.with(20_001, ring[20_005]).with(20_005, ring[20_001]))).toBeDefined()
})
