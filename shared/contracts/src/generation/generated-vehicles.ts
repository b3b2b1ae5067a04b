import { hashText } from '@fleetlake/core'

/** Whose ids the vehicles of a run have: the run's own, or those that all runs share that ask for them. */
export const VEHICLE_IDS = ['own', 'shared'] as const
export type VehicleIdsKind = (typeof VEHICLE_IDS)[number]

/** Letters and digits that are not taken for one another. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const PART_LENGTH = 6

/** 30 bits of a run's token: the same in every process, and seldom those of another run. */
const partOf = (run: string): string => {
  const hash = hashText(run)
  return Array.from({ length: PART_LENGTH }, (_, i) => ALPHABET[(hash >>> (5 * i)) & 31]).join('')
}

/** What the ids of a run's vehicles begin with. */
export const vehicleIdPrefix = (run: string, vehicleIds: VehicleIdsKind): string =>
  vehicleIds === 'own' ? `v-${partOf(run)}-` : 'v-'

/** `v-7k3f9a-000001` or `v-000001` for vehicle 0. */
export const generatedVehicleId = (prefix: string, vehicle: number): string =>
  `${prefix}${String(vehicle + 1).padStart(6, '0')}`

/** The measure `source` of every position that a run makes: by it invented positions are told from real ones. */
export const sourceOfRun = (run: string): string => `generation/${run}`
