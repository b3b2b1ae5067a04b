import type { RandomStreams } from '@fleetlake/core'
import { CONTROL } from './city.ts'
import type { City } from './city.ts'
import { move } from './motion.ts'
import type { Vehicles } from './vehicles.ts'
import type { VehicleType } from './vehicle-type.ts'

export interface Driver {
  /** Puts a vehicle somewhere on its first edge, under way. */
  start(slot: number): void
  /** Drives a vehicle on for a time: along its edge, over crossings, standing where it has to. */
  drive(slot: number, seconds: number): void
}

/** Chance to have to stand at the end of an edge, and for how long, by `CONTROL`. */
const STAND_CHANCE = control(0, 0.1, 0.35, 0.8, 0.45)
const STAND_LEAST_S = control(0, 1, 1, 1, 3)
const STAND_MOST_S = control(0, 4, 5, 5, 40)

/** A way out that leads this much further from home than the leash, metres by road, is not taken. */
const DETOUR_M = 2000

/** A stop on the way keeps this far from the edge's ends. */
const STOP_MARGIN_M = 8

/** Moves vehicles over a city. Nothing is allocated while driving; every draw comes from the vehicle's own sequence. */
export const createDriver = (
  city: City,
  types: readonly VehicleType[],
  vehicles: Vehicles,
  random: RandomStreams,
): Driver => {
  const { count, firstVertex, length, limit, control: controls } = city.edges
  const { distance } = city.vertices
  const { firstTurn, edge: turnEdge, share, limit: turnLimit } = city.turns
  const { homeMetres } = city
  const { type, home, pace, leash, returning, edge, next, vertex, along, speed, goal, exit, pause, wait, untilStop } =
    vehicles
  const acceleration = Float64Array.from(types, (each) => each.accelerationMps2)
  const braking = Float64Array.from(types, (each) => each.brakingMps2)
  const maxSpeed = Float64Array.from(types, (each) => each.maxSpeedMps)
  const moved = new Float64Array(2)

  const cruiseOf = (slot: number, on: number): number => Math.min(limit[on] * pace[slot], maxSpeed[type[slot]])

  /** The turn out of an edge: drawn by the shares of the turns until beyond the leash, then the shortest way back until home. */
  const chooseTurn = (slot: number, from: number): number => {
    const first = firstTurn[from]
    const last = firstTurn[from + 1] - 1
    const homeRow = home[slot] * count
    const metres = homeMetres[homeRow + from]
    if (metres === 0) returning[slot] = 0
    else if (metres > leash[slot]) returning[slot] = 1
    if (first === last) return first
    if (returning[slot] === 0) {
      const draw = random.next(slot) * 65536
      let turn = first
      while (turn < last && share[turn] <= draw) turn++
      if (homeMetres[homeRow + turnEdge[turn]] <= leash[slot] + DETOUR_M) return turn
    }
    let turn = first
    for (let other = first + 1; other <= last; other++) {
      if (homeMetres[homeRow + turnEdge[other]] < homeMetres[homeRow + turnEdge[turn]]) turn = other
    }
    return turn
  }

  const planEnd = (slot: number): void => {
    const on = edge[slot]
    const turn = chooseTurn(slot, on)
    const after = turnEdge[turn]
    next[slot] = after
    goal[slot] = length[on]
    const kind = controls[on]
    if (kind !== CONTROL.none && random.next(slot) < STAND_CHANCE[kind]) {
      exit[slot] = 0
      pause[slot] = STAND_LEAST_S[kind] + (STAND_MOST_S[kind] - STAND_LEAST_S[kind]) * random.next(slot)
    } else {
      exit[slot] = Math.min(turnLimit[turn], cruiseOf(slot, on), cruiseOf(slot, after))
      pause[slot] = 0
    }
  }

  const planStop = (slot: number): void => {
    const { stopEveryM, stopS } = types[type[slot]]
    exit[slot] = 0
    pause[slot] = stopS[0] + (stopS[1] - stopS[0]) * random.next(slot)
    untilStop[slot] = stopEveryM * (0.5 + random.next(slot))
  }

  const enter = (slot: number, on: number): void => {
    edge[slot] = on
    vertex[slot] = firstVertex[on]
    along[slot] = 0
    const whole = length[on]
    if (untilStop[slot] < whole && whole > 3 * STOP_MARGIN_M) {
      goal[slot] = Math.min(Math.max(untilStop[slot], STOP_MARGIN_M), whole - STOP_MARGIN_M)
      planStop(slot)
    } else {
      untilStop[slot] -= whole
      planEnd(slot)
    }
  }

  const start = (slot: number): void => {
    const on = edge[slot]
    untilStop[slot] = Infinity
    enter(slot, on)
    untilStop[slot] = types[type[slot]].stopEveryM * 1.5 * random.next(slot)
    along[slot] = length[on] * random.next(slot)
    speed[slot] = cruiseOf(slot, on) * random.next(slot)
    passVertices(slot)
  }

  const passVertices = (slot: number): void => {
    const last = firstVertex[edge[slot] + 1] - 2
    const at = along[slot]
    let passed = vertex[slot]
    while (passed < last && distance[passed + 1] <= at) passed++
    vertex[slot] = passed
  }

  const drive = (slot: number, seconds: number): void => {
    let left = seconds
    const a = acceleration[type[slot]]
    const b = braking[type[slot]]
    for (;;) {
      const standing = wait[slot]
      if (standing >= left) {
        wait[slot] = standing - left
        break
      }
      left -= standing
      wait[slot] = 0
      left = move(moved, left, goal[slot] - along[slot], speed[slot], cruiseOf(slot, edge[slot]), exit[slot], a, b)
      speed[slot] = moved[1]
      if (left < 0) {
        along[slot] += moved[0]
        break
      }
      wait[slot] = pause[slot]
      if (goal[slot] < length[edge[slot]]) {
        along[slot] = goal[slot]
        planEnd(slot)
      } else {
        enter(slot, next[slot])
      }
    }
    passVertices(slot)
  }
  return { start, drive }
}

function control(none: number, crossing: number, giveWay: number, stop: number, signals: number): Float64Array {
  const values = new Float64Array(5)
  values[CONTROL.none] = none
  values[CONTROL.crossing] = crossing
  values[CONTROL.giveWay] = giveWay
  values[CONTROL.stop] = stop
  values[CONTROL.signals] = signals
  return values
}
