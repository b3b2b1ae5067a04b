import type { MeasureColumn } from '../rows/measure-columns.ts'
import type { Positions } from '../rows/positions.ts'
import { SOURCE } from '../measures.ts'
import { type Column, COLUMNS, type Kind, placeOfColumn } from '../columns.ts'
import {
  type ColumnBuffers,
  type ColumnKind,
  type FieldSpec,
  encodeDictionary,
  encodeSchema,
  encodeStream,
} from './encode.ts'
import { describedField, measureBuffers, measureField } from './measure-buffers.ts'

const IN_FLIGHT: Readonly<Record<Kind, ColumnKind>> = {
  id: 'utf8',
  label: 'dictionary',
  instant: 'timestamp-ms',
  degrees: 'float64',
  float: 'float32',
}

/** The in-flight schema of positions; the names and types are a contract with every producer. */
export const POSITION_FIELDS: readonly FieldSpec[] = COLUMNS.map(({ name, kind, isRequired }) => ({
  name,
  kind: IN_FLIGHT[kind],
  nullable: !isRequired,
}))

const SOURCE_FIELD: FieldSpec = { name: SOURCE, kind: 'small-dictionary', nullable: true }
const REASON: FieldSpec = { name: 'reason', kind: 'utf8', nullable: false }
const TYPE_FIELD = placeOfColumn('vehicle_type')
const SCHEMA = encodeSchema(POSITION_FIELDS)
const SCHEMA_WITH_REASON = encodeSchema([...POSITION_FIELDS, REASON])
const EMPTY = new Uint8Array(0)
const utf8 = new TextEncoder()

const bytesOf = (array: ArrayBufferView, bytes: number): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, bytes)

/** Texts as Arrow offsets and bytes. */
const textsOf = (texts: readonly string[]): { offsets: Uint8Array; bytes: Uint8Array } => {
  const encoded = texts.map((text) => utf8.encode(text))
  const offsets = new Int32Array(texts.length + 1)
  encoded.forEach(({ length }, i) => {
    offsets[i + 1] = offsets[i] + length
  })
  const bytes = new Uint8Array(offsets[texts.length])
  encoded.forEach((part, i) => bytes.set(part, offsets[i]))
  return { offsets: bytesOf(offsets, offsets.byteLength), bytes }
}

/** The last few dictionaries: a run has one of vehicle types, and one of its source. */
const dictionaries = new Map<string, Uint8Array>()

const dictionaryOf = (field: number, texts: readonly string[]): Uint8Array => {
  const key = `${field} ${JSON.stringify(texts)}`
  let message = dictionaries.get(key)
  if (message === undefined) {
    if (dictionaries.size >= 64) dictionaries.clear()
    message = encodeDictionary(field, { count: texts.length, ...textsOf(texts) })
    dictionaries.set(key, message)
  }
  return message
}

const floatsOf = (values: Float32Array, length: number): ColumnBuffers => {
  let nullCount = 0
  for (let i = 0; i < length; i++) if (values[i] !== values[i]) nullCount++
  const data = bytesOf(values, length * 4)
  if (nullCount === 0) return { nullCount, buffers: [EMPTY, data] }
  const validity = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) if (values[i] === values[i]) validity[i >> 3] |= 1 << (i & 7)
  return { nullCount, buffers: [validity, data] }
}

/** Copied into the stream before the next batch is encoded, so one buffer serves all. */
let halves = new Int32Array(0)

/** Times as int64, written as two halves: no BigInt a row. */
const timesOf = (times: Float64Array, length: number): Uint8Array => {
  if (halves.length < length * 2) halves = new Int32Array(length * 2)
  for (let i = 0; i < length; i++) {
    const high = Math.floor(times[i] / 4294967296)
    halves[2 * i] = times[i] - high * 4294967296
    halves[2 * i + 1] = high
  }
  return bytesOf(halves, length * 8)
}

const plain = (...buffers: Uint8Array[]): ColumnBuffers => ({ nullCount: 0, buffers: [EMPTY, ...buffers] })

const buffersOf = (column: Column, rows: Positions): ColumnBuffers => {
  const { length } = rows
  switch (column.kind) {
    case 'id': {
      const { vehicleIdOffsets, vehicleIdBytes } = rows
      return plain(bytesOf(vehicleIdOffsets, (length + 1) * 4), vehicleIdBytes.subarray(0, vehicleIdOffsets[length]))
    }
    case 'label':
      return plain(bytesOf(rows[column.key], length * 4))
    case 'instant':
      return plain(timesOf(rows[column.key], length))
    case 'degrees':
      return plain(bytesOf(rows[column.key], length * 8))
    case 'float':
      return floatsOf(rows[column.key], length)
  }
}

/** The schemas of the last few sets of measures. */
const schemas = new Map<string, Uint8Array>()

const schemaOf = (measureFields: readonly FieldSpec[], hasReasons: boolean): Uint8Array => {
  if (measureFields.length === 0) return hasReasons ? SCHEMA_WITH_REASON : SCHEMA
  const fields = [...POSITION_FIELDS, ...measureFields, ...(hasReasons ? [REASON] : [])]
  const key = JSON.stringify(fields.slice(POSITION_FIELDS.length))
  let schema = schemas.get(key)
  if (schema === undefined) {
    if (schemas.size >= 64) schemas.clear()
    schema = encodeSchema(fields)
    schemas.set(key, schema)
  }
  return schema
}

/**
 * Positions as an Arrow IPC stream (`application/vnd.apache.arrow.stream`).
 * @param reasons one text a row: adds the column `reason` of a dead letter
 */
export const encodePositions = (rows: Positions, reasons?: readonly string[]): Uint8Array =>
  encoded(rows, { fieldOf: measureField, reasons })

/**
 * The same of rows that all have one `source`, which is said once: a byte a row.
 * @param source in place of a measure of that name, which the rows must not have
 */
export const encodePositionsOf = (source: string, rows: Positions): Uint8Array =>
  encoded(rows, { fieldOf: measureField, source })

/**
 * The same, with the units and descriptions of the measures: what an answer says of the table's columns. In a `move` they have no place, since they are the same in
 * all of them.
 */
export const encodeDescribedPositions = (rows: Positions): Uint8Array => encoded(rows, { fieldOf: describedField })

interface Further {
  readonly fieldOf: (column: MeasureColumn) => FieldSpec
  readonly source?: string | undefined
  readonly reasons?: readonly string[] | undefined
}

const encoded = (rows: Positions, { fieldOf, source, reasons }: Further): Uint8Array => {
  const { length } = rows
  const columns = COLUMNS.map((column) => buffersOf(column, rows))
  const fields = rows.measures.map(fieldOf)
  const texts = [dictionaryOf(TYPE_FIELD, rows.vehicleTypes)]
  for (const measure of rows.measures) columns.push(measureBuffers(measure, length))
  if (source !== undefined) {
    texts.push(dictionaryOf(columns.length, [source]))
    fields.push(SOURCE_FIELD)
    columns.push(plain(new Uint8Array(length)))
  }
  if (reasons !== undefined) {
    const { offsets, bytes } = textsOf(reasons)
    columns.push(plain(offsets, bytes))
  }
  return encodeStream([schemaOf(fields, reasons !== undefined), ...texts], length, columns)
}
