import type { FileColumnValues } from '@fleetlake/columnar/parquet'
import { type Batch, daysIn, gatherBatch, numbersIn, textsIn } from './batch.ts'

/** Whole numbers of rows in which they are ordered. */
interface Ranks {
  readonly ranks: Int32Array
  /** All are below. */
  readonly count: number
}

/** A wider range is ranked by its distinct numbers. */
const MOST_COUNTED = 1 << 20

const ranksOfNumbers = (values: ArrayLike<number>): Ranks => {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i])
    most = Math.max(most, values[i])
  }
  if (most - least < MOST_COUNTED) {
    return { ranks: Int32Array.from(values, (value) => value - least), count: most - least + 1 }
  }
  const distinct = new Map([...new Set(Array.from(values))].toSorted((a, b) => a - b).map((value, i) => [value, i]))
  return { ranks: Int32Array.from(values, (value) => distinct.get(value)!), count: distinct.size }
}

/** Of texts that are in the order of their bytes. */
const ranksOf = (column: FileColumnValues): Ranks => {
  switch (column.type) {
    case 'string':
    case 'text': {
      const { codes, dictionary } = textsIn(column)
      return { ranks: codes, count: dictionary.count }
    }
    case 'date':
      return ranksOfNumbers(daysIn(column))
    default:
      return ranksOfNumbers(numbersIn(column))
  }
}

/** A pass of a stable counting sort. */
const sortBy = (order: Uint32Array, { ranks, count }: Ranks): Uint32Array => {
  const next = new Uint32Array(count + 1)
  for (let i = 0; i < ranks.length; i++) next[ranks[i] + 1]++
  for (let rank = 1; rank <= count; rank++) next[rank] += next[rank - 1]
  const sorted = new Uint32Array(order.length)
  for (let i = 0; i < order.length; i++) sorted[next[ranks[order[i]]]++] = order[i]
  return sorted
}

const isInOrder = (keys: readonly Ranks[], length: number): boolean => {
  for (let row = 1; row < length; row++) {
    for (const { ranks } of keys) {
      if (ranks[row - 1] > ranks[row]) return false
      if (ranks[row - 1] < ranks[row]) break
    }
  }
  return true
}

/**
 * The rows by their first `keys` columns; rows of equal key stay in their order.
 * @param batch the texts of those columns are in the order of their bytes, as `concatBatches` leaves them
 */
export const sortBatch = (batch: Batch, keys: number): Batch => {
  const ranks = batch.columns.slice(0, keys).map(ranksOf)
  if (isInOrder(ranks, batch.length)) return batch
  const order = ranks.reduceRight(
    sortBy,
    Uint32Array.from({ length: batch.length }, (_, row) => row),
  )
  return gatherBatch(batch, order)
}

/** Where rows of another key than the one before begin, and at last the number of rows. */
export const runsOf = (sorted: Batch, keys: number): Uint32Array => {
  const columns = sorted.columns
    .slice(0, keys)
    .map((column) => (column.type === 'date' ? column.days : 'codes' in column ? column.codes : numbersIn(column)))
  const starts = new Uint32Array(sorted.length + 1)
  let count = 0
  for (let row = 0; row < sorted.length; row++) {
    if (row === 0 || columns.some((values) => values[row] !== values[row - 1])) starts[count++] = row
  }
  starts[count] = sorted.length
  return starts.subarray(0, count + 1)
}

/** Compares two rows by the first `keys` columns, texts by their bytes. */
export const compareKeys = (a: Batch, i: number, b: Batch, j: number, keys: number): number => {
  for (let place = 0; place < keys; place++) {
    const [x, y] = [a.columns[place], b.columns[place]]
    let difference: number
    if (x.type === 'date' && y.type === 'date') difference = x.days[i] - y.days[j]
    else if ('codes' in x && 'codes' in y)
      difference = Buffer.compare(x.dictionary.at(x.codes[i]), y.dictionary.at(y.codes[j]))
    else difference = numbersIn(x)[i] - numbersIn(y)[j]
    if (difference !== 0) return difference
  }
  return 0
}
