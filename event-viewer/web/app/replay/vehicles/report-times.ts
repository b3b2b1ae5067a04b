import type { FoundRows } from '@fleetlake/viewer-core'

type Rows = Pick<FoundRows, 'ids' | 'start' | 'eventTime'>

/** The last row of a vehicle that is not later than a time; the row before its first one when there is none. */
export const rowAt = ({ start, eventTime }: Omit<Rows, 'ids'>, vehicle: number, time: number): number => {
  let [low, high] = [start[vehicle], start[vehicle + 1]]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (eventTime[middle] <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The first row of a vehicle that is not earlier than a time; the row after its last one when there is none. */
const rowFrom = ({ start, eventTime }: Rows, vehicle: number, time: number): number => {
  let [low, high] = [start[vehicle], start[vehicle + 1]]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (eventTime[middle] < time) low = middle + 1
    else high = middle
  }
  return low
}

const vehiclesOf = (rows: Rows, only: number | undefined): [first: number, end: number] =>
  only === undefined ? [0, rows.ids.length] : [only, only + 1]

/**
 * The time of the next report.
 * @param only of this vehicle; of any when missing
 */
export const nextReport = (rows: Rows, time: number, only?: number): number | undefined => {
  let next = Infinity
  const [first, end] = vehiclesOf(rows, only)
  for (let vehicle = first; vehicle < end; vehicle++) {
    const row = rowAt(rows, vehicle, time) + 1
    if (row < rows.start[vehicle + 1] && rows.eventTime[row] < next) next = rows.eventTime[row]
  }
  return next === Infinity ? undefined : next
}

/** The time of the report before; of one vehicle, or of any. */
export const previousReport = (rows: Rows, time: number, only?: number): number | undefined => {
  let previous = -Infinity
  const [first, end] = vehiclesOf(rows, only)
  for (let vehicle = first; vehicle < end; vehicle++) {
    const row = rowFrom(rows, vehicle, time) - 1
    if (row >= rows.start[vehicle] && rows.eventTime[row] > previous) previous = rows.eventTime[row]
  }
  return previous === -Infinity ? undefined : previous
}

/** From the first to the last report, inclusive; undefined where there is none. */
export const extentOf = ({ start, eventTime, ids }: Rows): { from: number; to: number } | undefined => {
  let [from, to] = [Infinity, -Infinity]
  for (let vehicle = 0; vehicle < ids.length; vehicle++) {
    if (start[vehicle] === start[vehicle + 1]) continue
    from = Math.min(from, eventTime[start[vehicle]])
    to = Math.max(to, eventTime[start[vehicle + 1] - 1])
  }
  return from > to ? undefined : { from, to }
}
