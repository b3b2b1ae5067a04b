import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch'
import { Message } from 'apache-arrow/fb/message'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { MetadataVersion } from 'apache-arrow/fb/metadata-version'
import { RecordBatch } from 'apache-arrow/fb/record-batch'
import { Buffer as BufferStruct } from 'apache-arrow/fb/buffer'
import { FieldNode } from 'apache-arrow/fb/field-node'
import { Builder } from 'flatbuffers'

/** For tests: Arrow messages that say what no honest writer would. */

export interface HostileBatch {
  readonly rows: number
  /** Null counts of the columns. */
  readonly nulls: readonly number[]
  /** Offset and length within the body. */
  readonly buffers: readonly (readonly [number, number])[]
  readonly views?: readonly number[]
  readonly body: Uint8Array
}

const framed = (builder: Builder, type: MessageHeader, header: number, body: Uint8Array): Uint8Array => {
  Message.startMessage(builder)
  Message.addVersion(builder, MetadataVersion.V5)
  Message.addHeaderType(builder, type)
  Message.addHeader(builder, header)
  Message.addBodyLength(builder, BigInt(body.length))
  Message.finishMessageBuffer(builder, Message.endMessage(builder))
  const metadata = builder.asUint8Array()
  const message = new Uint8Array(8 + ((metadata.length + 7) & ~7) + body.length)
  const view = new DataView(message.buffer)
  view.setUint32(0, 0xffffffff, true)
  view.setInt32(4, message.length - 8 - body.length, true)
  message.set(metadata, 8)
  message.set(body, message.length - body.length)
  return message
}

const batchIn = (builder: Builder, { rows, nulls, buffers, views = [] }: HostileBatch): number => {
  RecordBatch.startNodesVector(builder, nulls.length)
  for (const count of nulls.toReversed()) FieldNode.createFieldNode(builder, BigInt(rows), BigInt(count))
  const nodesAt = builder.endVector()
  RecordBatch.startBuffersVector(builder, buffers.length)
  for (const [from, bytes] of buffers.toReversed()) BufferStruct.createBuffer(builder, BigInt(from), BigInt(bytes))
  const buffersAt = builder.endVector()
  const viewsAt = RecordBatch.createVariadicBufferCountsVector(builder, views.map(BigInt))
  RecordBatch.startRecordBatch(builder)
  RecordBatch.addLength(builder, BigInt(rows))
  RecordBatch.addNodes(builder, nodesAt)
  RecordBatch.addBuffers(builder, buffersAt)
  RecordBatch.addVariadicBufferCounts(builder, viewsAt)
  return RecordBatch.endRecordBatch(builder)
}

/** @param build writes a Schema into the builder */
export const schemaMessage = (build: (builder: Builder) => number): Uint8Array => {
  const builder = new Builder(1024)
  return framed(builder, MessageHeader.Schema, build(builder), new Uint8Array(0))
}

export const batchMessage = (batch: HostileBatch): Uint8Array => {
  const builder = new Builder(1024)
  return framed(builder, MessageHeader.RecordBatch, batchIn(builder, batch), batch.body)
}

export const dictionaryMessage = (id: number, isDelta: boolean, batch: HostileBatch): Uint8Array => {
  const builder = new Builder(1024)
  const data = batchIn(builder, batch)
  DictionaryBatch.startDictionaryBatch(builder)
  DictionaryBatch.addId(builder, BigInt(id))
  DictionaryBatch.addData(builder, data)
  DictionaryBatch.addIsDelta(builder, isDelta)
  return framed(builder, MessageHeader.DictionaryBatch, DictionaryBatch.endDictionaryBatch(builder), batch.body)
}

export const joined = (...messages: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(messages.reduce((bytes, { length }) => bytes + length, 0))
  let at = 0
  for (const message of messages) {
    all.set(message, at)
    at += message.length
  }
  return all
}
