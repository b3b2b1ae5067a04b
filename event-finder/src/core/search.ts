import { type Area, areaSteps, FleetError, type Period, type Steps } from '@fleetlake/core'
import type { VehicleSelection } from './narrow-to-sight.ts'
import type { SearchMeasures } from './search-measures.ts'

/** What is looked for, checked. */
export interface VehicleSearch extends VehicleSelection {
  readonly area: Area
  readonly period: Period
  readonly vehicleTypes: readonly string[] | undefined
  /** Undefined when nothing is asked of measures: none is looked at then. */
  readonly measures?: SearchMeasures | undefined
}

export interface SearchRequest extends Partial<VehicleSelection> {
  readonly area?: unknown
  readonly from: string
  readonly to: string
  readonly vehicleTypes?: readonly string[] | undefined
}

/** A search from a request, in small steps. @throws FleetError `area.invalid`, `query.invalid` */
export function* searchSteps({
  area,
  from,
  to,
  vehicleTypes,
  vehicleIds,
  visible,
}: SearchRequest): Steps<VehicleSearch> {
  const period = { from: Date.parse(from), to: Date.parse(to) }
  if (!(period.from < period.to)) {
    throw new FleetError('query.invalid', `the period is empty: from ${from} must be before to ${to}`)
  }
  return { area: yield* areaSteps(area), period, vehicleTypes, vehicleIds, visible }
}
