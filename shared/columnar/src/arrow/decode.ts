import { FleetError } from '@fleetlake/core'
import type { MeasureColumn } from '../rows/measure-columns.ts'
import { type Positions } from '../rows/positions.ts'
import type { Texts } from '../rows/text-list.ts'
import type { Buffer as BufferStruct } from 'apache-arrow/fb/buffer'
import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch'
import type { DictionaryEncoding } from 'apache-arrow/fb/dictionary-encoding'
import { Endianness } from 'apache-arrow/fb/endianness'
import type { Field } from 'apache-arrow/fb/field'
import type { FieldNode } from 'apache-arrow/fb/field-node'
import { FloatingPoint } from 'apache-arrow/fb/floating-point'
import type { Int } from 'apache-arrow/fb/int'
import { Message } from 'apache-arrow/fb/message'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { Precision } from 'apache-arrow/fb/precision'
import { RecordBatch } from 'apache-arrow/fb/record-batch'
import { Schema } from 'apache-arrow/fb/schema'
import { TimeUnit } from 'apache-arrow/fb/time-unit'
import { Timestamp } from 'apache-arrow/fb/timestamp'
import { Type } from 'apache-arrow/fb/type'
import { ByteBuffer } from 'flatbuffers'
import { checkTexts } from './check-texts.ts'
import { damaged } from './damaged.ts'
import { decodeMeasures } from './foreign.ts'
import { MOST_VALUES_PER_BYTE } from './foreign-columns.ts'
import { type Dictionaries, type FurtherField, furtherFields, readMeasures, type Slice } from './read-measures.ts'
import { COLUMNS, placeOfColumn } from '../columns.ts'
import { makePositionArrays } from '../rows/positions.ts'
import { POSITION_FIELDS } from './position-batch.ts'

/**
 * Reads what `encodePositions` writes, column by column and without a copy but for the times; every length, offset and index
 * is checked, since anybody may publish. Other layouts of Arrow are left to `decodeForeignPositions`. Invariant: it reads at most three
 * messages and a dictionary a column, and a row takes 8 bytes of them at least, so that time and memory are linear in the bytes, whatever these are. (Flatbuffers'
 * accessors read 0 where the bytes end, and are asked for single elements only.)
 */

interface Part {
  readonly message: Message
  readonly body: Uint8Array
}

/** The messages of a stream; `bytes` starts at a multiple of 8 in its buffer. */
function* partsOf(bytes: Uint8Array): Generator<Part> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at + 8 <= bytes.length) {
    if (view.getUint32(at, true) !== 0xffffffff) throw damaged('a message does not start with the continuation marker')
    const metadataLength = view.getInt32(at + 4, true)
    if (metadataLength === 0) return
    const bodyAt = at + 8 + metadataLength
    if (metadataLength < 0 || bodyAt > bytes.length) throw damaged('a message reaches beyond the end')
    const message = Message.getRootAsMessage(new ByteBuffer(bytes.subarray(at + 8, bodyAt)))
    const bodyLength = Number(message.bodyLength())
    if (bodyLength < 0 || bodyAt + bodyLength > bytes.length) throw damaged('a body reaches beyond the end')
    yield { message, body: bytes.subarray(bodyAt, bodyAt + bodyLength) }
    at = bodyAt + bodyLength
  }
}

const isOurField = (field: Field, i: number): boolean => {
  const expected = POSITION_FIELDS[i]
  if (field.name() !== expected.name) return false
  const encoding = field.dictionary()
  switch (expected.kind) {
    case 'utf8':
      return field.typeType() === Type.Utf8 && encoding === null
    case 'dictionary': {
      const index: Int | null = encoding?.indexType() ?? null
      return (
        field.typeType() === Type.Utf8 &&
        encoding !== null &&
        (index === null || (index.bitWidth() === 32 && index.isSigned()))
      )
    }
    case 'timestamp-ms':
      return (
        field.typeType() === Type.Timestamp &&
        (field.type(new Timestamp()) as Timestamp).unit() === TimeUnit.MILLISECOND
      )
    case 'float64':
    case 'float32': {
      const precision = expected.kind === 'float64' ? Precision.DOUBLE : Precision.SINGLE
      return (
        field.typeType() === Type.FloatingPoint &&
        (field.type(new FloatingPoint()) as FloatingPoint).precision() === precision
      )
    }
    // Of measures alone.
    case 'small-dictionary':
    case 'int64':
    case 'int32':
    case 'bool':
      return false
  }
}

/** Further columns at the end are what its sender says beside. */
const isOurSchema = (schema: Schema): boolean => {
  if (schema.endianness() !== Endianness.Little || schema.fieldsLength() < POSITION_FIELDS.length) return false
  return POSITION_FIELDS.every((_, i) => isOurField(schema.fields(i) as Field, i))
}

/** A batch's buffers by index, checked against the body and the number of elements that they must hold. */
const slicesOf =
  (batch: RecordBatch, body: Uint8Array): Slice =>
  (index, elementBytes, count) => {
    const buffer = batch.buffers(index) as BufferStruct | null
    if (buffer === null) throw damaged(`buffer ${index} is missing`)
    const from = Number(buffer.offset())
    const bytes = Number(buffer.length())
    if (from < 0 || from % 8 !== 0 || bytes < elementBytes * count || from + bytes > body.length) {
      throw damaged(`buffer ${index} does not fit`)
    }
    return body.subarray(from, from + bytes)
  }

const int32s = (bytes: Uint8Array, count: number): Int32Array => new Int32Array(bytes.buffer, bytes.byteOffset, count)

const checkOffsets = (offsets: Int32Array, limit: number): void => {
  if (offsets[0] < 0 || offsets[offsets.length - 1] > limit) throw damaged('a text lies outside its buffer')
  for (let i = 1; i < offsets.length; i++) if (offsets[i] < offsets[i - 1]) throw damaged('text offsets go backwards')
}

const textAt = (offsets: Int32Array, bytes: Uint8Array, i: number, decoder: TextDecoder): string =>
  decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]))

const dictionaryOf = (batch: DictionaryBatch, body: Uint8Array): Texts | undefined => {
  const data = batch.data() as RecordBatch
  if (nullCountOf(data, 0) !== 0 || data.compression() !== null) return undefined
  const count = Number(data.length())
  const slice = slicesOf(data, body)
  if (count < 0 || count > body.length) throw damaged('the dictionary is longer than its body')
  const offsets = int32s(slice(1, 4, count + 1), count + 1)
  const bytes = slice(2, 1, 0)
  checkOffsets(offsets, bytes.length)
  checkTexts(offsets, bytes)
  return { count, offsets, bytes }
}

const namesOf = ({ count, offsets, bytes }: Texts): string[] => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  return Array.from({ length: count }, (_, i) => textAt(offsets, bytes, i, decoder))
}

const timesOf = (bytes: Uint8Array, length: number): Float64Array => {
  const halves = int32s(bytes, 2 * length)
  const times = new Float64Array(length)
  for (let i = 0; i < length; i++) times[i] = halves[2 * i + 1] * 4294967296 + (halves[2 * i] >>> 0)
  return times
}

const nullCountOf = (batch: RecordBatch, column: number): number => {
  const node = batch.nodes(column) as FieldNode | null
  if (node === null) throw damaged(`column ${column} is missing`)
  return Number(node.nullCount())
}

/** Float32 values with NaN for null. */
const floatsOf = (batch: RecordBatch, slice: Slice, column: number, buffer: number, length: number): Float32Array => {
  const bytes = slice(buffer + 1, 4, length)
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, length)
  if (nullCountOf(batch, column) === 0) return values
  const validity = slice(buffer, 1, (length + 7) >> 3)
  return values.map((value, i) => ((validity[i >> 3] >> (i & 7)) & 1 ? value : NaN))
}

const doubles = (bytes: Uint8Array, length: number): Float64Array =>
  new Float64Array(bytes.buffer, bytes.byteOffset, length)

/** Where each column's buffers begin among all: validity, then offsets and bytes, or values. */
const BUFFERS_OF_POSITIONS = COLUMNS.reduce((sum, { kind }) => sum + (kind === 'id' ? 3 : 2), 0)
const BUFFER_AT = COLUMNS.map((_, i) => COLUMNS.slice(0, i).reduce((sum, { kind }) => sum + (kind === 'id' ? 3 : 2), 0))

interface FurtherPart {
  readonly further: readonly FurtherField[] | undefined
  readonly dictionaries: Dictionaries
  /** Of the whole stream. */
  readonly bytes: Uint8Array
}

/** @param further undefined where only the reader of foreign layouts can read what follows */
const positionsOf = (
  { message, body }: Part,
  vehicleTypes: readonly string[],
  { further, dictionaries, bytes }: FurtherPart,
): Positions | undefined => {
  const batch = message.header(new RecordBatch()) as RecordBatch
  const length = Number(batch.length())
  if (batch.compression() !== null) return undefined
  const slice = slicesOf(batch, body)
  for (let i = 0; i < COLUMNS.length; i++) if (COLUMNS[i].isRequired && nullCountOf(batch, i) !== 0) return undefined
  if (length < 0 || length > body.length) throw damaged('it counts more rows than it holds bytes')
  const idAt = BUFFER_AT[placeOfColumn('vehicle_id')]
  const vehicleIdOffsets = int32s(slice(idAt + 1, 4, length + 1), length + 1)
  const vehicleIdBytes = slice(idAt + 2, 1, 0)
  checkOffsets(vehicleIdOffsets, vehicleIdBytes.length)
  checkTexts(vehicleIdOffsets, vehicleIdBytes)
  const arrays = makePositionArrays((_, kind, i) => {
    const at = BUFFER_AT[i]
    switch (kind) {
      case 'label': {
        const codes = int32s(slice(at + 1, 4, length), length)
        for (let row = 0; row < length; row++) {
          if (codes[row] < 0 || codes[row] >= vehicleTypes.length)
            throw damaged('a vehicle type is not in the dictionary')
        }
        return codes
      }
      case 'instant':
        return timesOf(slice(at + 1, 8, length), length)
      case 'degrees':
        return doubles(slice(at + 1, 8, length), length)
      case 'float':
        return floatsOf(batch, slice, i, at, length)
    }
  })
  const rows = { length, vehicleIdOffsets, vehicleIdBytes, vehicleTypes, ...arrays }
  if (further === undefined) return { ...rows, measures: measuresOfStream(bytes, length) }
  if (further.length * length > MOST_VALUES_PER_BYTE * bytes.length)
    throw damaged('its measures have more values than its bytes can hold')
  const nullsOf = (column: number): number => nullCountOf(batch, column)
  const measures = readMeasures(further, { slice, nullsOf, length, place: BUFFERS_OF_POSITIONS, dictionaries })
  return { ...rows, measures: measures ?? measuresOfStream(bytes, length) }
}

const measuresOfStream = (bytes: Uint8Array, length: number): MeasureColumn[] => {
  const { rows, measures } = decodeMeasures(bytes)
  if (rows !== length) throw damaged('its measures are of another number of rows')
  return measures
}

/** A view that starts at a multiple of 8: what comes from a socket rarely does. (A Buffer's own `slice` copies nothing.) */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes))

/**
 * Positions of an Arrow IPC stream in the layout of `encodePositions`.
 * @returns undefined for Arrow of another layout
 * @throws FleetError `arrow.invalid` for bytes that are damaged or no Arrow at all
 */
export const decodePositions = (payload: Uint8Array): Positions | undefined => {
  try {
    return decode(aligned(payload))
  } catch (error) {
    if (error instanceof FleetError) throw error
    throw new FleetError('arrow.invalid', 'the Arrow batch is damaged', { cause: error })
  }
}

const decode = (bytes: Uint8Array): Positions | undefined => {
  let vehicleTypes: readonly string[] | undefined
  let rows: Positions | undefined
  /** The id of the vehicle types'. */
  let dictionary: bigint | undefined
  let further: readonly FurtherField[] | undefined = []
  const dictionaries = new Map<bigint, Texts>()
  for (const part of partsOf(bytes)) {
    switch (part.message.headerType()) {
      case MessageHeader.Schema: {
        const schema = part.message.header(new Schema()) as Schema
        if (dictionary !== undefined || !isOurSchema(schema)) return undefined
        further = furtherFields(schema)
        dictionary = (schema.fields(placeOfColumn('vehicle_type'))!.dictionary() as DictionaryEncoding).id()
        break
      }
      case MessageHeader.DictionaryBatch: {
        const batch = part.message.header(new DictionaryBatch()) as DictionaryBatch
        const id = batch.id()
        const isOurs = id === dictionary || further?.some((field) => field.dictionary === id) === true
        if (!isOurs || dictionaries.has(id) || batch.isDelta()) return undefined
        const texts = dictionaryOf(batch, part.body)
        if (texts === undefined) return undefined
        dictionaries.set(id, texts)
        if (id === dictionary) vehicleTypes = namesOf(texts)
        break
      }
      case MessageHeader.RecordBatch:
        if (vehicleTypes === undefined || rows !== undefined) return undefined
        rows = positionsOf(part, vehicleTypes, { further, dictionaries, bytes })
        if (rows === undefined) return undefined
        break
      default:
        throw damaged(`a message of type ${part.message.headerType()}`)
    }
  }
  if (rows === undefined) throw damaged('it holds no rows')
  return rows
}
