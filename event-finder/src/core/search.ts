import { type Area, areaOf, FleetError, type Period } from '@fleetlake/core'

/** What is looked for, checked. */
export interface VehicleSearch {
  readonly area: Area
  readonly period: Period
  readonly vehicleTypes: readonly string[] | undefined
  readonly vehicleIds: readonly string[] | undefined
}

export interface SearchRequest {
  readonly area?: unknown
  readonly from: string
  readonly to: string
  readonly vehicleTypes?: readonly string[] | undefined
  readonly vehicleIds?: readonly string[] | undefined
}

/** @throws FleetError `area.invalid`, `query.invalid` */
export const searchOf = ({ area, from, to, vehicleTypes, vehicleIds }: SearchRequest): VehicleSearch => {
  const period = { from: Date.parse(from), to: Date.parse(to) }
  if (!(period.from < period.to)) {
    throw new FleetError('query.invalid', `the period is empty: from ${from} must be before to ${to}`)
  }
  return { area: areaOf(area), period, vehicleTypes, vehicleIds }
}
