import { makeRowArrays, type Rows } from '../rows/rows.ts'
import { createTextList, type Texts, textsToStrings } from '../rows/text-list.ts'
import { FleetError } from '@fleetlake/core'
import type { Buffer as BufferStruct } from 'apache-arrow/fb/buffer'
import { Decimal } from 'apache-arrow/fb/decimal'
import type { Field } from 'apache-arrow/fb/field'
import type { FieldNode } from 'apache-arrow/fb/field-node'
import { FloatingPoint } from 'apache-arrow/fb/floating-point'
import { Message } from 'apache-arrow/fb/message'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { Precision } from 'apache-arrow/fb/precision'
import { RecordBatch } from 'apache-arrow/fb/record-batch'
import { Schema } from 'apache-arrow/fb/schema'
import { TimeUnit } from 'apache-arrow/fb/time-unit'
import { Timestamp } from 'apache-arrow/fb/timestamp'
import { Type } from 'apache-arrow/fb/type'
import { ByteBuffer } from 'flatbuffers'
import { COLUMNS, type Kind, placeOfColumn } from '../columns.ts'

/**
 * Reads the Arrow stream that polars makes of a frame of the table's columns, without an object per row: texts are LargeUtf8 (64-bit
 * offsets), times microseconds, coordinates 128-bit decimals. Everything is this process's own memory; only types are checked,
 * which are the file's.
 */

const LOW = 4_294_967_296

/** How many buffers a column of each kind has among all: validity, then offsets and bytes, or values. */
const BUFFERS: Readonly<Record<Kind, number>> = { id: 3, label: 3, instant: 2, degrees: 2, float: 2 }
/** Where each column's buffers begin. */
const BUFFER_AT = COLUMNS.map((_, i) => COLUMNS.slice(0, i).reduce((sum, { kind }) => sum + BUFFERS[kind], 0))

const unreadable = (what: string): FleetError => new FleetError('table.invalid', what)

const isDecimal = (field: Field): boolean =>
  field.typeType() === Type.Decimal &&
  (field.type(new Decimal()) as Decimal).scale() === 6 &&
  (field.type(new Decimal()) as Decimal).bitWidth() === 128

const isMicros = (field: Field): boolean =>
  field.typeType() === Type.Timestamp && (field.type(new Timestamp()) as Timestamp).unit() === TimeUnit.MICROSECOND

const isText = (field: Field): boolean => field.typeType() === Type.LargeUtf8
const isFloat = (field: Field): boolean =>
  field.typeType() === Type.FloatingPoint &&
  (field.type(new FloatingPoint()) as FloatingPoint).precision() === Precision.SINGLE

const CHECKS: Readonly<Record<Kind, (field: Field) => boolean>> = {
  id: isText,
  label: isText,
  instant: isMicros,
  degrees: isDecimal,
  float: isFloat,
}

const checkSchema = (schema: Schema): void => {
  COLUMNS.forEach(({ name, kind }, i) => {
    const field = schema.fields(i)
    if (field === null || field.name() !== name || !CHECKS[kind](field)) {
      throw unreadable(`the type of its column ${name} differs from the table`)
    }
  })
}

type Int32sOf = (buffer: number, count: number) => Int32Array

/** The lower halves of 64-bit offsets: a frame's texts are far below 2 GiB. */
const offsetsOf = (halves: Int32Array, length: number): Int32Array => {
  const offsets = new Int32Array(length + 1)
  if (halves.length === 0) return offsets
  for (let i = 0; i <= length; i++) offsets[i] = halves[2 * i]
  return offsets
}

const timesOf = (halves: Int32Array, length: number): Float64Array => {
  const times = new Float64Array(length)
  for (let i = 0; i < length; i++) times[i] = Math.floor((halves[2 * i + 1] * LOW + (halves[2 * i] >>> 0)) / 1000)
  return times
}

/** Nine digits fit into the lowest of a decimal's four words. */
const microsOf = (words: Int32Array, length: number): Int32Array => {
  const micros = new Int32Array(length)
  for (let i = 0; i < length; i++) micros[i] = words[4 * i]
  return micros
}

/** Each row's number among the texts; those of rows that follow each other and are equal are one. */
const textsOf = (offsets: Int32Array, bytes: Uint8Array, length: number): { codes: Int32Array; texts: Texts } => {
  const codes = new Int32Array(length)
  const list = createTextList()
  for (let i = 0; i < length; i++) codes[i] = list.addOnce(bytes, offsets[i], offsets[i + 1])
  return { codes, texts: list.texts() }
}

const rowsOf = (batch: RecordBatch, body: Uint8Array): Rows => {
  const length = Number(batch.length())
  const slice = (index: number): Uint8Array => {
    const buffer = batch.buffers(index) as BufferStruct
    const from = Number(buffer.offset())
    return body.subarray(from, from + Number(buffer.length()))
  }
  const int32s: Int32sOf = (index, count) => {
    const bytes = slice(index)
    return bytes.length === 0 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset, count)
  }
  const nullCountOf = (column: number): number => Number((batch.nodes(column) as FieldNode).nullCount())
  COLUMNS.forEach(({ name, isRequired }, column) => {
    if (isRequired && nullCountOf(column) > 0) throw unreadable(`its column ${name} holds nulls`)
  })
  const floatsOf = (column: number): Float32Array => {
    const bytes = slice(BUFFER_AT[column] + 1)
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, length)
    if (nullCountOf(column) === 0) return values
    const validity = slice(BUFFER_AT[column])
    return values.map((value, i) => ((validity[i >> 3] >> (i & 7)) & 1 ? value : NaN))
  }
  const textColumn = (column: number): { codes: Int32Array; texts: Texts } => {
    const offsets = offsetsOf(int32s(BUFFER_AT[column] + 1, 2 * (length + 1)), length)
    return textsOf(offsets, slice(BUFFER_AT[column] + 2), length)
  }
  const ids = textColumn(placeOfColumn('vehicle_id'))
  const types = textColumn(placeOfColumn('vehicle_type'))
  const arrays = makeRowArrays(length, (key, kind) => {
    const column = COLUMNS.findIndex((other) => other.key === key)
    switch (kind) {
      case 'id':
        return ids.codes
      case 'label':
        return types.codes
      case 'instant':
        return timesOf(int32s(BUFFER_AT[column] + 1, 2 * length), length)
      case 'degrees':
        return microsOf(int32s(BUFFER_AT[column] + 1, 4 * length), length)
      case 'float':
        return floatsOf(column)
    }
  })
  return { length, ...arrays, measures: [], vehicleIds: ids.texts, vehicleTypes: textsToStrings(types.texts) }
}

/**
 * The rows of a frame's Arrow stream, a record batch at a time.
 * @throws FleetError `table.invalid` for columns that are not the table's
 */
export function* rowsOfIpc(stream: Uint8Array): Generator<Rows> {
  const bytes = stream.byteOffset % 8 === 0 ? stream : stream.slice()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + 8 <= bytes.length;) {
    const bodyAt = at + 8 + view.getInt32(at + 4, true)
    if (bodyAt === at + 8) return
    const message = Message.getRootAsMessage(new ByteBuffer(bytes.subarray(at + 8, bodyAt)))
    const end = bodyAt + Number(message.bodyLength())
    if (message.headerType() === MessageHeader.Schema) checkSchema(message.header(new Schema()) as Schema)
    if (message.headerType() === MessageHeader.RecordBatch) {
      const rows = rowsOf(message.header(new RecordBatch()) as RecordBatch, bytes.subarray(bodyAt, end))
      if (rows.length > 0) yield rows
    }
    at = end
  }
}
