import { distanceM } from '@fleetlake/core'
import type { FoundRows } from '@fleetlake/viewer-core'
import type { VehicleSummaries } from './search-answer.ts'

/**
 * One line a vehicle. The rows are those that a search found, so each lies in its area; what a vehicle did between two of them counts
 * unless there is a gap.
 * @param isJoined as `joinRows` gives it
 */
export const summariseVehicles = (
  {
    ids,
    start,
    eventTime,
    longitude,
    latitude,
  }: Pick<FoundRows, 'ids' | 'start' | 'eventTime' | 'longitude' | 'latitude'>,
  isJoined: Uint8Array,
): VehicleSummaries => {
  const vehicles = ids.length
  const firstSeen = new Float64Array(vehicles)
  const lastSeen = new Float64Array(vehicles)
  const points = new Uint32Array(vehicles)
  const distance = new Float64Array(vehicles)
  const timeInside = new Float64Array(vehicles)
  for (let vehicle = 0; vehicle < vehicles; vehicle++) {
    const [from, to] = [start[vehicle], start[vehicle + 1]]
    firstSeen[vehicle] = eventTime[from]
    lastSeen[vehicle] = eventTime[to - 1]
    points[vehicle] = to - from
    let [meters, ms, joints] = [0, 0, 0]
    for (let row = from + 1; row < to; row++) {
      if (isJoined[row - 1] === 0) continue
      joints++
      ms += eventTime[row] - eventTime[row - 1]
      meters += distanceM(longitude[row - 1], latitude[row - 1], longitude[row], latitude[row])
    }
    distance[vehicle] = joints === 0 ? NaN : meters
    timeInside[vehicle] = joints === 0 ? NaN : ms
  }
  return { firstSeen, lastSeen, points, distance, timeInside }
}
