import polylabel from 'polylabel'
import type { Polygon } from './find-areas.ts'

/** Of a text on the map, px. */
export interface LabelSize {
  readonly width: number
  readonly height: number
}

/** Where the middle of a label goes, degrees, and from which zoom on the label fits into the area there. */
export interface LabelPlace {
  readonly longitude: number
  readonly latitude: number
  readonly minZoom: number
}

/** Of the square of the world at zoom 0, px. */
const WORLD_PX = 512
/** The edge of that square. */
const MAX_LATITUDE = 85.051128
/** Parts of the shorter side of the box around an area that a place may be off, and of the longer side, which bounds the work for thin ones. */
const [FINE, COARSE] = [1 / 50, 1 / 500]

/** Web Mercator, in parts of the square of the world. */
const xOf = (longitude: number): number => longitude / 360
const yOf = (latitude: number): number => {
  const sine = Math.sin((Math.min(Math.max(latitude, -MAX_LATITUDE), MAX_LATITUDE) * Math.PI) / 180)
  return -Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)
}
const latitudeOf = (y: number): number => (Math.atan(Math.sinh(-2 * Math.PI * y)) * 180) / Math.PI

/**
 * Invariant: at `minZoom` and beyond, with north up, the whole label is in the area. The map is squeezed until the label is a square; its middle is that of the
 * widest circle that the area holds, and it fits from where the largest square around that is as large.
 * @returns undefined for an area that is too thin for any label
 */
export const placeLabel = (polygons: readonly Polygon[], { width, height }: LabelSize): LabelPlace | undefined => {
  const squeeze = height / width
  const squares = polygons.map((polygon) => {
    const rings = polygon.map((ring) => ring.map(([x, y]): Point => [xOf(x) * squeeze, yOf(y)]))
    const middle = polylabel(rings, precisionOf(rings[0]))
    return { middle, side: middle.distance > 0 ? 2 * squareDistance(middle, rings) : 0 }
  })
  const { middle, side } = squares.reduce((best, each) => (each.side > best.side ? each : best), NONE)
  if (side === 0) return undefined
  const [x, y] = middle
  return {
    longitude: (x / squeeze) * 360,
    latitude: latitudeOf(y),
    minZoom: Math.log2(height / (side * WORLD_PX)),
  }
}

type Point = [x: number, y: number]
const NONE: { readonly middle: Readonly<Point>; readonly side: number } = { middle: [0, 0], side: 0 }

/** Half the side of the square around a point that meets the rings first. */
const squareDistance = ([x, y]: Readonly<Point>, rings: readonly (readonly Point[])[]): number => {
  let least = Infinity
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [fromX, fromY] = [ring[i - 1][0] - x, ring[i - 1][1] - y]
      const [alongX, alongY] = [ring[i][0] - ring[i - 1][0], ring[i][1] - ring[i - 1][1]]
      // A line is nearest at one of its ends, or on a diagonal of the square.
      for (const part of [0, 1, (fromY - fromX) / (alongX - alongY), -(fromX + fromY) / (alongX + alongY)]) {
        if (part >= 0 && part <= 1)
          least = Math.min(least, Math.max(Math.abs(fromX + part * alongX), Math.abs(fromY + part * alongY)))
      }
    }
  }
  return least
}

const precisionOf = (ring: readonly (readonly [number, number])[]): number => {
  const sideOf = (at: 0 | 1): number => {
    const [least, most] = ring.reduce(
      ([low, high], point) => [Math.min(low, point[at]), Math.max(high, point[at])],
      [Infinity, -Infinity],
    )
    return most - least
  }
  const [short, long] = [sideOf(0), sideOf(1)].toSorted((a, b) => a - b)
  return Math.max(short * FINE, long * COARSE)
}
