import { createSees, type Sight, type VisibleVehicles } from '@fleetlake/contracts'

/** Which vehicles a search is about. */
export interface VehicleSelection {
  /** These alone; none of them when empty. */
  readonly vehicleIds: readonly string[] | undefined
  /** Of all others, those that may be seen; all when missing. */
  readonly visible?: VisibleVehicles | undefined
}

/**
 * The vehicles of a search that its person may see. Invariant: a vehicle that may not be seen is taken out before anything is planned or read, so that a search for it is the same
 * search as for one that does not exist.
 */
export const narrowToSight = (vehicleIds: readonly string[] | undefined, sight: Sight): VehicleSelection => {
  if (sight === 'all') return { vehicleIds }
  if (vehicleIds !== undefined) return { vehicleIds: vehicleIds.filter(createSees(sight)) }
  return sight.prefixes.length === 0 ? { vehicleIds: sight.ids } : { vehicleIds: undefined, visible: sight }
}
