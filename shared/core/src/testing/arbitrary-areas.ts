import fc from 'fast-check'
import { areaOf } from '../area.ts'
import { geoJsonOf, type Point, type Polygon, type Ring } from './parity-oracle.ts'

/** Points of a small grid: much is on edges, on vertices, on one line. */
export const gridPoint = (reach: number): fc.Arbitrary<Point> =>
  fc.tuple(fc.integer({ min: -reach, max: reach }), fc.integer({ min: -reach, max: reach }))

const isSearchable = (polygons: readonly Polygon[]): boolean => {
  try {
    areaOf(geoJsonOf(polygons))
    return true
  } catch {
    return false
  }
}

/** A ring on a small grid that does not cross itself, of either winding; it may touch itself. */
export const gridRing = (reach: number): fc.Arbitrary<Ring> =>
  fc.oneof(
    fc.array(gridPoint(reach), { minLength: 3, maxLength: 5 }).filter((ring) => isSearchable([[ring]])),
    starRing(reach),
  )

/** Vertices in the order of their angle around the middle, so that much larger rings don't cross themselves. */
const starRing = (reach: number): fc.Arbitrary<Ring> =>
  fc
    .tuple(fc.uniqueArray(gridPoint(reach), { minLength: 3, maxLength: 14, selector: String }), fc.boolean())
    .map(([points, isReversed]) => {
      const ring = points.toSorted(
        ([ax, ay], [bx, by]) => Math.atan2(ay, ax) - Math.atan2(by, bx) || ax * ax + ay * ay - bx * bx - by * by,
      )
      return isReversed ? ring.toReversed() : ring
    })
    .filter((ring) => isSearchable([[ring]]))

/** Polygons with holes, wherever those lie: across the outline, outside, in each other, on its edges. */
export const gridPolygons = (reach: number): fc.Arbitrary<Polygon[]> =>
  fc.array(fc.array(gridRing(reach), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
