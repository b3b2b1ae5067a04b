import type { FoundRows } from '@fleetlake/viewer-core'
import type { VehicleSummaries } from '../../hub/search/search-answer.ts'

export const SORT_KEYS = ['id', 'type', 'firstSeen', 'lastSeen', 'points', 'distance', 'timeInside'] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface VehicleOrder {
  readonly by: SortKey
  readonly isDescending: boolean
  /** Part of an id or of a type, in any case; all when empty. */
  readonly filter: string
}

type Rows = Pick<FoundRows, 'ids' | 'type' | 'types'>

/**
 * The vehicles that pass the filter, indexes into `ids`, in order; those that are equal stay in the order of their ids, and those of which the
 * value is not known come last.
 */
export const orderVehicles = (
  { ids, type, types }: Rows,
  summaries: VehicleSummaries,
  { by, isDescending, filter }: VehicleOrder,
): Uint32Array => {
  const wanted = filter.trim().toLowerCase()
  const isWantedType = types.map((name) => name.toLowerCase().includes(wanted))
  const passed = new Uint32Array(ids.length)
  let count = 0
  for (let vehicle = 0; vehicle < ids.length; vehicle++) {
    if (wanted !== '' && !isWantedType[type[vehicle]] && !ids[vehicle].toLowerCase().includes(wanted)) continue
    passed[count++] = vehicle
  }
  const order = passed.subarray(0, count)
  const sign = isDescending ? -1 : 1
  if (by === 'id') return isDescending ? order.toReversed() : order
  // Types are sorted by name, so that their numbers are.
  const values = by === 'type' ? type : summaries[by]
  return order.toSorted((a, b) => {
    const [x, y] = [values[a], values[b]]
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b
    return sign * (x - y) || a - b
  })
}
