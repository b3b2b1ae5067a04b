import { type Area, MICRO_PER_DEGREE } from '@fleetlake/core'
import { type BoxArea, boxArea } from '../box-area.ts'
import { EARTH_RADIUS_M } from '../great-circle.ts'

interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

const DEGREES = 180 / Math.PI
/** More parts than these are taken as one. */
const MAX_PARTS = 64

/**
 * Boxes that hold every place from which, or to which, a way of at most so many metres, straight in longitude and latitude, touches the
 * area. May hold more. They do not overlap.
 */
export const areaAround = ({ bounds, polygons }: Area, meters: number): BoxArea => {
  const parts = polygons.length > MAX_PARTS ? [bounds] : polygons.map((polygon) => polygon.bounds)
  const boxes = parts.flatMap((part) => cutBox(grow(part, meters)))
  return {
    type: 'MultiPolygon',
    coordinates: disjoint(boxes).map(({ west, south, east, north }) => ringOf({ west, south, east, north })),
  }
}

/** A millionth more on each side covers what rounding takes. */
const CRUMB = 1e-6

const grow = (part: Box, meters: number): Box => {
  const [south, north] = [part.south / MICRO_PER_DEGREE, part.north / MICRO_PER_DEGREE]
  const upwards = (meters / EARTH_RADIUS_M) * DEGREES + CRUMB
  const furthest = Math.min(90, Math.max(Math.abs(south), Math.abs(north)) + upwards)
  // The haversine formula, solved for the longitude.
  const sine = Math.sin(Math.min(Math.PI / 2, meters / EARTH_RADIUS_M / 2)) / Math.cos(furthest / DEGREES)
  const sideways = sine >= 1 || furthest === 90 ? 360 : 2 * Math.asin(sine) * DEGREES + CRUMB
  return {
    west: part.west / MICRO_PER_DEGREE - sideways,
    east: part.east / MICRO_PER_DEGREE + sideways,
    south: Math.max(-90, south - upwards),
    north: Math.min(90, north + upwards),
  }
}

/** In the one turn of the globe that queries know. */
const cutBox = ({ west, south, east, north }: Box): Box[] =>
  boxArea(west, south, east, north).coordinates.map(([ring]) => ({
    west: ring[0][0],
    south: ring[0][1],
    east: ring[2][0],
    north: ring[2][1],
  }))

const meet = (a: Box, b: Box): boolean => a.west < b.east && b.west < a.east && a.south < b.north && b.south < a.north

/** Boxes that overlap become the one around them. */
const disjoint = (boxes: readonly Box[]): Box[] => {
  const apart: Box[] = []
  for (const box of boxes) {
    let all = box
    for (let i = 0; i < apart.length;) {
      if (!meet(all, apart[i])) i++
      else {
        const [other] = apart.splice(i, 1)
        all = {
          west: Math.min(all.west, other.west),
          south: Math.min(all.south, other.south),
          east: Math.max(all.east, other.east),
          north: Math.max(all.north, other.north),
        }
        i = 0
      }
    }
    apart.push(all)
  }
  return apart
}

const ringOf = ({ west, south, east, north }: Box): [number, number][][] => [
  [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ],
]
