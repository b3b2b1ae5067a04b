import { orient2d } from 'robust-predicates'
import type { Area } from './area.ts'
import {
  bandAt,
  EAST,
  EAST_X,
  LIMIT_Y,
  type MicroBounds,
  RING,
  RISE,
  RUN,
  SOUTH_X,
  SOUTH_Y,
  WEST,
  WEST_X,
} from './area-edges.ts'
import { cellBounds } from './cell.ts'
import { MICRO_PER_DEGREE } from './position.ts'

/** Where a box lies relative to an area: 'inside' and 'outside' hold for every point of it; 'boundary' on any doubt. */
export type Place = 'outside' | 'boundary' | 'inside'

/**
 * Whether a point is strictly left of the line of an edge, looking north. Exact: the distances are whole, their products are rounded, and rounding
 * never turns an order around; only products that come out equal have to be told apart in more digits.
 */
const isLeft = (edges: Float64Array, at: number, x: number, y: number): boolean => {
  const [run, rise, fromX, fromY] = [edges[at + RUN], edges[at + RISE], edges[at + SOUTH_X], edges[at + SOUTH_Y]]
  const side = run * (y - fromY) - rise * (x - fromX)
  return side === 0 ? orient2d(fromX, fromY, fromX + run, fromY + rise, x, y) < 0 : side > 0
}

/** Whether an edge lies east of a point, at the point's own latitude. */
const isEast = (edges: Float64Array, at: number, x: number, y: number): boolean =>
  y >= edges[at + SOUTH_Y] &&
  y < edges[at + LIMIT_Y] &&
  x < edges[at + EAST_X] &&
  (x < edges[at + WEST_X] || isLeft(edges, at, x, y))

/**
 * Whether a point, in whole millionths of a degree, is in the area. Invariant, the edge rule: crossing parity with half-open edges, decided
 * exactly, as if the point lay a little further east and, by less, north. So a point on a western or southern edge is in, one on an eastern or northern edge
 * is out, and polygons that share edges share no point and leave none between them. Longitude 180 is −180; latitude 90 is in where
 * the area reaches it from the south.
 */
export const contains = (area: Area, x: number, y: number): boolean => {
  const { bounds, edges, entries, starts, isHole } = area
  if (x < bounds.west || x > bounds.east || y < bounds.south || y > bounds.north) return false
  const longitude = x === EAST ? WEST : x
  const band = bandAt(area, y)
  const end = starts[band + 1]
  if (isHole.length > 1) return containsByRings(area, longitude, y, starts[band], end)
  let isIn = false
  for (let k = starts[band]; k < end; k++) if (isEast(edges, entries[k], longitude, y)) isIn = !isIn
  return isIn
}

/** The entries of a band come ring by ring, the outline of a polygon before its holes. */
const containsByRings = (area: Area, x: number, y: number, start: number, end: number): boolean => {
  const { edges, entries, isHole, polygonOf } = area
  let [isIn, polygon] = [false, -1]
  for (let k = start; k < end;) {
    const ring = edges[entries[k] + RING]
    let isOdd = false
    for (; k < end && edges[entries[k] + RING] === ring; k++) if (isEast(edges, entries[k], x, y)) isOdd = !isOdd
    if (isHole[ring] === 0) {
      if (isIn) return true
      isIn = isOdd
      polygon = polygonOf[ring]
    } else if (isOdd && polygonOf[ring] === polygon) isIn = false
  }
  return isIn
}

/** Whether the border of an edge passes between the points of a box; may say so where it only comes near. */
const parts = (edges: Float64Array, at: number, { west, south, east, north }: MicroBounds): boolean => {
  if (south >= edges[at + LIMIT_Y] || north < edges[at + SOUTH_Y]) return false
  if (west >= edges[at + EAST_X] || east < edges[at + WEST_X]) return false
  if (edges[at + RISE] === 0) return true
  const isWestLeft = isLeft(edges, at, west, south)
  return (
    isLeft(edges, at, east, south) !== isWestLeft ||
    isLeft(edges, at, west, north) !== isWestLeft ||
    isLeft(edges, at, east, north) !== isWestLeft
  )
}

const [OUT, IN, PARTED] = [0, 1, 2]

/** What each ring is to a box that does not hold longitude 180: around it, not around it, or neither. */
const ringsAround = (area: Area, box: MicroBounds): Uint8Array => {
  const { edges, entries, starts, isHole } = area
  const places = new Uint8Array(isHole.length)
  const [first, last] = [bandAt(area, Math.max(box.south, area.south)), bandAt(area, Math.min(box.north, area.north))]
  for (let k = starts[first]; k < starts[last + 1]; k++) {
    if (parts(edges, entries[k], box)) places[edges[entries[k] + RING]] = PARTED
  }
  const corner = bandAt(area, box.south)
  if (corner < 0) return places
  for (let k = starts[corner]; k < starts[corner + 1]; k++) {
    const ring = edges[entries[k] + RING]
    if (places[ring] !== PARTED && isEast(edges, entries[k], box.west, box.south))
      places[ring] = places[ring] === IN ? OUT : IN
  }
  return places
}

const placeBesideEast = (area: Area, box: MicroBounds): Place => {
  const { bounds, isHole, polygonOf, polygons } = area
  if (box.east < bounds.west || box.west > bounds.east || box.north < area.south || box.south > area.north)
    return 'outside'
  const around = ringsAround(area, box)
  /** Of each polygon. */
  const places = new Uint8Array(polygons)
  for (let ring = 0; ring < around.length; ring++) {
    const polygon = polygonOf[ring]
    if (isHole[ring] === 0) places[polygon] = around[ring]
    else if (around[ring] === IN) places[polygon] = OUT
    else if (around[ring] === PARTED && places[polygon] === IN) places[polygon] = PARTED
  }
  if (places.includes(IN)) return 'inside'
  return places.includes(PARTED) ? 'boundary' : 'outside'
}

/** Where the positions in a closed box lie; bounds in millionths of a degree, whole or not. */
export const placeOf = (area: Area, { west, south, east, north }: MicroBounds): Place => {
  const box = { west: Math.ceil(west), south: Math.ceil(south), east: Math.floor(east), north: Math.floor(north) }
  if (box.east < EAST) return placeBesideEast(area, box)
  const seam = placeBesideEast(area, { ...box, west: WEST, east: WEST })
  if (box.west === EAST) return seam
  return placeBesideEast(area, { ...box, east: EAST - 1 }) === seam ? seam : 'boundary'
}

/** Where the positions of a geohash cell lie. */
export const placeOfCell = (area: Area, cell: number, length: number): Place => {
  const { west, south, east, north } = cellBounds(cell, length)
  return placeOf(area, {
    west: west * MICRO_PER_DEGREE,
    south: south * MICRO_PER_DEGREE,
    east: east === 180 ? EAST : Math.ceil(east * MICRO_PER_DEGREE) - 1,
    north: north === 90 ? north * MICRO_PER_DEGREE : Math.ceil(north * MICRO_PER_DEGREE) - 1,
  })
}
