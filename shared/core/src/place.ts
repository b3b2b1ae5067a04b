import { orient2d } from 'robust-predicates'
import type { Area, MicroBounds, PolygonEdges } from './area.ts'
import { cellBounds } from './cell.ts'
import { MICRO_PER_DEGREE } from './position.ts'

/** Where a box lies relative to an area: 'inside' and 'outside' hold for every point of it; 'boundary' on any doubt. */
export type Place = 'outside' | 'boundary' | 'inside'

/**
 * The side of a directed edge that a point is on: positive left, negative right, zero on it. Exact.
 */
const sideOf = (ax: number, ay: number, bx: number, by: number, x: number, y: number): number =>
  -orient2d(ax, ay, bx, by, x, y)

/**
 * Law, the edge rule: crossing parity with half-open edges, decided exactly. A point on a western or southern edge is in,
 * one on an eastern or northern edge is out, so polygons that share edges share no point and leave none between them.
 */
const inPolygon = ({ bounds, count, southX, southY, northX, northY }: PolygonEdges, x: number, y: number): boolean => {
  if (x < bounds.west || x > bounds.east || y < bounds.south || y > bounds.north) return false
  let inside = false
  for (let i = 0; i < count; i++) {
    if (y < southY[i] || y >= northY[i]) continue
    if (sideOf(southX[i], southY[i], northX[i], northY[i], x, y) > 0) inside = !inside
  }
  return inside
}

/** Whether a point, in whole millionths of a degree, is in the area. */
export const contains = (area: Area, x: number, y: number): boolean =>
  area.polygons.some((polygon) => inPolygon(polygon, x, y))

/** Whether an edge touches a closed box; may say so where it only comes near. */
const touches = (box: MicroBounds, ax: number, ay: number, bx: number, by: number): boolean => {
  if (Math.max(ax, bx) < box.west || Math.min(ax, bx) > box.east || by < box.south || ay > box.north) return false
  const sides = [
    sideOf(ax, ay, bx, by, box.west, box.south),
    sideOf(ax, ay, bx, by, box.east, box.south),
    sideOf(ax, ay, bx, by, box.west, box.north),
    sideOf(ax, ay, bx, by, box.east, box.north),
  ]
  return !(sides.every((side) => side > 0) || sides.every((side) => side < 0))
}

const placeInPolygon = (polygon: PolygonEdges, box: MicroBounds): Place => {
  const { bounds, count, southX, southY, northX, northY } = polygon
  if (box.east < bounds.west || box.west > bounds.east || box.north < bounds.south || box.south > bounds.north) {
    return 'outside'
  }
  for (let i = 0; i < count; i++) {
    if (touches(box, southX[i], southY[i], northX[i], northY[i])) return 'boundary'
  }
  return inPolygon(polygon, box.west, box.south) ? 'inside' : 'outside'
}

/** Where a closed box lies, in millionths of a degree. */
export const placeOf = (area: Area, box: MicroBounds): Place => {
  let place: Place = 'outside'
  for (const polygon of area.polygons) {
    const here = placeInPolygon(polygon, box)
    if (here === 'inside') return 'inside'
    if (here === 'boundary') place = 'boundary'
  }
  return place
}

/** Where a geohash cell lies. */
export const placeOfCell = (area: Area, cell: number, length: number): Place => {
  const { west, south, east, north } = cellBounds(cell, length)
  return placeOf(area, {
    west: west * MICRO_PER_DEGREE,
    south: south * MICRO_PER_DEGREE,
    east: east * MICRO_PER_DEGREE,
    north: north * MICRO_PER_DEGREE,
  })
}
