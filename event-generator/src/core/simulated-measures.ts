import { type MeasureScalar, type MeasureSpec, wellKnownMeasure } from '@fleetlake/columnar'
import { type Said, SIMULATED_MEASURES, type SimulatedMeasure } from '@fleetlake/contracts'
import { seedOf } from '@fleetlake/core'

/** The measures of a vehicle at a time, ms since the epoch. Valid until the next call. */
export type SaidBy = (vehicle: number, timeMs: number) => readonly Said[]

/** A vehicle's own numbers, uniform in [0, 1): by a whole number, the same one each time. */
type Draw = (n: number) => number

type Simulate = (draw: Draw, timeMs: number) => MeasureScalar | null

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Odometers stood at what the vehicle had driven before. */
const ODOMETERS_FROM = Date.UTC(2024, 0, 1)
const DRIVERS = 5_000

const toTenths = (value: number): number => Math.round(value * 10) / 10

/** Where in its period a vehicle is, [0, 1). */
const phaseOf = (draw: Draw, timeMs: number, periodMs: number): number => {
  const turns = timeMs / periodMs + draw(0)
  return turns - Math.floor(turns)
}

/** Which of its stretches of a length a vehicle is in. */
const stretchOf = (draw: Draw, timeMs: number, lengthMs: number): number => Math.floor(timeMs / lengthMs + draw(1))

const wave = (draw: Draw, timeMs: number, periodMs: number): number =>
  Math.sin(2 * Math.PI * phaseOf(draw, timeMs, periodMs))

const SIMULATIONS: Readonly<Record<SimulatedMeasure, Simulate>> = {
  // Frozen, chilled or dry goods, around which the cooling swings.
  temperature: (draw, timeMs) => {
    const kept = [-18, 4, 20][Math.floor(3 * draw(2))]
    const noise = draw(Math.floor(timeMs / MINUTE_MS)) - 0.5
    return toTenths(kept + 1.5 * wave(draw, timeMs, 37 * MINUTE_MS) + 0.6 * noise)
  },
  // Runs down over most of a day, then is charged.
  battery: (draw, timeMs) => {
    const phase = phaseOf(draw, timeMs, DAY_MS)
    return toTenths(phase < 0.8 ? 100 - (75 * phase) / 0.8 : 25 + (75 * (phase - 0.8)) / 0.2)
  },
  // Is burnt for two to four days, then filled up.
  fuel: (draw, timeMs) => toTenths(96 - 88 * phaseOf(draw, timeMs, (2 + 2 * draw(2)) * DAY_MS)),
  odometer: (draw, timeMs) => {
    const before = 20_000_000 + 60_000_000 * draw(2)
    return Math.round(before + (3 + 4 * draw(3)) * Math.max(0, (timeMs - ODOMETERS_FROM) / 1_000))
  },
  ignition: (draw, timeMs) => draw(stretchOf(draw, timeMs, 10 * MINUTE_MS)) < 0.9,
  altitude: (draw, timeMs) =>
    toTenths(25 + 18 * wave(draw, timeMs, 50 * MINUTE_MS) + 4 * wave(draw, timeMs, 7 * MINUTE_MS)),
  driver_id: (draw, timeMs) => {
    const driver = Math.floor(DRIVERS * draw(stretchOf(draw, timeMs, 8 * HOUR_MS)))
    return `d-${String(driver + 1).padStart(4, '0')}`
  },
  // Now and then a vehicle has no order.
  order_id: (draw, timeMs) => {
    const stretch = stretchOf(draw, timeMs, 40 * MINUTE_MS)
    return draw(stretch) < 0.2 ? null : `o-${Math.floor(2 ** 32 * draw(-stretch)).toString(36)}`
  },
}

const SALT = 0x6d656173

/** Makes values of some measures. Invariant: each depends on the seed, the vehicle and the time, and on nothing else. */
export const simulateMeasures = (names: readonly SimulatedMeasure[], seed: number): SaidBy => {
  const simulated = names.map((name) => ({
    simulate: SIMULATIONS[name],
    seed: seedOf(seed ^ SALT, SIMULATED_MEASURES.indexOf(name)),
    said: { measure: wellKnownMeasure(name)!, value: null } as { readonly measure: MeasureSpec; value: Said['value'] },
  }))
  const all = simulated.map(({ said }) => said)
  return (vehicle, timeMs) => {
    for (const each of simulated) {
      const own = seedOf(each.seed, vehicle)
      each.said.value = each.simulate((n) => seedOf(own, n) / 2 ** 32, timeMs)
    }
    return all
  }
}
