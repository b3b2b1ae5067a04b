import type { FoundRows } from '@fleetlake/viewer-core'
import { rowAt } from './report-times.ts'

/** Which vehicles have a known place at an instant, and by which report. */
export interface Presence {
  /** Moves to another instant; cheap when it is near the one before. */
  moveTo(time: number): void
  readonly time: number
  /** Vehicles that are somewhere now. */
  readonly count: number
  /** The last report of a vehicle that is somewhere now; −1 for one that is not. */
  rowOf(vehicle: number): number
}

/** So many rows further a search by halves is quicker. */
const NEAR_ROWS = 8

/**
 * A vehicle is somewhere at its reports and between two of them without a gap. Before its first, after its last and in a
 * gap it is nowhere.
 * @param isJoined as `joinRows` gives it
 */
export const createPresence = (
  { ids, start, eventTime }: Pick<FoundRows, 'ids' | 'start' | 'eventTime'>,
  isJoined: Uint8Array,
): Presence => {
  const vehicles = ids.length
  /** The last row by now of each vehicle, or the row before its first. */
  const row = Int32Array.from({ length: vehicles }, (_, vehicle) => start[vehicle] - 1)
  const isPresent = new Uint8Array(vehicles)
  let [now, count] = [-Infinity, 0]

  const moved = (vehicle: number, time: number): number => {
    const [first, end] = [start[vehicle], start[vehicle + 1]]
    let at = row[vehicle]
    for (let steps = 0; steps < NEAR_ROWS; steps++) {
      if (at >= first && eventTime[at] > time) at--
      else if (at + 1 < end && eventTime[at + 1] <= time) at++
      else return at
    }
    return rowAt({ start, eventTime }, vehicle, time)
  }
  const isAt = (vehicle: number, at: number, time: number): boolean => {
    if (at < start[vehicle]) return false
    if (eventTime[at] === time) return true
    return isJoined[at] === 1
  }
  return {
    moveTo: (time) => {
      count = 0
      for (let vehicle = 0; vehicle < vehicles; vehicle++) {
        const at = moved(vehicle, time)
        row[vehicle] = at
        const present = isAt(vehicle, at, time) ? 1 : 0
        isPresent[vehicle] = present
        count += present
      }
      now = time
    },
    get time() {
      return now
    },
    get count() {
      return count
    },
    rowOf: (vehicle) => (isPresent[vehicle] === 1 ? row[vehicle] : -1),
  }
}
