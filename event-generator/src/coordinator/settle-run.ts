import { FleetError } from '@fleetlake/core'
import { DEFAULT_GENERATION_MS, type GenerationOptions } from '@fleetlake/contracts'
import type { City } from '../core/city.ts'
import { createHomes } from '../core/homes.ts'
import { planRun, type RunPlan } from '../core/plan-run.ts'
import { vehicleTypesOf } from '../core/vehicle-type.ts'

export interface SettleDeps {
  readonly city: City
  /** Ms since the epoch. */
  readonly now: number
  readonly toleranceMs: number
  readonly retentionMs: number
}

/**
 * What a run will be.
 * @throws FleetError `generation.refused` for a city, district or vehicle type that there is not, saying which there are,
 *   and for what `planRun` refuses
 */
export const settleRun = (options: GenerationOptions, { city, now, toleranceMs, retentionMs }: SettleDeps): RunPlan => {
  if (options.city !== undefined && options.city !== city.name) {
    throw new FleetError(
      'generation.refused',
      `there is no city '${options.city}' here: the generators drive in ${city.name}`,
    )
  }
  vehicleTypesOf(options.vehicleTypes)
  createHomes(city, options.districts)
  const { vehicles, intervalMs, events, realTime, startTime } = options
  return planRun({
    vehicles,
    intervalMs,
    events,
    durationMs: options.durationMs ?? (events === undefined ? DEFAULT_GENERATION_MS : undefined),
    startTime: startTime === undefined ? undefined : Date.parse(startTime),
    realTime,
    speedFactor: realTime ? options.speedFactor : undefined,
    now,
    toleranceMs,
    retentionMs,
  })
}

/**
 * The generators that share a run: all, or as many as were asked for, and never more than there are vehicles.
 * @throws FleetError `generation.refused` when fewer are alive than were asked for
 */
export const chooseAgents = (members: readonly string[], { agents, vehicles }: GenerationOptions): string[] => {
  if (agents !== undefined && agents > members.length) {
    throw new FleetError(
      'generation.refused',
      `${agents} agents were asked for and ${members.length} ${members.length === 1 ? 'generator is' : 'generators are'} running: ` +
        'start more of them, or ask for fewer',
    )
  }
  return members.toSorted().slice(0, Math.min(agents ?? members.length, vehicles))
}
