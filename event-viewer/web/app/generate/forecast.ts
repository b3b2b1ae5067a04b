import { DEFAULT_GENERATION_MS, generationOptions } from '@fleetlake/contracts'
import type { GenerationInput } from './generation-form.ts'

/** What a run will be, before anybody is asked. */
export interface Forecast {
  readonly events: number
  /** In real time; as fast as possible it depends on the machines. */
  readonly perSecond: number | undefined
}

export const forecastOf = (input: GenerationInput): Forecast => {
  const { vehicles, events, durationMs, intervalMs, realTime, speedFactor } = generationOptions.parse(input)
  const lasting = events === undefined ? (durationMs ?? DEFAULT_GENERATION_MS) : (durationMs ?? Infinity)
  return {
    events: Math.min(events ?? Infinity, Math.ceil(lasting / intervalMs) * vehicles),
    perSecond: realTime ? (vehicles * speedFactor * 1000) / intervalMs : undefined,
  }
}
