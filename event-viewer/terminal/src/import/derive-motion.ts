import { bearingDegrees, distanceM, MAX_SPEED_MPS } from '@fleetlake/core'

/** Where a vehicle was last. */
interface LastPosition {
  timeMs: number
  longitude: number
  latitude: number
}

/** Speed in m/s and heading in degrees clockwise from north, NaN where unknown. */
export interface Motion {
  readonly speed: number
  readonly heading: number
}

export interface MotionDeriver {
  /** The motion that took the vehicle from its previous position to this one, which is remembered. */
  next(vehicleId: string, timeMs: number, longitude: number, latitude: number): Motion
  /** Distinct vehicles so far; exact up to `maxVehicles`. */
  vehicles(): number
}

export interface MotionOptions {
  /** Beyond it no motion is derived. */
  readonly maxGapMs: number
  /** Positions remembered; the vehicle that came first is forgotten first. */
  readonly maxVehicles: number
}

const UNKNOWN: Motion = { speed: NaN, heading: NaN }

/** To 0.1 m/s and whole degrees: more exact than GPS is. A vehicle that did not move has no heading. */
const motionBetween = (from: LastPosition, timeMs: number, longitude: number, latitude: number): Motion => {
  const metres = distanceM(from.longitude, from.latitude, longitude, latitude)
  const speed = metres / ((timeMs - from.timeMs) / 1000)
  if (speed > MAX_SPEED_MPS) return UNKNOWN
  const heading =
    metres === 0 ? NaN : Math.round(bearingDegrees(from.longitude, from.latitude, longitude, latitude)) % 360
  return { speed: Math.round(speed * 10) / 10, heading }
}

/** Derives motion from rows that are in the order of time for each vehicle; from one that is not, nothing is derived. */
export const createMotionDeriver = ({ maxGapMs, maxVehicles }: MotionOptions): MotionDeriver => {
  const last = new Map<string, LastPosition>()
  let vehicles = 0
  return {
    next: (vehicleId, timeMs, longitude, latitude) => {
      const from = last.get(vehicleId)
      if (from === undefined) {
        vehicles++
        if (last.size >= maxVehicles) last.delete(last.keys().next().value!)
        last.set(vehicleId, { timeMs, longitude, latitude })
        return UNKNOWN
      }
      const elapsedMs = timeMs - from.timeMs
      const motion = elapsedMs > 0 && elapsedMs <= maxGapMs ? motionBetween(from, timeMs, longitude, latitude) : UNKNOWN
      from.timeMs = timeMs
      from.longitude = longitude
      from.latitude = latitude
      return motion
    },
    vehicles: () => vehicles,
  }
}
