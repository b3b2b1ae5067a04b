import { classOf, INTERVAL_CLASSES } from './intervals.ts'
import type { PresenceRow } from './presence-rows.ts'

/** A time at which a vehicle was in a cell. */
interface Known {
  readonly at: number
  readonly cell: number
}

/** The intervals between neighbouring known times of different cells, by their class. */
const betweenCells = (rows: readonly PresenceRow[]): number[] => {
  const known = rows
    .flatMap(({ first, last }, cell): Known[] => [
      { at: first, cell },
      { at: last, cell },
    ])
    .toSorted((a, b) => a.at - b.at || a.cell - b.cell)
  return known.slice(1).flatMap(({ at, cell }, i) => {
    const before = known[i]
    return before.cell !== cell && at > before.at ? [INTERVAL_CLASSES[classOf(at - before.at)]] : []
  })
}

/**
 * How often a vehicle reports on a date, ms: the lower median of the intervals between its consecutive reports, each rounded up to its class. A vehicle that returns to a cell has been in others
 * in between: that one interval within the cell is too long, and the median does not mind it.
 * @param rows all of one vehicle and one date, each cell once
 * @returns undefined while no two times are known
 */
export const cadenceOf = (rows: readonly PresenceRow[]): number | undefined => {
  const counts = new Map<number, number>()
  const count = (seconds: number, times: number): Map<number, number> =>
    counts.set(seconds, (counts.get(seconds) ?? 0) + times)
  for (const { intervals } of rows) for (const [seconds, times] of intervals) count(seconds, times)
  for (const seconds of betweenCells(rows)) count(seconds, 1)
  const total = counts.values().reduce((sum, times) => sum + times, 0)
  let before = 0
  for (const seconds of INTERVAL_CLASSES) {
    before += counts.get(seconds) ?? 0
    // The lower one of two in the middle.
    if (total > 0 && before >= (total + 1) >> 1) return seconds * 1000
  }
  return undefined
}
