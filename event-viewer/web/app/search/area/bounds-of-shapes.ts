import type { ViewBounds } from '../../shell/view-bounds.ts'
import type { Shape } from '../request/search-request.ts'

/** The box around shapes; undefined for none. */
export const boundsOfShapes = (shapes: readonly Shape[]): ViewBounds | undefined => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [outline] of shapes) {
    for (const [longitude, latitude] of outline) {
      west = Math.min(west, longitude)
      east = Math.max(east, longitude)
      south = Math.min(south, latitude)
      north = Math.max(north, latitude)
    }
  }
  return west <= east ? [west, south, east, north] : undefined
}
