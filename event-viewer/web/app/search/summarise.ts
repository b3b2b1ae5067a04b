import { distanceM } from '@fleetlake/viewer-core'
import { type FoundRows, GAP_MS, type VehicleSummaries } from './search-answer.ts'

/**
 * One line a vehicle. The rows are those that a search found, so each lies in its area; what a vehicle did between two of them counts
 * unless they are further apart than `GAP_MS`.
 */
export const summariseVehicles = ({
  ids,
  start,
  eventTime,
  longitude,
  latitude,
}: Pick<FoundRows, 'ids' | 'start' | 'eventTime' | 'longitude' | 'latitude'>): VehicleSummaries => {
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
    let [meters, ms] = [0, 0]
    for (let row = from + 1; row < to; row++) {
      const since = eventTime[row] - eventTime[row - 1]
      if (since > GAP_MS) continue
      ms += since
      meters += distanceM(longitude[row - 1], latitude[row - 1], longitude[row], latitude[row])
    }
    distance[vehicle] = meters
    timeInside[vehicle] = ms
  }
  return { firstSeen, lastSeen, points, distance, timeInside }
}
