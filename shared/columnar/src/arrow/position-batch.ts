import type { Positions } from '../rows/positions.ts'
import { type ColumnBuffers, type FieldSpec, encodeDictionary, encodeSchema, encodeStream } from './encode.ts'

/** The in-flight schema of positions; the names and types are a contract with every producer. */
export const POSITION_FIELDS: readonly FieldSpec[] = [
  { name: 'vehicle_id', kind: 'utf8', nullable: false },
  { name: 'vehicle_type', kind: 'dictionary', nullable: false },
  { name: 'event_time', kind: 'timestamp-ms', nullable: false },
  { name: 'longitude', kind: 'float64', nullable: false },
  { name: 'latitude', kind: 'float64', nullable: false },
  { name: 'speed', kind: 'float32', nullable: true },
  { name: 'heading', kind: 'float32', nullable: true },
]

const REASON: FieldSpec = { name: 'reason', kind: 'utf8', nullable: false }
const TYPE_FIELD = 1
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

/** The dictionaries of the last few sets of vehicle types: a run has one. */
const dictionaries = new Map<string, Uint8Array>()

const typeDictionary = (types: readonly string[]): Uint8Array => {
  const key = JSON.stringify(types)
  let message = dictionaries.get(key)
  if (message === undefined) {
    if (dictionaries.size >= 64) dictionaries.clear()
    message = encodeDictionary(TYPE_FIELD, { count: types.length, ...textsOf(types) })
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

/**
 * Positions as an Arrow IPC stream (`application/vnd.apache.arrow.stream`).
 * @param reasons one text a row: adds the column `reason` of a dead letter
 */
export const encodePositions = (rows: Positions, reasons?: readonly string[]): Uint8Array => {
  const { length } = rows
  const columns: ColumnBuffers[] = [
    plain(
      bytesOf(rows.vehicleIdOffsets, (length + 1) * 4),
      rows.vehicleIdBytes.subarray(0, rows.vehicleIdOffsets[length]),
    ),
    plain(bytesOf(rows.vehicleType, length * 4)),
    plain(timesOf(rows.eventTime, length)),
    plain(bytesOf(rows.longitude, length * 8)),
    plain(bytesOf(rows.latitude, length * 8)),
    floatsOf(rows.speed, length),
    floatsOf(rows.heading, length),
  ]
  if (reasons !== undefined) {
    const { offsets, bytes } = textsOf(reasons)
    columns.push(plain(offsets, bytes))
  }
  const schema = reasons === undefined ? SCHEMA : SCHEMA_WITH_REASON
  return encodeStream([schema, typeDictionary(rows.vehicleTypes)], length, columns)
}
