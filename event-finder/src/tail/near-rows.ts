import { gatherMeasures, gatherRows, makeRowArrays, type Rows } from '@fleetlake/columnar'
import { hashBytes, hashText, type MicroBounds, type Period } from '@fleetlake/core'
import type { VehicleSearch } from '../core/search.ts'

/**
 * Makes few rows of many, for the exact test: rows that are not archived yet are in the order in which they were reported, from all over
 * the city, and a search is about few of them as a rule. Invariant: it may keep rows that don't match, and never drops one that does.
 */
export const createRowNarrower = ({ area, period, vehicleIds }: VehicleSearch): ((rows: Rows) => Rows) => {
  const hashes = vehicleIds && new Set(vehicleIds.map(hashText))
  let scratch = new Uint32Array(0)
  return (rows) => {
    const { length, vehicle } = rows
    const { offsets, bytes } = rows.vehicleIds
    if (scratch.length < length) scratch = new Uint32Array(length)
    let count = selectNear(rows, area.bounds, period, scratch)
    if (hashes !== undefined) {
      let kept = 0
      for (let i = 0; i < count; i++) {
        const row = scratch[i]
        const id = vehicle[row]
        if (hashes.has(hashBytes(bytes, offsets[id], offsets[id + 1]))) scratch[kept++] = row
      }
      count = kept
    }
    return 2 * count > length ? rows : gather(rows, scratch.subarray(0, count))
  }
}

/** @returns how many rows lie in the bounds and the period; their indexes are the first of `near` */
const selectNear = (
  { length, eventTime, longitude, latitude }: Rows,
  { west, south, east, north }: MicroBounds,
  { from, to }: Period,
  near: Uint32Array,
): number => {
  let count = 0
  for (let i = 0; i < length; i++) {
    const x = longitude[i]
    if (x < west || x > east) continue
    const y = latitude[i]
    if (y < south || y > north) continue
    const time = eventTime[i]
    if (time >= from && time < to) near[count++] = i
  }
  return count
}

const gather = (rows: Rows, indexes: Uint32Array): Rows => ({
  length: indexes.length,
  vehicleIds: rows.vehicleIds,
  vehicleTypes: rows.vehicleTypes,
  measures: gatherMeasures(rows.measures, indexes),
  ...gatherRows(rows, indexes, makeRowArrays(indexes.length)),
})
