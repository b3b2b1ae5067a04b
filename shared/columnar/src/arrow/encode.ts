import { Bool } from 'apache-arrow/fb/bool'
import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch'
import { DictionaryEncoding } from 'apache-arrow/fb/dictionary-encoding'
import { Endianness } from 'apache-arrow/fb/endianness'
import { Field } from 'apache-arrow/fb/field'
import { FieldNode } from 'apache-arrow/fb/field-node'
import { FloatingPoint } from 'apache-arrow/fb/floating-point'
import { Int } from 'apache-arrow/fb/int'
import { Message } from 'apache-arrow/fb/message'
import { KeyValue } from 'apache-arrow/fb/key-value'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { MetadataVersion } from 'apache-arrow/fb/metadata-version'
import { Precision } from 'apache-arrow/fb/precision'
import { RecordBatch } from 'apache-arrow/fb/record-batch'
import { Schema } from 'apache-arrow/fb/schema'
import { TimeUnit } from 'apache-arrow/fb/time-unit'
import { Timestamp } from 'apache-arrow/fb/timestamp'
import { Type } from 'apache-arrow/fb/type'
import { Utf8 } from 'apache-arrow/fb/utf8'
import { Buffer as BufferStruct } from 'apache-arrow/fb/buffer'
import { Builder } from 'flatbuffers'

/**
 * Arrow IPC streams of one record batch, written straight from typed arrays: one copy of the columns, and metadata that is
 * built with the format's own flatbuffers (about a tenth of what a general Arrow table costs for a thousand rows).
 */
export type ColumnKind =
  | 'utf8'
  | 'dictionary'
  | 'small-dictionary'
  | 'timestamp-ms'
  | 'float64'
  | 'float32'
  | 'int64'
  | 'int32'
  | 'bool'

export interface FieldSpec {
  readonly name: string
  readonly kind: ColumnKind
  readonly nullable: boolean
  /** What is said of the column beside its values. */
  readonly metadata?: readonly (readonly [key: string, value: string])[]
}

/** A column's buffers in the order of the format: validity (empty if nothing is null), then offsets and bytes, or values. */
export interface ColumnBuffers {
  readonly nullCount: number
  readonly buffers: readonly Uint8Array[]
}

/** A dictionary's values as UTF-8 offsets and bytes. */
export interface DictionaryValues {
  readonly count: number
  readonly offsets: Uint8Array
  readonly bytes: Uint8Array
}

const CONTINUATION = 0xffffffff
const EMPTY = new Uint8Array(0)

const padded = (bytes: number): number => (bytes + 7) & ~7

const typeOf = (builder: Builder, kind: ColumnKind): [Type, number] => {
  switch (kind) {
    case 'utf8':
    case 'dictionary':
    case 'small-dictionary':
      Utf8.startUtf8(builder)
      return [Type.Utf8, Utf8.endUtf8(builder)]
    case 'timestamp-ms': {
      const zone = builder.createString('UTC')
      return [Type.Timestamp, Timestamp.createTimestamp(builder, TimeUnit.MILLISECOND, zone)]
    }
    case 'float64':
      return [Type.FloatingPoint, FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE)]
    case 'float32':
      return [Type.FloatingPoint, FloatingPoint.createFloatingPoint(builder, Precision.SINGLE)]
    case 'int64':
      return [Type.Int, Int.createInt(builder, 64, true)]
    case 'int32':
      return [Type.Int, Int.createInt(builder, 32, true)]
    case 'bool':
      Bool.startBool(builder)
      return [Type.Bool, Bool.endBool(builder)]
  }
}

const metadataOf = (builder: Builder, metadata: FieldSpec['metadata'] = []): number => {
  if (metadata.length === 0) return 0
  const entries = metadata.map(([key, value]) =>
    KeyValue.createKeyValue(builder, builder.createString(key), builder.createString(value)),
  )
  return Field.createCustomMetadataVector(builder, entries)
}

const fieldOf = (builder: Builder, { name, kind, nullable, metadata }: FieldSpec, dictionaryId: bigint): number => {
  const nameAt = builder.createString(name)
  const [type, typeAt] = typeOf(builder, kind)
  let dictionaryAt = 0
  if (kind === 'dictionary' || kind === 'small-dictionary') {
    const indexType = Int.createInt(builder, kind === 'dictionary' ? 32 : 8, true)
    DictionaryEncoding.startDictionaryEncoding(builder)
    DictionaryEncoding.addId(builder, dictionaryId)
    DictionaryEncoding.addIndexType(builder, indexType)
    dictionaryAt = DictionaryEncoding.endDictionaryEncoding(builder)
  }
  const childrenAt = Field.createChildrenVector(builder, [])
  const metadataAt = metadataOf(builder, metadata)
  Field.startField(builder)
  Field.addName(builder, nameAt)
  Field.addNullable(builder, nullable)
  Field.addTypeType(builder, type)
  Field.addType(builder, typeAt)
  if (dictionaryAt !== 0) Field.addDictionary(builder, dictionaryAt)
  Field.addChildren(builder, childrenAt)
  if (metadataAt !== 0) Field.addCustomMetadata(builder, metadataAt)
  return Field.endField(builder)
}

/** An encapsulated message's head: continuation, metadata length, metadata, padding to 8 bytes. */
const framed = (builder: Builder, type: MessageHeader, header: number, bodyLength: number): Uint8Array => {
  Message.startMessage(builder)
  Message.addVersion(builder, MetadataVersion.V5)
  Message.addHeaderType(builder, type)
  Message.addHeader(builder, header)
  Message.addBodyLength(builder, BigInt(bodyLength))
  Message.finishMessageBuffer(builder, Message.endMessage(builder))
  const metadata = builder.asUint8Array()
  const head = new Uint8Array(8 + padded(metadata.length))
  const view = new DataView(head.buffer)
  view.setUint32(0, CONTINUATION, true)
  view.setInt32(4, head.length - 8, true)
  head.set(metadata, 8)
  return head
}

const bodyLengthOf = (buffers: readonly Uint8Array[]): number =>
  buffers.reduce((total, { byteLength }) => total + padded(byteLength), 0)

const batchOf = (builder: Builder, length: number, columns: readonly ColumnBuffers[]): number => {
  const buffers = columns.flatMap((column) => column.buffers)
  RecordBatch.startNodesVector(builder, columns.length)
  for (const { nullCount } of columns.toReversed()) {
    FieldNode.createFieldNode(builder, BigInt(length), BigInt(nullCount))
  }
  const nodes = builder.endVector()
  RecordBatch.startBuffersVector(builder, buffers.length)
  let end = bodyLengthOf(buffers)
  for (const { byteLength } of buffers.toReversed()) {
    end -= padded(byteLength)
    BufferStruct.createBuffer(builder, BigInt(end), BigInt(byteLength))
  }
  const bufferVector = builder.endVector()
  RecordBatch.startRecordBatch(builder)
  RecordBatch.addLength(builder, BigInt(length))
  RecordBatch.addNodes(builder, nodes)
  RecordBatch.addBuffers(builder, bufferVector)
  return RecordBatch.endRecordBatch(builder)
}

/** The bytes of a schema message. */
export const encodeSchema = (fields: readonly FieldSpec[]): Uint8Array => {
  const builder = new Builder(1024)
  const offsets = fields.map((field, i) => fieldOf(builder, field, BigInt(i)))
  const fieldsAt = Schema.createFieldsVector(builder, offsets)
  Schema.startSchema(builder)
  Schema.addEndianness(builder, Endianness.Little)
  Schema.addFields(builder, fieldsAt)
  return framed(builder, MessageHeader.Schema, Schema.endSchema(builder), 0)
}

/** The bytes of a dictionary message, body included. */
export const encodeDictionary = (id: number, { count, offsets, bytes }: DictionaryValues): Uint8Array => {
  const builder = new Builder(512)
  const column: ColumnBuffers = { nullCount: 0, buffers: [EMPTY, offsets, bytes] }
  const data = batchOf(builder, count, [column])
  DictionaryBatch.startDictionaryBatch(builder)
  DictionaryBatch.addId(builder, BigInt(id))
  DictionaryBatch.addData(builder, data)
  const header = DictionaryBatch.endDictionaryBatch(builder)
  const head = framed(builder, MessageHeader.DictionaryBatch, header, bodyLengthOf(column.buffers))
  return joined([head], column.buffers)
}

const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)

const joined = (heads: readonly Uint8Array[], body: readonly Uint8Array[], tail: Uint8Array = EMPTY): Uint8Array => {
  const headLength = heads.reduce((total, { byteLength }) => total + byteLength, 0)
  const all = new Uint8Array(headLength + bodyLengthOf(body) + tail.length)
  let at = 0
  for (const head of heads) {
    all.set(head, at)
    at += head.length
  }
  for (const buffer of body) {
    all.set(buffer, at)
    at += padded(buffer.byteLength)
  }
  all.set(tail, at)
  return all
}

const batchBuilder = new Builder(4096)

/**
 * A whole stream: `prelude` (schema and dictionaries), one record batch, end of stream.
 * @param columns in the order of the schema
 */
export const encodeStream = (
  prelude: readonly Uint8Array[],
  length: number,
  columns: readonly ColumnBuffers[],
): Uint8Array => {
  batchBuilder.clear()
  const body = columns.flatMap((column) => column.buffers)
  const header = batchOf(batchBuilder, length, columns)
  const head = framed(batchBuilder, MessageHeader.RecordBatch, header, bodyLengthOf(body))
  return joined([...prelude, head], body, END)
}
