import { bytesOfTexts, type TextBytes } from '@fleetlake/columnar'
import type { FileColumn, FileColumnValues } from '@fleetlake/columnar/parquet'

/** Rows as columns, all of equal length, in the order of the kind's columns. Immutable. */
export interface Batch {
  readonly length: number
  readonly columns: readonly FileColumnValues[]
}

/** A column of a projection. */
export type ProjectionColumn = FileColumn

type TextValues = Extract<FileColumnValues, { readonly dictionary: TextBytes }>

const isText = (column: FileColumnValues): column is TextValues => column.type === 'string' || column.type === 'text'

const faultOf = (column: FileColumnValues, wanted: string): TypeError =>
  new TypeError(`the column ${column.name} is of type ${column.type}, not ${wanted}`)

/** The texts of a column; −1 stands for none. */
export const textsIn = (column: FileColumnValues): { readonly codes: Int32Array; readonly dictionary: TextBytes } => {
  if (!isText(column)) throw faultOf(column, 'text')
  return column
}
/** ms since the epoch. */
export const millisIn = (column: FileColumnValues): Float64Array => {
  if (column.type !== 'timestamp') throw faultOf(column, 'timestamp')
  return column.millis
}
/** Days since 1970-01-01. */
export const daysIn = (column: FileColumnValues): Int32Array => {
  if (column.type !== 'date') throw faultOf(column, 'date')
  return column.days
}
/** Numbers, or millionths of a degree; NaN where there is none. */
export const numbersIn = (column: FileColumnValues): Float64Array | Float32Array | Int32Array => {
  switch (column.type) {
    case 'double':
    case 'int':
    case 'long':
    case 'boolean':
    case 'float':
      return column.values
    case 'decimal':
      return column.unscaled
    case 'string':
    case 'text':
    case 'timestamp':
    case 'date':
      throw faultOf(column, 'a number')
  }
}

type Values = Int32Array | Float64Array | Float32Array

const valuesOf = (column: FileColumnValues): Values => {
  switch (column.type) {
    case 'string':
    case 'text':
      return column.codes
    case 'timestamp':
      return column.millis
    case 'date':
      return column.days
    default:
      return numbersIn(column)
  }
}

/** A column of the same name and type with other values, of the same kind of array. */
const withValues = (column: FileColumnValues, values: Values): FileColumnValues => {
  switch (column.type) {
    case 'string':
    case 'text':
      return { ...column, codes: values as Int32Array }
    case 'timestamp':
      return { ...column, millis: values as Float64Array }
    case 'date':
      return { ...column, days: values as Int32Array }
    case 'decimal':
      return { ...column, unscaled: values as Int32Array }
    case 'float':
      return { ...column, values: values as Float32Array }
    case 'double':
    case 'int':
    case 'long':
    case 'boolean':
      return { ...column, values: values as Float64Array }
  }
}

/** What its values take of memory, and its texts, each as often as it is used. */
export const bytesOfBatch = ({ columns }: Batch): number => {
  let sum = 0
  for (const column of columns) {
    sum += valuesOf(column).byteLength
    if (!isText(column)) continue
    for (const code of column.codes) if (code >= 0) sum += column.dictionary.at(code).length
  }
  return sum
}

const arrayLike = (values: Values, length: number): Values => {
  if (values instanceof Int32Array) return new Int32Array(length)
  return values instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)
}

// A loop a type of array: one that is given all of them is several times slower.
const gatherInt32 = (from: Int32Array, order: Uint32Array): Int32Array => {
  const to = new Int32Array(order.length)
  for (let i = 0; i < order.length; i++) to[i] = from[order[i]]
  return to
}
const gatherFloat64 = (from: Float64Array, order: Uint32Array): Float64Array => {
  const to = new Float64Array(order.length)
  for (let i = 0; i < order.length; i++) to[i] = from[order[i]]
  return to
}
const gatherFloat32 = (from: Float32Array, order: Uint32Array): Float32Array => {
  const to = new Float32Array(order.length)
  for (let i = 0; i < order.length; i++) to[i] = from[order[i]]
  return to
}
const gather = (from: Values, order: Uint32Array): Values => {
  if (from instanceof Int32Array) return gatherInt32(from, order)
  return from instanceof Float64Array ? gatherFloat64(from, order) : gatherFloat32(from, order)
}

/** The rows `[from, to)`, without a copy. */
export const sliceBatch = (batch: Batch, from: number, to: number): Batch =>
  from === 0 && to === batch.length
    ? batch
    : {
        length: to - from,
        columns: batch.columns.map((column) => withValues(column, valuesOf(column).subarray(from, to))),
      }

/** The rows that `order` names, in that order. */
export const gatherBatch = (batch: Batch, order: Uint32Array): Batch => ({
  length: order.length,
  columns: batch.columns.map((column) => withValues(column, gather(valuesOf(column), order))),
})

/** A character a byte: such texts compare as their bytes do. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The texts that some columns use, each once, in the order of their bytes, and each row's number among them. */
const concatTexts = (columns: readonly TextValues[], length: number): TextValues => {
  const numbers = new Map<string, number>()
  const uses = columns.map(({ codes, dictionary }) => {
    const texts: (string | undefined)[] = Array.from({ length: dictionary.count })
    for (const code of codes) {
      if (code < 0 || texts[code] !== undefined) continue
      const text = latin1(dictionary.at(code))
      texts[code] = text
      numbers.set(text, 0)
    }
    return texts
  })
  const sorted = [...numbers.keys()].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  sorted.forEach((text, number) => numbers.set(text, number))
  const codes = new Int32Array(length)
  let at = 0
  columns.forEach((column, i) => {
    const moved = Int32Array.from(uses[i], (text) => (text === undefined ? -1 : numbers.get(text)!))
    for (const code of column.codes) codes[at++] = code < 0 ? -1 : moved[code]
  })
  const offsets = new Int32Array(sorted.length + 1)
  sorted.forEach((text, i) => (offsets[i + 1] = offsets[i] + text.length))
  const bytes = Buffer.from(sorted.join(''), 'latin1')
  return { ...columns[0], codes, dictionary: bytesOfTexts({ count: sorted.length, offsets, bytes }) }
}

const concatColumns = (columns: readonly FileColumnValues[], length: number): FileColumnValues => {
  const texts = columns.filter(isText)
  if (texts.length === columns.length) return concatTexts(texts, length)
  if (columns.length === 1) return columns[0]
  const joined = arrayLike(valuesOf(columns[0]), length)
  let next = 0
  for (const column of columns) {
    const values = valuesOf(column)
    joined.set(values, next)
    next += values.length
  }
  return withValues(columns[0], joined)
}

/** All rows, one batch after the other. The texts of its columns are in the order of their bytes, and no others than its rows use. */
export const concatBatches = (batches: readonly Batch[]): Batch => {
  const length = batches.reduce((sum, batch) => sum + batch.length, 0)
  const [first] = batches
  return {
    length,
    columns: first.columns.map((_, place) =>
      concatColumns(
        batches.map(({ columns }) => columns[place]),
        length,
      ),
    ),
  }
}

const emptyColumn = ({ name, type }: ProjectionColumn): FileColumnValues => {
  switch (type) {
    case 'string':
    case 'text':
      return { name, type, codes: new Int32Array(0), dictionary: { count: 0, at: () => new Uint8Array(0) } }
    case 'timestamp':
      return { name, type, millis: new Float64Array(0) }
    case 'date':
      return { name, type, days: new Int32Array(0) }
    case 'decimal':
      return { name, type, unscaled: new Int32Array(0), precision: 9, scale: 6 }
    case 'float':
      return { name, type, values: new Float32Array(0), encoding: 'dictionary' }
    case 'double':
    case 'int':
    case 'long':
    case 'boolean':
      return { name, type, values: new Float64Array(0) }
  }
}

export const emptyBatch = (columns: readonly ProjectionColumn[]): Batch => ({
  length: 0,
  columns: columns.map(emptyColumn),
})

/** All rows, in no order; of a single batch without a copy. */
export const joinBatches = (
  { columns }: { readonly columns: readonly ProjectionColumn[] },
  batches: readonly Batch[],
): Batch => {
  const some = batches.filter(({ length }) => length > 0)
  if (some.length > 1) return concatBatches(some)
  return some[0] ?? emptyBatch(columns)
}
