import {
  compareReports,
  compareRevisions,
  isSameReport,
  makeRowArrays,
  type MeasureColumn,
  REVISION,
  type RowArrays,
} from '@fleetlake/columnar'

/** Rows of one (date, cell) in memory, from any number of files. */
export interface MergeColumns extends RowArrays {
  /** 1 for a row of a file that stays: it is there only to show that another is its duplicate. */
  readonly isKept: Uint8Array
  /** Of all rows. */
  measures: readonly MeasureColumn[]
}

/** What a row costs while it is merged, measures apart: its columns, three orders and the chunk that it is gathered into. */
export const MERGE_BYTES_PER_ROW = 64

export const makeMergeColumns = (capacity: number): MergeColumns => ({
  ...makeRowArrays(capacity),
  isKept: new Uint8Array(capacity),
  measures: [],
})

export interface MergedRows {
  /** Row numbers, sorted by vehicle, then time, of the rows that are to be written. */
  readonly order: Uint32Array
  /** Rows left out since another is the same report. */
  readonly duplicates: number
  /** A row that is kept elsewhere has a greater revision than its duplicate: that one would have to stay instead. */
  readonly isKeptOutdone: boolean
}

/** One stable counting-sort pass over the ranks. */
const orderByVehicle = (vehicle: Int32Array, length: number, ranks: Int32Array): Uint32Array => {
  const starts = new Uint32Array(ranks.length + 1)
  for (let i = 0; i < length; i++) starts[ranks[vehicle[i]] + 1]++
  for (let rank = 0; rank < ranks.length; rank++) starts[rank + 1] += starts[rank]
  const order = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[starts[ranks[vehicle[i]]]++] = i
  return order
}

/**
 * Sorts rows by vehicle and time and leaves duplicates out. Invariant: of the rows that are one report one is written, that of the smallest revision, and
 * of these the first in the order of `columns`; none if one of them is kept elsewhere. Every other row that is not kept is written.
 * @param ranks of each vehicle by its code: those of their ids' bytes, so that a page of a file holds few vehicles that are next to each other
 */
export const mergeRows = (columns: MergeColumns, length: number, ranks: Int32Array): MergedRows => {
  const { vehicle, eventTime, isKept } = columns
  const order = orderByVehicle(vehicle, length, ranks)
  const hasRevisions = columns.measures.some(({ spec }) => spec.name === REVISION)
  const compare = (a: number, b: number): number =>
    compareReports(columns, a, b) ||
    (hasRevisions ? compareRevisions(columns, a, b) : 0) ||
    isKept[b] - isKept[a] ||
    a - b
  // Rows of a vehicle nearly always come in the order of time, each at a time of its own: then there is nothing to sort.
  for (let start = 0; start < length;) {
    let end = start + 1
    let isSorted = true
    while (end < length && vehicle[order[end]] === vehicle[order[start]]) {
      if (eventTime[order[end]] <= eventTime[order[end - 1]]) isSorted = false
      end++
    }
    if (!isSorted) order.subarray(start, end).sort(compare)
    start = end
  }
  let [written, duplicates, isKeptOutdone] = [0, 0, false]
  /** The first of the rows that are one report. */
  let first = order[0]
  for (let i = 0; i < length; i++) {
    const row = order[i]
    if (isKept[row] === 1 && !hasRevisions) continue
    // Sorted, so that a row's equals stand before it, by their revisions, of one revision a kept one first.
    const before = i > 0 ? order[i - 1] : row
    const isRepeat = before !== row && vehicle[before] === vehicle[row] && isSameReport(columns, before, columns, row)
    if (!isRepeat) first = row
    if (isKept[row] === 1) isKeptOutdone ||= isRepeat && isKept[first] === 0
    else if (isRepeat) duplicates++
    else order[written++] = row
  }
  return { order: order.subarray(0, written), duplicates, isKeptOutdone }
}
