import type { Positions } from '@fleetlake/core'
import { encodePositions, MAX_MESSAGE_BYTES } from '@fleetlake/contracts'

/** Room for the headers of a move: ids of 64 characters, CloudEvents and `fleet-*`. */
export const HEADER_BYTES = 1536

/** Bytes of a row on the wire beside its vehicle id: offset, type, time, position, speed, heading and two validity bits. */
const ROW_BYTES = 40.25

/** Each buffer of a batch is padded to 8 bytes. */
const PADDING_BYTES = 10 * 8

/** Rows on their way to one partition. Columns are allocated once and used again for the next batch. */
export interface Batch extends Positions {
  length: number
  /** The window that every row lies in, ms since the epoch, `[from, to)`. */
  from: number
  to: number
  /** Bytes that rows may take, `ROW_BYTES` and id each. */
  readonly roomBytes: number
}

export interface BatchSize {
  readonly rows: number
  readonly vehicleTypes: readonly string[]
  /** Bytes of the longest vehicle id. */
  readonly idBytes: number
}

/** A batch whose message, headers included, never exceeds `MAX_MESSAGE_BYTES`. */
export const createBatch = ({ rows, vehicleTypes, idBytes }: BatchSize): Batch => {
  const roomBytes =
    MAX_MESSAGE_BYTES - HEADER_BYTES - PADDING_BYTES - encodePositions(columnsOf(0, 0, vehicleTypes)).length
  const capacity = Math.max(1, Math.min(rows, Math.floor(roomBytes / ROW_BYTES)))
  return {
    ...columnsOf(capacity, capacity * idBytes, vehicleTypes),
    length: 0,
    from: Infinity,
    to: -Infinity,
    roomBytes,
  }
}

/** Whether one more row with an id of so many bytes is too much. */
export const isFull = (batch: Batch, idBytes: number): boolean => {
  const { length } = batch
  return (
    length === batch.eventTime.length ||
    (length + 1) * ROW_BYTES + batch.vehicleIdOffsets[length] + idBytes > batch.roomBytes
  )
}

const columnsOf = (rows: number, idBytes: number, vehicleTypes: readonly string[]): Positions => ({
  length: 0,
  vehicleIdOffsets: new Int32Array(rows + 1),
  vehicleIdBytes: new Uint8Array(idBytes),
  vehicleType: new Int32Array(rows),
  vehicleTypes,
  eventTime: new Float64Array(rows),
  longitude: new Float64Array(rows),
  latitude: new Float64Array(rows),
  speed: new Float32Array(rows),
  heading: new Float32Array(rows),
})
