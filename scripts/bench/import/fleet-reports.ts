import { createRandomStreams, seedOf } from '@fleetlake/core'

/** What a vehicle reports, as files have it: positions at 5 and 6 decimals, speed in m/s at one, whole degrees. */
export interface Report {
  readonly vehicleId: string
  readonly vehicleType: string
  /** `2026-01-05T07:00:10Z` */
  readonly eventTime: string
  readonly longitude: string
  readonly latitude: string
  readonly speed: string
  readonly heading: string
}

const START_MS = Date.UTC(2026, 0, 5, 7)
const INTERVAL_MS = 10_000
const TYPES = ['car', 'van', 'truck', 'bus']
/** Montevideo, and how far around it vehicles begin, degrees. */
const [CENTRE_X, CENTRE_Y, AROUND] = [-56.17, -34.87, 0.3]
const METRES_A_DEGREE = 111_320
const MOST_MPS = 33

/**
 * Vehicles that wander about a city, a report every 10 s each. A vehicle's reports depend on the seed and its number alone, so that they are the same
 * whether all vehicles report in turn or one after the other.
 */
export const createFleet = (vehicles: number, seed: number): { next(vehicle: number): Report } => {
  const random = createRandomStreams(Uint32Array.from({ length: vehicles }, (_, vehicle) => seedOf(seed, vehicle)))
  const longitudes = new Float64Array(vehicles)
  const latitudes = new Float64Array(vehicles)
  const speeds = new Float64Array(vehicles)
  const headings = new Float64Array(vehicles)
  const reports = new Int32Array(vehicles)
  const draw = (vehicle: number, from: number, to: number): number => from + (to - from) * random.next(vehicle)
  for (let vehicle = 0; vehicle < vehicles; vehicle++) {
    longitudes[vehicle] = draw(vehicle, CENTRE_X - AROUND, CENTRE_X + AROUND)
    latitudes[vehicle] = draw(vehicle, CENTRE_Y - AROUND, CENTRE_Y + AROUND)
    speeds[vehicle] = draw(vehicle, 0, 20)
    headings[vehicle] = draw(vehicle, 0, 360)
  }
  const move = (vehicle: number): void => {
    const speed = Math.min(MOST_MPS, Math.max(0, speeds[vehicle] + draw(vehicle, -3, 3)))
    const heading = (headings[vehicle] + draw(vehicle, -30, 30) + 360) % 360
    const degrees = (speed * INTERVAL_MS) / 1_000 / METRES_A_DEGREE
    const angle = (heading / 180) * Math.PI
    longitudes[vehicle] += (degrees * Math.sin(angle)) / Math.cos((CENTRE_Y / 180) * Math.PI)
    latitudes[vehicle] += degrees * Math.cos(angle)
    speeds[vehicle] = speed
    headings[vehicle] = heading
  }
  return {
    next: (vehicle) => {
      const timeMs = START_MS + reports[vehicle]++ * INTERVAL_MS + ((vehicle * 1_000) % INTERVAL_MS)
      move(vehicle)
      return {
        vehicleId: `UY-${String(vehicle).padStart(6, '0')}`,
        vehicleType: TYPES[vehicle % TYPES.length],
        eventTime: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
        longitude: longitudes[vehicle].toFixed(6),
        latitude: latitudes[vehicle].toFixed(5),
        speed: speeds[vehicle].toFixed(1),
        heading: String(Math.floor(headings[vehicle])),
      }
    },
  }
}
