import { type Area, contains, type Period } from '@fleetlake/core'
import { createSees } from '@fleetlake/contracts'
import { createRowFilter, type Rows, textAt } from '@fleetlake/columnar'
import type { VehicleSearch } from './search.ts'

/**
 * Which rows of a chunk match, ascending; good until it is asked again.
 * @param isInside all rows lie in the area: they need no test against it
 */
export type RowSelector = (rows: Rows, isInside: boolean) => Uint32Array

/** The exact test of a search: everything that reads chunks may give it more rows than match, never fewer. */
export const createRowSelector = ({
  area,
  period,
  vehicleTypes,
  vehicleIds,
  visible,
  measures,
}: VehicleSearch): RowSelector => {
  const types = vehicleTypes && new Set(vehicleTypes)
  const ids = vehicleIds && new Set(vehicleIds)
  const sees = visible && createSees(visible)
  const filter = measures?.where && createRowFilter(measures.where, measures.layout)
  let selected = new Uint32Array(0)
  return (rows, isInside) => {
    if (selected.length < rows.length) selected = new Uint32Array(rows.length)
    let count = selectTimes(rows, period, selected)
    if (count > 0 && types !== undefined) {
      count = keepNamed(selected, count, rows.vehicleType, (code) => types.has(rows.vehicleTypes[code]))
    }
    if (count > 0 && ids !== undefined) {
      const texts = rows.vehicleIds
      count = keepNamed(selected, count, rows.vehicle, (code) => ids.has(textAt(texts, code)))
    }
    if (count > 0 && sees !== undefined) {
      const texts = rows.vehicleIds
      count = keepNamed(selected, count, rows.vehicle, (code) => sees(textAt(texts, code)))
    }
    if (count > 0 && !isInside) count = keepContained(selected, count, rows, area)
    if (count > 0 && filter !== undefined) count = filter(rows, selected, count)
    return selected.subarray(0, count)
  }
}

// Each test looks only at what the ones before have left, so that columns that are not needed stay packed.

const selectTimes = ({ length, eventTime }: Rows, { from, to }: Period, selected: Uint32Array): number => {
  let count = 0
  for (let i = 0; i < length; i++) {
    selected[count] = i
    if (eventTime[i] >= from && eventTime[i] < to) count++
  }
  return count
}

/** @param isWanted asked once for each name that a row has */
const keepNamed = (
  selected: Uint32Array,
  count: number,
  codes: Int32Array,
  isWanted: (code: number) => boolean,
): number => {
  const known = new Map<number, boolean>()
  let kept = 0
  for (let i = 0; i < count; i++) {
    const code = codes[selected[i]]
    let wanted = known.get(code)
    if (wanted === undefined) known.set(code, (wanted = isWanted(code)))
    if (wanted) selected[kept++] = selected[i]
  }
  return kept
}

const keepContained = (selected: Uint32Array, count: number, { longitude, latitude }: Rows, area: Area): number => {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const row = selected[i]
    if (contains(area, longitude[row], latitude[row])) selected[kept++] = row
  }
  return kept
}
