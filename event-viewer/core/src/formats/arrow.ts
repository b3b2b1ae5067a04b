import { type Column, COLUMNS, type Kind, type Positions } from '@fleetlake/columnar'
import {
  type Data,
  Field,
  Float32,
  Float64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'
import { AsyncByteQueue } from 'apache-arrow/io/stream'
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

const SCHEMA = new Schema(COLUMNS.map(({ name, kind, isRequired }) => new Field(name, TYPES[kind](), !isRequired)))

/**
 * An Arrow IPC file (Feather 2). Vehicle types are plain texts, since a file's dictionary can't be known before its last row, and few readers
 * take one that grows.
 */
export const arrow = (): AnswerFormat => {
  const pieces = createPieces()
  const writer = new RecordBatchFileWriter()
  return blockFormat(
    {
      head: () => {
        writer.reset(pieces.sink, SCHEMA)
        return pieces.take()
      },
      block: (rows) => {
        writer.write(recordBatch(rows))
        return pieces.take()
      },
      tail: () => {
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

const recordBatch = (rows: Positions): RecordBatch => {
  const { length } = rows
  const children = COLUMNS.map((column) => dataOf(column, rows))
  return new RecordBatch(SCHEMA, makeData({ type: new Struct(SCHEMA.fields), length, nullCount: 0, children }))
}

const dataOf = (column: Column, rows: Positions): Data => {
  const { length } = rows
  switch (column.kind) {
    case 'id':
      return makeData({ type: new Utf8(), length, valueOffsets: rows.vehicleIdOffsets, data: rows.vehicleIdBytes })
    case 'label': {
      const { offsets, bytes } = typesOf(rows)
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
      return makeData({ type: new Float32(), length, data: rows[column.key], ...nullsOf(rows[column.key]) })
  }
}

const utf8 = new TextEncoder()

const typesOf = ({ length, vehicleType, vehicleTypes }: Positions): { offsets: Int32Array; bytes: Uint8Array } => {
  const names = vehicleTypes.map((name) => utf8.encode(name))
  const offsets = new Int32Array(length + 1)
  for (let row = 0; row < length; row++) offsets[row + 1] = offsets[row] + names[vehicleType[row]].length
  const bytes = new Uint8Array(offsets[length])
  for (let row = 0; row < length; row++) bytes.set(names[vehicleType[row]], offsets[row])
  return { offsets, bytes }
}

/** NaN is null. */
const nullsOf = (values: Float32Array): { nullCount: number; nullBitmap?: Uint8Array } => {
  const nullBitmap = new Uint8Array((values.length + 7) >> 3)
  let nullCount = values.length
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue
    nullBitmap[row >> 3] |= 1 << (row & 7)
    nullCount--
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap }
}
