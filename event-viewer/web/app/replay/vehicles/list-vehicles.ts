import type { Presence } from './presence.ts'

export interface ListOptions {
  readonly presence: Pick<Presence, 'rowOf'>
  /** Part of an id, whatever its case. */
  readonly text: string
  /** Those that are nowhere now are left out. */
  readonly isOnlyPresent: boolean
  readonly max: number
}

/** Indexes of the vehicles to be shown, in the order of their ids, and how many more there are. */
export interface VehicleList {
  readonly vehicles: readonly number[]
  readonly more: number
}

export const listVehicles = (
  ids: readonly string[],
  { presence, text, isOnlyPresent, max }: ListOptions,
): VehicleList => {
  const wanted = text.trim().toLowerCase()
  const vehicles: number[] = []
  let more = 0
  for (let vehicle = 0; vehicle < ids.length; vehicle++) {
    if (isOnlyPresent && presence.rowOf(vehicle) < 0) continue
    if (wanted !== '' && !ids[vehicle].toLowerCase().includes(wanted)) continue
    if (vehicles.length < max) vehicles.push(vehicle)
    else more++
  }
  return { vehicles, more }
}
