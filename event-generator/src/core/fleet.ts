import { createRandomStreams, FleetError, roundDegrees, seedOf } from '@fleetlake/core'
import type { City } from './city.ts'
import { createDriver } from './driver.ts'
import { createHomes } from './homes.ts'
import type { ReportColumns } from './report-columns.ts'
import type { Share } from './share.ts'
import { createVehicles } from './vehicles.ts'
import { vehicleTypesOf } from './vehicle-type.ts'

export interface FleetOptions {
  readonly city: City
  readonly seed: number
  /** Of the whole run. */
  readonly vehicles: number
  /** Of the whole run; none: no cut. */
  readonly events?: number | undefined
  /** The vehicles to simulate. */
  readonly share: Share
  /** Ms since the epoch. */
  readonly startTime: number
  readonly intervalMs: number
  /** Names; none: every type. */
  readonly vehicleTypes?: readonly string[] | undefined
  /** Names of home districts; none: every district. */
  readonly districts?: readonly string[] | undefined
}

export interface Fleet {
  /** Vehicles of the share: the capacity that `tick` needs. */
  readonly size: number
  /** Names, indexed by `ReportColumns.type`. */
  readonly types: readonly string[]
  /**
   * Drives every vehicle of the share on to its k-th report and writes the reports, in order of time. All reports of
   * tick k are before those of tick k + 1. Ticks may be left out, not repeated.
   * @throws FleetError `generation.refused` for a tick that has been
   */
  tick(k: number, out: ReportColumns): void
}

/**
 * A share of a simulated fleet. Invariant: the rows of vehicle i depend on the city, the seed, i, the start time, the interval, the vehicle
 * types and the districts, and on nothing else: not on the share nor on the number of vehicles.
 * @throws FleetError `generation.refused` for an unknown vehicle type or district
 */
export const createFleet = (options: FleetOptions): Fleet => {
  const { city, vehicles: fleetSize, events = Infinity, share, startTime, intervalMs } = options
  const types = vehicleTypesOf(options.vehicleTypes)
  const homes = createHomes(city, options.districts)
  const indices = phaseOrder(options.seed, share, intervalMs)
  const seeds = Uint32Array.from(indices.vehicle, (vehicle) => seedOf(options.seed, vehicle))
  const random = createRandomStreams(seeds)
  const vehicles = createVehicles(indices.vehicle, types, homes, random)
  const driver = createDriver(city, types, vehicles, random)
  const { longitude, latitude, distance, heading } = city.vertices
  const size = share.count
  const intervalS = intervalMs / 1000
  for (let slot = 0; slot < size; slot++) driver.start(slot)
  let made = 0

  const tick = (k: number, out: ReportColumns): void => {
    if (!(k >= made)) throw new FleetError('generation.refused', `tick ${k} has already run; the next is ${made}`)
    const steps = made === 0 ? k : k - made + 1
    const begin = startTime + k * intervalMs
    const cut = events - k * fleetSize
    let row = 0
    for (let slot = 0; slot < size; slot++) {
      const vehicle = vehicles.index[slot]
      if (vehicle >= cut) continue
      for (let step = 0; step < steps; step++) driver.drive(slot, intervalS)
      const at = vehicles.vertex[slot]
      const from = distance[at]
      const part = (vehicles.along[slot] - from) / (distance[at + 1] - from)
      out.vehicle[row] = vehicle
      out.type[row] = vehicles.type[slot]
      out.time[row] = begin + indices.phase[slot]
      out.longitude[row] = roundDegrees(longitude[at] + part * (longitude[at + 1] - longitude[at]))
      out.latitude[row] = roundDegrees(latitude[at] + part * (latitude[at + 1] - latitude[at]))
      out.speed[row] = Math.round(vehicles.speed[slot] * 10) / 10
      out.heading[row] = heading[at]
      row++
    }
    out.length = row
    made = k + 1
  }
  return { size, types: types.map((type) => type.name), tick }
}

/** The vehicles of a share by the offset of their reports within the interval, so that every tick comes out in order of time. */
const phaseOrder = (
  seed: number,
  { first, stride, count }: Share,
  intervalMs: number,
): { vehicle: Int32Array; phase: Uint32Array } => {
  const phaseOf = (vehicle: number): number => seedOf(seed ^ PHASE_SALT, vehicle) % intervalMs
  const vehicle = Int32Array.from({ length: count }, (_, n) => first + n * stride)
  const byVehicle = Uint32Array.from(vehicle, phaseOf)
  const order = Uint32Array.from(vehicle, (_, n) => n).toSorted((a, b) => byVehicle[a] - byVehicle[b] || a - b)
  return { vehicle: Int32Array.from(order, (n) => vehicle[n]), phase: Uint32Array.from(order, (n) => byVehicle[n]) }
}

const PHASE_SALT = 0x7068_6173
