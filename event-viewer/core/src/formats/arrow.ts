import type { Positions } from '@fleetlake/columnar'
import {
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

const field = (
  name: string,
  type: Utf8 | TimestampMillisecond | Float64 | Float32,
  isNullable = false,
): Field<Utf8 | TimestampMillisecond | Float64 | Float32> => new Field(name, type, isNullable)

const SCHEMA = new Schema([
  field('vehicle_id', new Utf8()),
  field('vehicle_type', new Utf8()),
  field('event_time', new TimestampMillisecond('UTC')),
  field('longitude', new Float64()),
  field('latitude', new Float64()),
  field('speed', new Float32(), true),
  field('heading', new Float32(), true),
])

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
  const type = typesOf(rows)
  const children = [
    makeData({ type: new Utf8(), length, valueOffsets: rows.vehicleIdOffsets, data: rows.vehicleIdBytes }),
    makeData({ type: new Utf8(), length, valueOffsets: type.offsets, data: type.bytes }),
    makeData({ type: new TimestampMillisecond('UTC'), length, data: BigInt64Array.from(rows.eventTime, BigInt) }),
    makeData({ type: new Float64(), length, data: rows.longitude }),
    makeData({ type: new Float64(), length, data: rows.latitude }),
    makeData({ type: new Float32(), length, data: rows.speed, ...nullsOf(rows.speed) }),
    makeData({ type: new Float32(), length, data: rows.heading, ...nullsOf(rows.heading) }),
  ]
  return new RecordBatch(SCHEMA, makeData({ type: new Struct(SCHEMA.fields), length, nullCount: 0, children }))
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
