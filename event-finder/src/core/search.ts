import type { SearchMeasures } from './search-measures.ts'
import { type Area, areaSteps, FleetError, type Period, type Steps } from '@fleetlake/core'

/** What is looked for, checked. */
export interface VehicleSearch {
  readonly area: Area
  readonly period: Period
  readonly vehicleTypes: readonly string[] | undefined
  readonly vehicleIds: readonly string[] | undefined
  /** Undefined when nothing is asked of measures: none is looked at then. */
  readonly measures?: SearchMeasures | undefined
}

export interface SearchRequest {
  readonly area?: unknown
  readonly from: string
  readonly to: string
  readonly vehicleTypes?: readonly string[] | undefined
  readonly vehicleIds?: readonly string[] | undefined
}

/** A search from a request, in small steps. @throws FleetError `area.invalid`, `query.invalid` */
export function* searchSteps({ area, from, to, vehicleTypes, vehicleIds }: SearchRequest): Steps<VehicleSearch> {
  const period = { from: Date.parse(from), to: Date.parse(to) }
  if (!(period.from < period.to)) {
    throw new FleetError('query.invalid', `the period is empty: from ${from} must be before to ${to}`)
  }
  return { area: yield* areaSteps(area), period, vehicleTypes, vehicleIds }
}
