import { trimmedText } from './sanitise.ts'

/** What no vehicle of a type does, m/s: well beyond what it drives, so that only a jump is beyond it. */
const FASTEST_MPS: Readonly<Record<string, number>> = {
  pedestrian: 15,
  bike: 40,
  bicycle: 40,
  scooter: 50,
  motorcycle: 100,
  car: 100,
  taxi: 90,
  van: 80,
  bus: 60,
  truck: 60,
  tram: 50,
  train: 180,
  ship: 50,
  boat: 70,
  helicopter: 130,
  drone: 130,
  aircraft: 1_000,
  airplane: 1_000,
}

const FASTEST_OF_OTHERS_MPS = 120

/** Many clocks count seconds: two reports of one second may be a second apart. */
const LEAST_SECONDS = 1

/** The speed beyond which a vehicle of a type has not driven. @param type as the vehicle has it, in any case */
export const fastestMps = (type: string): number => {
  const name = trimmedText(type).toLowerCase()
  return Object.hasOwn(FASTEST_MPS, name) ? FASTEST_MPS[name] : FASTEST_OF_OTHERS_MPS
}

/**
 * Whether a vehicle of a type can't have come so far in so long: one of the two positions is wrong, or two vehicles have one id. To be told; such rows are kept.
 * @param seconds between two positions, of either order
 */
export const implausibleMotion = (type: string, metres: number, seconds: number): boolean =>
  metres > fastestMps(type) * Math.max(LEAST_SECONDS, Math.abs(seconds))
