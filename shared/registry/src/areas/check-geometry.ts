import { areaOf, countPositions, FleetError, givenPolygons, roundDegrees } from '@fleetlake/core'
import { type AreaGeometry, MAX_AREA_POSITIONS } from './area.ts'

/**
 * The polygons of any GeoJSON that a search takes as its area, as an area keeps them: without altitudes, and rounded as searches round them. Invariant: a search in what is kept finds what a search in
 * what was given finds.
 * @throws FleetError `area.invalid` by the rules of searches, with the ring and the place
 */
export const checkGeometry = (geojson: unknown): AreaGeometry => {
  const positions = countPositions(geojson)
  if (positions > MAX_AREA_POSITIONS) {
    throw new FleetError(
      'area.invalid',
      `it has ${positions} positions, and an area may have ${MAX_AREA_POSITIONS}: simplify it, or cut it into several areas`,
    )
  }
  areaOf(geojson)
  const rounded = geometryOf(geojson, roundDegrees)
  // A ring that crosses itself by rounding alone is taken as it was given, and is refused once nobody can tell.
  return isSound(rounded) ? rounded : geometryOf(geojson, (degrees) => degrees)
}

const isSound = (geometry: AreaGeometry): boolean => {
  try {
    areaOf(geometry)
    return true
  } catch (error) {
    if (error instanceof FleetError && error.code === 'area.invalid') return false
    throw error
  }
}

const geometryOf = (geojson: unknown, keep: (degrees: number) => number): AreaGeometry => {
  const polygons = givenPolygons(geojson).map((polygon) =>
    polygon.map(({ longitudes, latitudes }) =>
      Array.from(longitudes, (longitude, i): [number, number] => [keep(longitude), keep(latitudes[i])]),
    ),
  )
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: polygons[0] }
    : { type: 'MultiPolygon', coordinates: polygons }
}
