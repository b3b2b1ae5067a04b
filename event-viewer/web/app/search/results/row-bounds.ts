import type { ViewBounds } from '../../shell/view-bounds.ts'

/** The box around rows `[from, to)`; undefined for none. */
export const rowBounds = (
  { longitude, latitude }: { readonly longitude: Float64Array; readonly latitude: Float64Array },
  from: number,
  to: number,
): ViewBounds | undefined => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let row = from; row < to; row++) {
    west = Math.min(west, longitude[row])
    east = Math.max(east, longitude[row])
    south = Math.min(south, latitude[row])
    north = Math.max(north, latitude[row])
  }
  return west <= east ? [west, south, east, north] : undefined
}
