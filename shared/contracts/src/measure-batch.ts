import { FleetError } from '@fleetlake/core'
import {
  createTextList,
  MAX_MEASURES,
  type MeasureColumn,
  type MeasureScalar,
  type MeasureSpec,
  type NumberMeasure,
  type TextList,
  type TextMeasure,
} from '@fleetlake/columnar'

/** The measures of a batch that is being filled. Rows of which nothing is said cost nothing as long as nothing was said of any. */
export interface MeasureBatch {
  /** Of the row that comes next. @throws FleetError `message.invalid` when it is said twice */
  say(spec: MeasureSpec, value: MeasureScalar): void
  /** What the next row adds to the batch's bytes, at most; Infinity when it can't be in it, but in an empty one. @param length rows so far */
  nextBytes(length: number): number
  /** Puts down what was said as row `length`. */
  append(length: number): void
  /** Of the first `length` rows; views, good until the batch is cleared. */
  columns(length: number): MeasureColumn[]
  /** Begins a new batch; what was said of the next row stays said. */
  clear(): void
}

/** A field, its buffers and what pads them, names apart. */
const COLUMN_BYTES = 320
/** A value and its bit of validity. */
const VALUE_BYTES = 9

interface NumberColumn {
  readonly spec: NumberMeasure['spec']
  readonly values: Float64Array
}

interface TextColumn {
  readonly spec: TextMeasure['spec']
  readonly codes: Int32Array
  readonly texts: TextList
  readonly numbers: Map<string, number>
}

type Column = NumberColumn | TextColumn

const utf8 = new TextEncoder()

const columnOf = (spec: MeasureSpec, maxRows: number): Column =>
  spec.type === 'string'
    ? {
        spec: { ...spec, type: 'string' },
        codes: new Int32Array(maxRows).fill(-1),
        texts: createTextList(),
        numbers: new Map(),
      }
    : { spec: { ...spec, type: spec.type }, values: new Float64Array(maxRows).fill(NaN) }

const valueBytes = (value: MeasureScalar): number => (typeof value === 'string' ? utf8.encode(value).length : 0)

const put = (column: Column, row: number, value: MeasureScalar): void => {
  if ('values' in column) {
    column.values[row] = Number(value)
    return
  }
  const text = String(value)
  let number = column.numbers.get(text)
  if (number === undefined) {
    const bytes = utf8.encode(text)
    column.numbers.set(text, (number = column.texts.add(bytes, 0, bytes.length)))
  }
  column.codes[row] = number
}

const emptied = (column: Column, rows: number): Column => {
  if ('values' in column) {
    column.values.fill(NaN, 0, rows)
    return column
  }
  column.codes.fill(-1, 0, rows)
  return { ...column, texts: createTextList(), numbers: new Map() }
}

export const createMeasureBatch = (maxRows: number): MeasureBatch => {
  /** Of this batch, by name. */
  const columns = new Map<string, Column>()
  /** Of batches before: made once. */
  const spare = new Map<string, Column>()
  const said = new Map<string, { readonly spec: MeasureSpec; readonly value: MeasureScalar }>()
  let rows = 0

  const open = (spec: MeasureSpec): Column => {
    const kept = spare.get(spec.name)
    spare.delete(spec.name)
    const column = kept?.spec.type === spec.type ? kept : columnOf(spec, maxRows)
    columns.set(spec.name, column)
    return column
  }

  return {
    say: (spec, value) => {
      if (said.has(spec.name)) throw new FleetError('message.invalid', `a row says ${spec.name} twice`)
      said.set(spec.name, { spec, value })
    },
    nextBytes: (length) => {
      if (said.size === 0) return columns.size * VALUE_BYTES
      let [bytes, added] = [0, 0]
      for (const { spec, value } of said.values()) {
        const column = columns.get(spec.name)
        if (column === undefined) {
          added++
          bytes += COLUMN_BYTES + spec.name.length + VALUE_BYTES * length
        } else if (column.spec.type !== spec.type) return Infinity
        bytes += valueBytes(value)
      }
      return columns.size + added > MAX_MEASURES ? Infinity : bytes + VALUE_BYTES * (columns.size + added)
    },
    append: (length) => {
      rows = length + 1
      if (said.size === 0) return
      for (const { spec, value } of said.values()) put(columns.get(spec.name) ?? open(spec), length, value)
      said.clear()
    },
    columns: (length) =>
      Array.from(columns.values(), (column): MeasureColumn =>
        'values' in column
          ? { spec: column.spec, values: column.values.subarray(0, length) }
          : { spec: column.spec, codes: column.codes.subarray(0, length), texts: column.texts.texts() },
      ),
    clear: () => {
      if (spare.size > MAX_MEASURES) spare.clear()
      for (const [name, column] of columns) spare.set(name, emptied(column, rows))
      columns.clear()
      rows = 0
    },
  }
}
