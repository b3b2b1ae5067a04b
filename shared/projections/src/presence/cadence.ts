import { addIntervals, CLASSES, classOf, INTERVAL_CLASSES, parseIntervals } from './intervals.ts'
import type { PresenceColumns } from './presence-columns.ts'

/** A time at which a vehicle was in a cell. */
interface Known {
  readonly at: number
  readonly cell: number
}

/** Adds the intervals between neighbouring known times of different cells. */
const addBetweenCells = (counts: Int32Array, known: Known[]): void => {
  known.sort((a, b) => a.at - b.at || a.cell - b.cell)
  for (let i = 1; i < known.length; i++) {
    const betweenMs = known[i].at - known[i - 1].at
    if (betweenMs > 0 && known[i].cell !== known[i - 1].cell) counts[classOf(betweenMs)]++
  }
}

/** Of an even number of intervals the lower one of the two in the middle, ms; undefined when there is none. */
const medianOf = (counts: Int32Array): number | undefined => {
  let total = 0
  for (let place = 0; place < CLASSES; place++) total += counts[place]
  let before = 0
  for (let place = 0; total > 0 && place < CLASSES; place++) {
    before += counts[place]
    if (before >= (total + 1) >> 1) return INTERVAL_CLASSES[place] * 1000
  }
  return undefined
}

/**
 * How often vehicles report on dates, ms: the lower median of the intervals between the consecutive reports of a vehicle on a date, each rounded up to its class. A vehicle that returns to a cell has
 * been in others in between: that one interval within the cell is too long, and the median does not mind it.
 * @param columns rows that are merged and in the order of their key
 * @param visit the first row of a vehicle and a date, and its cadence; undefined while no two times are known
 */
export const eachCadence = (
  columns: PresenceColumns,
  visit: (row: number, cadence: number | undefined) => void,
): void => {
  const { length, vehicle, day, cell, first, last, rows, cadence, interval, intervals } = columns
  const parsed: (Int32Array | undefined)[] = []
  const parse = (code: number): Int32Array | undefined =>
    code < 0 ? undefined : (parsed[code] ??= parseIntervals(Buffer.from(intervals.at(code)).toString('latin1')))
  const counts = new Int32Array(CLASSES)
  for (let from = 0; from < length;) {
    counts.fill(0)
    const known: Known[] = []
    let row = from
    for (; row < length && vehicle[row] === vehicle[from] && day[row] === day[from]; row++) {
      addIntervals(counts, { cadence: cadence[row], rows: rows[row], parsed: parse(interval[row]) })
      known.push({ at: first[row], cell: cell[row] }, { at: last[row], cell: cell[row] })
    }
    // Of one cell there is nothing in between.
    if (known.length > 2) addBetweenCells(counts, known)
    visit(from, medianOf(counts))
    from = row
  }
}
