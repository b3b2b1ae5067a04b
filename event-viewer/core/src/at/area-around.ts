import { EARTH_RADIUS_M, type GivenPolygon, givenPolygons } from '@fleetlake/core'
import { type BoxArea, boxArea } from '../box-area.ts'

/** Degrees, longitudes in any turn of the globe. */
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
 * Boxes that hold every place from which, or to which, a way of at most `meters` metres, straight in longitude and latitude, touches the
 * area. May hold more. They do not overlap.
 * @param area as it was given, GeoJSON
 * @throws FleetError `area.invalid`
 */
export const areaAround = (area: unknown, meters: number): BoxArea => {
  const outlines = givenPolygons(area).map(boxOf)
  const parts = outlines.length > MAX_PARTS ? [outlines.reduce(around)] : outlines
  const boxes = parts.flatMap((part) => cutBox(grow(part, meters)))
  return {
    type: 'MultiPolygon',
    coordinates: disjoint(boxes).map(({ west, south, east, north }) => ringOf({ west, south, east, north })),
  }
}

const boxOf = ([{ longitudes, latitudes }]: GivenPolygon): Box => ({
  west: longitudes.reduce((a, b) => Math.min(a, b)),
  east: longitudes.reduce((a, b) => Math.max(a, b)),
  south: latitudes.reduce((a, b) => Math.min(a, b)),
  north: latitudes.reduce((a, b) => Math.max(a, b)),
})

const around = (a: Box, b: Box): Box => ({
  west: Math.min(a.west, b.west),
  south: Math.min(a.south, b.south),
  east: Math.max(a.east, b.east),
  north: Math.max(a.north, b.north),
})

/** A millionth more on each side covers what rounding takes. */
const CRUMB = 1e-6

const grow = ({ west, south, east, north }: Box, meters: number): Box => {
  const upwards = (meters / EARTH_RADIUS_M) * DEGREES + CRUMB
  const furthest = Math.min(90, Math.max(Math.abs(south), Math.abs(north)) + upwards)
  // The haversine formula, solved for the longitude.
  const sine = Math.sin(Math.min(Math.PI / 2, meters / EARTH_RADIUS_M / 2)) / Math.cos(furthest / DEGREES)
  const sideways = sine >= 1 || furthest === 90 ? 360 : 2 * Math.asin(sine) * DEGREES + CRUMB
  return {
    west: west - sideways,
    east: east + sideways,
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
        all = around(all, other)
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
