import {
  bytesOfTexts,
  type Column,
  COLUMNS,
  emptyMeasure,
  isTextMeasure,
  type Kind,
  type MeasureColumn,
  type MeasureSpec,
  type MeasureType,
  type Positions,
} from '@fleetlake/columnar'
import {
  Bool,
  type Data,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'
import { AsyncByteQueue } from 'apache-arrow/io/stream'
import { createAnswerMeasures } from '../rows/answer-measures.ts'
import { type AnswerFormat, joinBytes } from './answer-format.ts'
import { blockFormat } from './block-format.ts'

const BLOCK_ROWS = 65_536

const TYPES: Readonly<Record<Kind, () => Utf8 | TimestampMillisecond | Float64 | Float32>> = {
  id: () => new Utf8(),
  label: () => new Utf8(),
  instant: () => new TimestampMillisecond('UTC'),
  degrees: () => new Float64(),
  float: () => new Float32(),
}

const FIELDS = COLUMNS.map(({ name, kind, isRequired }) => new Field(name, TYPES[kind](), !isRequired))

const MEASURE_FIELDS: Readonly<Record<MeasureType, () => Float64 | Float32 | Int64 | Int32 | Utf8 | Bool>> = {
  double: () => new Float64(),
  float: () => new Float32(),
  long: () => new Int64(),
  int: () => new Int32(),
  string: () => new Utf8(),
  boolean: () => new Bool(),
}

const fieldOf = ({ name, type, unit, description }: MeasureSpec): Field => {
  const told = Object.entries({ unit, description }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return new Field(name, MEASURE_FIELDS[type](), true, new Map(told))
}

/**
 * An Arrow IPC file (Feather 2). Vehicle types are plain texts, since a file's dictionary can't be known before its last row, and few readers
 * take one that grows. Units and descriptions of measures are metadata of their fields.
 */
export const arrow = (): AnswerFormat => {
  const pieces = createPieces()
  const writer = new RecordBatchFileWriter()
  const answer = createAnswerMeasures()
  let schema: Schema | undefined
  /** Of the first block, before it is written. */
  const begin = (): Schema => {
    if (schema !== undefined) return schema
    schema = new Schema([...FIELDS, ...(answer.specs() ?? []).map(fieldOf)])
    writer.reset(pieces.sink, schema)
    return schema
  }
  return blockFormat(
    {
      head: () => new Uint8Array(0),
      block: (rows) => {
        const measures = answer.columns(rows)
        const children = answer.specs()!.map((spec, i) => measureData(spec, measures[i], rows.length))
        writer.write(recordBatch(begin(), rows, children))
        return pieces.take()
      },
      tail: () => {
        begin()
        writer.reset(pieces.sink)
        return pieces.take()
      },
    },
    BLOCK_ROWS,
  )
}

/** What the library writes, to be taken at any time. */
const createPieces = (): { readonly sink: AsyncByteQueue; take(): Uint8Array } => {
  let pieces: Uint8Array[] = []
  class Sink extends AsyncByteQueue {
    override write(piece: Uint8Array): void {
      pieces.push(piece)
    }
  }
  return {
    sink: new Sink(),
    take: () => {
      const taken = joinBytes(pieces)
      pieces = []
      return taken
    },
  }
}

const recordBatch = (schema: Schema, rows: Positions, measures: readonly Data[]): RecordBatch => {
  const { length } = rows
  const children = [...COLUMNS.map((column) => dataOf(column, rows)), ...measures]
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }))
}

const measureData = (spec: MeasureSpec, column: MeasureColumn | undefined, length: number): Data => {
  const filled = column ?? emptyMeasure(spec, length)
  if (isTextMeasure(filled)) {
    const { codes, texts } = filled
    const { at } = bytesOfTexts(texts)
    const { offsets, bytes } = textsOf(codes, length, at)
    const nulls = nullsOf(length, (row) => codes[row] < 0)
    return makeData({ type: new Utf8(), length, valueOffsets: offsets, data: bytes, ...nulls })
  }
  const values = filled.values.subarray(0, length)
  return numberData(
    filled.spec.type,
    values,
    nullsOf(length, (row) => Number.isNaN(values[row])),
  )
}

const numberData = (type: Exclude<MeasureType, 'string'>, values: Float64Array, nulls: Nulls): Data => {
  const { length } = values
  switch (type) {
    case 'double':
      return makeData({ type: new Float64(), length, data: values, ...nulls })
    case 'float':
      return makeData({ type: new Float32(), length, data: Float32Array.from(values), ...nulls })
    case 'long':
      return makeData({ type: new Int64(), length, data: BigInt64Array.from(values, wholeOf), ...nulls })
    case 'int':
      return makeData({ type: new Int32(), length, data: Int32Array.from(values), ...nulls })
    case 'boolean':
      return makeData({ type: new Bool(), length, data: bitsOf(length, (row) => values[row] === 1), ...nulls })
  }
}

const wholeOf = (value: number): bigint => (Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n)

const dataOf = (column: Column, rows: Positions): Data => {
  const { length } = rows
  switch (column.kind) {
    case 'id':
      return makeData({ type: new Utf8(), length, valueOffsets: rows.vehicleIdOffsets, data: rows.vehicleIdBytes })
    case 'label': {
      const names = rows.vehicleTypes.map((name) => utf8.encode(name))
      const { offsets, bytes } = textsOf(rows.vehicleType, length, (code) => names[code])
      return makeData({ type: new Utf8(), length, valueOffsets: offsets, data: bytes })
    }
    case 'instant':
      return makeData({
        type: new TimestampMillisecond('UTC'),
        length,
        data: BigInt64Array.from(rows[column.key], BigInt),
      })
    case 'degrees':
      return makeData({ type: new Float64(), length, data: rows[column.key] })
    case 'float':
      return makeData({ type: new Float32(), length, data: rows[column.key], ...nansOf(rows[column.key]) })
  }
}

const utf8 = new TextEncoder()

/** Texts side by side, by the number of each row's; a number below 0 stands for none. */
const textsOf = (
  codes: Int32Array,
  length: number,
  textOf: (code: number) => Uint8Array,
): { offsets: Int32Array; bytes: Uint8Array } => {
  const offsets = new Int32Array(length + 1)
  for (let row = 0; row < length; row++)
    offsets[row + 1] = offsets[row] + (codes[row] < 0 ? 0 : textOf(codes[row]).length)
  const bytes = new Uint8Array(offsets[length])
  for (let row = 0; row < length; row++) if (codes[row] >= 0) bytes.set(textOf(codes[row]), offsets[row])
  return { offsets, bytes }
}

interface Nulls {
  readonly nullCount: number
  readonly nullBitmap?: Uint8Array
}

const bitsOf = (length: number, isSet: (row: number) => boolean): Uint8Array => {
  const bits = new Uint8Array((length + 7) >> 3)
  for (let row = 0; row < length; row++) if (isSet(row)) bits[row >> 3] |= 1 << (row & 7)
  return bits
}

const nullsOf = (length: number, isNull: (row: number) => boolean): Nulls => {
  let nullCount = 0
  for (let row = 0; row < length; row++) if (isNull(row)) nullCount++
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bitsOf(length, (row) => !isNull(row)) }
}

/** NaN is null. */
const nansOf = (values: Float32Array): Nulls => {
  const nullBitmap = new Uint8Array((values.length + 7) >> 3)
  let nullCount = values.length
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue
    nullBitmap[row >> 3] |= 1 << (row & 7)
    nullCount--
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap }
}
