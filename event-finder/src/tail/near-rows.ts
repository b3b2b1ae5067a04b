import { type ChunkRows } from '@fleetlake/columnar'
import { hashBytes, hashText, type MicroBounds, type Period } from '@fleetlake/core'
import type { VehicleSearch } from '../core/search.ts'

/**
 * Makes few rows of many, for the exact test: rows that are not archived yet are in the order in which they were reported, from all over
 * the city, and a search is about few of them as a rule. Law: it may keep rows that don't match, and never drops one that does.
 */
export const createRowNarrower = ({ area, period, vehicleIds }: VehicleSearch): ((rows: ChunkRows) => ChunkRows) => {
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
  { length, eventTime, longitude, latitude }: ChunkRows,
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

const gather = (rows: ChunkRows, indexes: Uint32Array): ChunkRows => ({
  length: indexes.length,
  vehicle: Int32Array.from(indexes, (row) => rows.vehicle[row]),
  vehicleIds: rows.vehicleIds,
  vehicleType: Int32Array.from(indexes, (row) => rows.vehicleType[row]),
  vehicleTypes: rows.vehicleTypes,
  eventTime: Float64Array.from(indexes, (row) => rows.eventTime[row]),
  longitude: Int32Array.from(indexes, (row) => rows.longitude[row]),
  latitude: Int32Array.from(indexes, (row) => rows.latitude[row]),
  speed: Float32Array.from(indexes, (row) => rows.speed[row]),
  heading: Float32Array.from(indexes, (row) => rows.heading[row]),
})
