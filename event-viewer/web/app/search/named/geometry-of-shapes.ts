import type { Shape } from '../request/search-request.ts'
import { solidShapes } from '../area/solid-shapes.ts'

/** GeoJSON of shapes; those that overlap are each there: what is in any of them is in the area. */
export const geometryOfShapes = (shapes: readonly Shape[]): object => {
  const polygons = shapes.flatMap(solidShapes)
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: polygons[0] }
    : { type: 'MultiPolygon', coordinates: polygons }
}
