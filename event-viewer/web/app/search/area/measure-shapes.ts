import turfArea from '@turf/area'
import { featureCollection, polygon } from '@turf/helpers'
import { union } from '@turf/union'
import type { Shape } from '../request/search-request.ts'

const polygonOf = (shape: Shape): ReturnType<typeof polygon> =>
  polygon(shape.map((ring) => ring.map(([longitude, latitude]) => [longitude, latitude])))

/** Of one shape. */
export const squareKilometers = (shape: Shape): number => turfArea(polygonOf(shape)) / 1e6

/** Of all shapes together; what several cover counts once. */
export const unitedSquareKilometers = (shapes: readonly Shape[]): number => {
  if (shapes.length < 2) return shapes.reduce((sum, shape) => sum + squareKilometers(shape), 0)
  const united = union(featureCollection(shapes.map(polygonOf)))
  return united === null ? 0 : turfArea(united) / 1e6
}

const precise = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1.23 km²`, `12,345 km²`, `5,300 m²` */
export const areaText = (km2: number): string => {
  if (km2 < 0.01) return `${whole.format(km2 * 1e6)} m²`
  return `${km2 < 1000 ? precise.format(km2) : whole.format(km2)} km²`
}
