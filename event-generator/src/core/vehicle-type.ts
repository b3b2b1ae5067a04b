import { FleetError } from '@fleetlake/core'

/** How the vehicles of a type drive. */
export interface VehicleType {
  readonly name: string
  /** Share of a mixed fleet, any positive number. */
  readonly weight: number
  /** Part of the speed limit at which it cruises; a vehicle's own factor is within 6 % of it and never above 0.98. */
  readonly pace: number
  readonly maxSpeedMps: number
  readonly accelerationMps2: number
  readonly brakingMps2: number
  /** Mean metres between two stops. */
  readonly stopEveryM: number
  /** Shortest and longest stop, seconds. */
  readonly stopS: readonly [number, number]
  /** Shortest and longest way by road from its district at which it turns back, metres. */
  readonly leashM: readonly [number, number]
}

const CAR: VehicleType = {
  name: 'car',
  weight: 50,
  pace: 0.9,
  maxSpeedMps: 33,
  accelerationMps2: 1.8,
  brakingMps2: 2.4,
  stopEveryM: 4000,
  stopS: [20, 300],
  leashM: [300, 3000],
}

export const VEHICLE_TYPES: readonly VehicleType[] = [
  CAR,
  {
    ...CAR,
    name: 'taxi',
    weight: 20,
    pace: 0.92,
    accelerationMps2: 2,
    stopEveryM: 2500,
    stopS: [15, 120],
    leashM: [1000, 4000],
  },
  {
    ...CAR,
    name: 'van',
    weight: 15,
    pace: 0.86,
    maxSpeedMps: 28,
    accelerationMps2: 1.4,
    stopEveryM: 1200,
    stopS: [30, 240],
  },
  {
    ...CAR,
    name: 'truck',
    weight: 8,
    pace: 0.78,
    maxSpeedMps: 22,
    accelerationMps2: 0.9,
    brakingMps2: 1.8,
    stopEveryM: 6000,
    stopS: [120, 900],
    leashM: [1000, 4000],
  },
  {
    ...CAR,
    name: 'bus',
    weight: 7,
    pace: 0.76,
    maxSpeedMps: 22,
    accelerationMps2: 1,
    brakingMps2: 1.6,
    stopEveryM: 350,
    stopS: [8, 35],
    leashM: [500, 2500],
  },
]

/**
 * The types of a run.
 * @param names as asked for; none or an empty list: every type
 * @throws FleetError `generation.refused` for a name that is not known
 */
export const vehicleTypesOf = (names: readonly string[] = []): readonly VehicleType[] => {
  if (names.length === 0) return VEHICLE_TYPES
  const unknown = names.filter((name) => !VEHICLE_TYPES.some((type) => type.name === name))
  if (unknown.length > 0) {
    const known = VEHICLE_TYPES.map((type) => type.name).join(', ')
    throw new FleetError('generation.refused', `no vehicle type '${unknown.join("', '")}': choose among ${known}`)
  }
  return VEHICLE_TYPES.filter((type) => names.includes(type.name))
}
