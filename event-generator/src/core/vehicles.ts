import type { RandomStreams } from '@fleetlake/core'
import type { Homes } from './homes.ts'
import type { VehicleType } from './vehicle-type.ts'

/** The state of the vehicles of a share, columns side by side, one slot per vehicle. */
export interface Vehicles {
  /** Index in the fleet. */
  readonly index: Int32Array
  readonly type: Uint8Array
  /** District. */
  readonly home: Uint16Array
  /** Part of the speed limit at which it cruises. */
  readonly pace: Float64Array
  /** Metres by road from home at which it turns back. */
  readonly leash: Float64Array
  readonly returning: Uint8Array
  readonly edge: Uint32Array
  /** The edge after it. */
  readonly next: Uint32Array
  /** The last vertex passed. */
  readonly vertex: Uint32Array
  /** Metres along the edge. */
  readonly along: Float64Array
  /** m/s */
  readonly speed: Float64Array
  /** Metres along the edge to which its speed is planned: the edge's end or a stop on the way. */
  readonly goal: Float64Array
  /** Planned speed at the goal, m/s. */
  readonly exit: Float64Array
  /** Seconds that it will stand at the goal. */
  readonly pause: Float64Array
  /** Seconds that it still stands. */
  readonly wait: Float64Array
  /** Metres to its next stop. */
  readonly untilStop: Float64Array
}

/** Vehicles with their type, home and temper drawn; each stands somewhere on an edge of its home district. */
export const createVehicles = (
  index: Int32Array,
  types: readonly VehicleType[],
  homes: Homes,
  random: RandomStreams,
): Vehicles => {
  const size = index.length
  const vehicles: Vehicles = {
    index,
    type: new Uint8Array(size),
    home: new Uint16Array(size),
    pace: new Float64Array(size),
    leash: new Float64Array(size),
    returning: new Uint8Array(size),
    edge: new Uint32Array(size),
    next: new Uint32Array(size),
    vertex: new Uint32Array(size),
    along: new Float64Array(size),
    speed: new Float64Array(size),
    goal: new Float64Array(size),
    exit: new Float64Array(size),
    pause: new Float64Array(size),
    wait: new Float64Array(size),
    untilStop: new Float64Array(size),
  }
  for (let slot = 0; slot < size; slot++) {
    const number = drawType(types, random.next(slot))
    const { pace, leashM } = types[number]
    const edge = homes.edgeAt(random.next(slot))
    vehicles.type[slot] = number
    vehicles.edge[slot] = edge
    vehicles.home[slot] = homes.districtOf(edge)
    vehicles.pace[slot] = Math.min(0.98, pace * (0.94 + 0.12 * random.next(slot)))
    vehicles.leash[slot] = leashM[0] + (leashM[1] - leashM[0]) * random.next(slot)
  }
  return vehicles
}

const drawType = (types: readonly VehicleType[], draw: number): number => {
  let left = draw * types.reduce((sum, type) => sum + type.weight, 0)
  for (let n = 0; n < types.length - 1; n++) {
    left -= types[n].weight
    if (left < 0) return n
  }
  return types.length - 1
}
