import { pruneSteps, type Snapshot } from '@fleetlake/archive'
import { areaOfSwapped, type Steps } from '@fleetlake/core'
import type { VehicleSearch } from '../core/search.ts'

/**
 * What the client may have got wrong, when nothing was found: latitude before longitude. Said only where no chunk comes near the area in
 * the period, whatever the vehicle, and some do when the two are swapped.
 * @param geojson the area as it was given
 */
export function* hintSwapped(
  snapshot: Snapshot,
  { area, period }: VehicleSearch,
  geojson: unknown,
): Steps<string | undefined> {
  if ((yield* pruneSteps(snapshot, { area, period })).kept.length > 0) return undefined
  const other = areaOfSwapped(geojson)
  if (other === undefined) return undefined
  if ((yield* pruneSteps(snapshot, { area: other, period })).kept.length === 0) return undefined
  return 'no vehicle was near this area in this period, but vehicles were near the area with longitude and latitude swapped: GeoJSON has the longitude first'
}
