import type { Rows } from '@fleetlake/columnar'
import { classOf } from './intervals.ts'

/** What the reports of one vehicle in one date and cell come to. */
export interface ReportCount {
  /** The number of the vehicle in the reports. */
  readonly vehicle: number
  /** ms since the epoch. */
  readonly first: number
  readonly last: number
  readonly rows: number
  /** By class: how many intervals between consecutive distinct times. */
  readonly intervals: ReadonlyMap<number, number>
}

/** @param reports distinct, by vehicle and time, of one date and cell */
export const countReports = ({ length, vehicle, eventTime }: Rows): ReportCount[] => {
  const counts: ReportCount[] = []
  for (let from = 0; from < length;) {
    const intervals = new Map<number, number>()
    let to = from + 1
    for (; to < length && vehicle[to] === vehicle[from]; to++) {
      if (eventTime[to] === eventTime[to - 1]) continue
      const klass = classOf(eventTime[to] - eventTime[to - 1])
      intervals.set(klass, (intervals.get(klass) ?? 0) + 1)
    }
    counts.push({ vehicle: vehicle[from], first: eventTime[from], last: eventTime[to - 1], rows: to - from, intervals })
    from = to
  }
  return counts
}
