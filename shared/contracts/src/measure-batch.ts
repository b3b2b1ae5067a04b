import { FleetError } from '@fleetlake/core'
import {
  createTextList,
  fitsMeasure,
  MAX_MEASURES,
  type MeasureColumn,
  type MeasureScalar,
  type MeasureSpec,
  type MeasureType,
  type NumberMeasure,
  type TextList,
  type TextMeasure,
} from '@fleetlake/columnar'

/** The measures of a row; each once. */
export interface Said {
  readonly measure: MeasureSpec
  /** Null for nothing. */
  readonly value: MeasureScalar | null
}

/** The measures of a batch that is being filled. Rows that say nothing cost nothing as long as none says anything. */
export interface MeasureBatch {
  /**
   * What a row would add to the batch's bytes, at most; Infinity when it can't be in it: of the measures of one name in a batch all have one type.
   * @param length rows so far
   * @throws FleetError `message.invalid` for a value that the measure can't have
   */
  bytesOf(said: readonly Said[], length: number): number
  /** Puts it down as row `length`. */
  append(said: readonly Said[], length: number): void
  /** Of the first `length` rows; views, good until the batch is cleared. */
  columns(length: number): MeasureColumn[]
  /** Begins a new batch. */
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

/** A number that is not finite is sent as it came. */
const isOfType = (value: MeasureScalar, type: MeasureType): boolean =>
  type === 'double' || type === 'float' ? typeof value === 'number' && !Number.isNaN(value) : fitsMeasure(value, type)

const columnOf = (spec: MeasureSpec, maxRows: number): Column =>
  spec.type === 'string'
    ? {
        spec: { ...spec, type: 'string' },
        codes: new Int32Array(maxRows).fill(-1),
        texts: createTextList(),
        numbers: new Map(),
      }
    : { spec: { ...spec, type: spec.type }, values: new Float64Array(maxRows).fill(NaN) }

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
  let rows = 0

  const open = (spec: MeasureSpec): Column => {
    const kept = spare.get(spec.name)
    spare.delete(spec.name)
    const column = kept?.spec.type === spec.type ? kept : columnOf(spec, maxRows)
    columns.set(spec.name, column)
    return column
  }

  return {
    bytesOf: (said, length) => {
      let [bytes, added] = [0, 0]
      for (const { measure, value } of said) {
        if (value === null) continue
        const { name, type } = measure
        if (!isOfType(value, type)) {
          throw new FleetError('message.invalid', `${name} is of type ${type} and can't be ${JSON.stringify(value)}`)
        }
        const column = columns.get(name)
        if (column === undefined) {
          added++
          bytes += COLUMN_BYTES + name.length + VALUE_BYTES * length
        } else if (column.spec.type !== type) return Infinity
        if (typeof value === 'string') bytes += utf8.encode(value).length
      }
      return columns.size + added > MAX_MEASURES ? Infinity : bytes + VALUE_BYTES * (columns.size + added)
    },
    append: (said, length) => {
      rows = length + 1
      for (const { measure, value } of said) {
        if (value !== null) put(columns.get(measure.name) ?? open(measure), length, value)
      }
    },
    columns: (length) =>
      Array.from(columns.values(), (column): MeasureColumn =>
        'values' in column
          ? { spec: column.spec, values: column.values.subarray(0, length) }
          : { spec: column.spec, codes: column.codes.subarray(0, length), texts: column.texts.texts() },
      ),
    clear: () => {
      if (columns.size === 0) return
      if (spare.size > MAX_MEASURES) spare.clear()
      for (const [name, column] of columns) spare.set(name, emptied(column, rows))
      columns.clear()
    },
  }
}
