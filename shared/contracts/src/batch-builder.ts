import { FleetError } from '@fleetlake/core'
import { MAX_MESSAGE_BYTES } from './streams.ts'
import {
  encodePositions,
  encodePositionsOf,
  newPositionArrays,
  POSITION_BYTES,
  type Positions,
  SENT_COLUMNS,
  type Texts,
} from '@fleetlake/columnar'
import { createMeasureBatch, type Said } from './measure-batch.ts'

/** A move that is ready to be sent, but for its id. */
export interface EncodedBatch {
  readonly rows: number
  readonly payload: Uint8Array
  /** `fleet-rows`, `fleet-from`, `fleet-to`, `fleet-bounds`: see the message `move`. */
  readonly headers: Record<string, string>
}

export interface BatchLimits {
  readonly maxRows: number
  /** Bytes of the payload at most; by default what a stream takes, less room for the headers. */
  readonly maxBytes?: number
  /** Vehicle types that every batch knows from the start: codes 0, 1, …  */
  readonly vehicleTypes?: readonly string[]
  /** The measure `source` of all rows, which must not say another; none when missing. */
  readonly source?: string
}

/** The numbers of rows, by columns. */
export interface RowColumns {
  /** ms since the epoch. */
  readonly eventTime: Float64Array
  /** Degrees, rounded. */
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  /** m/s, NaN where unknown. */
  readonly speed: Float64Array
  /** Degrees clockwise from north, NaN where unknown. */
  readonly heading: Float64Array
}

/** Rows by columns. */
export interface RowsToSend extends RowColumns {
  /** Of each row, into `vehicleIds`. */
  readonly vehicles: Int32Array
  readonly vehicleIds: Texts
  /** Of each row, into `typeNames`. */
  readonly types: Int32Array
  readonly typeNames: readonly string[]
  /** The measures of each row, those that have any. */
  readonly said?: readonly (readonly Said[] | undefined)[] | undefined
}

/**
 * Gathers rows of one partition in columns that are made once, and cuts them into moves. Nothing is allocated a row.
 * Invariant: no batch has more rows or more bytes than its limits, and rows keep their order.
 */
export interface BatchBuilder {
  readonly length: number
  /** The code of a vehicle type in the current batch, new or known; it ends with the batch, except for those given at the start. */
  codeOf(vehicleType: string): number
  /**
   * Adds a row unless the batch is full, or has another type of one of the row's measures.
   * @param idBytes,idFrom,idTo the vehicle's id: UTF-8 bytes `[idFrom, idTo)`
   * @param eventTime ms since the epoch
   * @param longitude,latitude degrees, rounded
   * @param speed m/s, NaN where unknown
   * @param heading degrees clockwise from north, NaN where unknown
   * @param said the measures of the row
   * @returns false when there is no room: take the batch, then add the row again
   * @throws FleetError `message.invalid` for a row that no batch can hold, and for a measure of another type than it has
   */
  append(
    idBytes: Uint8Array,
    idFrom: number,
    idTo: number,
    typeCode: number,
    eventTime: number,
    longitude: number,
    latitude: number,
    speed: number,
    heading: number,
    said?: readonly Said[],
  ): boolean
  /**
   * Adds the rows `order[from, to)` until the batch is full: a call for each would make an object of each number.
   * @returns the place in `order` of the first that is not added: take the batch, then go on there
   * @throws FleetError as `append` does
   */
  appendRows(rows: RowsToSend, order: Int32Array, from: number, to: number): number
  /** The rows so far, encoded, and an empty builder; undefined when there are none. */
  take(): EncodedBatch | undefined
}

/** Room for the headers of a move: those of CloudEvents and ours. */
const HEADER_ROOM_BYTES = 2048

export const MAX_PAYLOAD_BYTES = MAX_MESSAGE_BYTES - HEADER_ROOM_BYTES

/** Offset, type, time, longitude, latitude, speed, heading, and two bits of validity. */
const ROW_BYTES = POSITION_BYTES + 1
const TYPE_BYTES = 4
/** Padding of every buffer to 8 bytes. */
const SLACK_BYTES = 160

const none: Positions = {
  length: 0,
  vehicleIdOffsets: new Int32Array(1),
  vehicleIdBytes: new Uint8Array(0),
  vehicleTypes: [],
  measures: [],
  ...newPositionArrays(0),
}

const utf8 = new TextEncoder()

const boundsOf = (values: Float64Array, length: number): readonly [least: number, most: number] => {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

export const createBatchBuilder = (limits: BatchLimits): BatchBuilder => {
  const { maxRows, maxBytes = MAX_PAYLOAD_BYTES, vehicleTypes: known = [], source } = limits
  const encode = (rows: Positions): Uint8Array =>
    source === undefined ? encodePositions(rows) : encodePositionsOf(source, rows)
  const baseBytes = encode(none).length + SLACK_BYTES
  /** With the number of its source. */
  const oneRowBytes = source === undefined ? ROW_BYTES : ROW_BYTES + 1
  const offsets = new Int32Array(maxRows + 1)
  const ids = new Uint8Array(maxBytes)
  const arrays = newPositionArrays(maxRows)
  // Columns that are not given here have no values.
  for (const { key, kind } of SENT_COLUMNS) if (kind === 'float') arrays[key].fill(NaN)
  let types: string[] = []
  let codes = new Map<string, number>()
  let length = 0
  let used = known.length
  let bytes = baseBytes
  const measures = createMeasureBatch(maxRows)
  /** What a row adds that says nothing, its id apart: it has a place in the columns of those that do. */
  let silentBytes = oneRowBytes
  /** Codes of the batch by the numbers that rows have for types. */
  let names: readonly string[] | undefined
  let codesByType: (number | undefined)[] = []

  const codeOf = (vehicleType: string): number => {
    const code = codes.get(vehicleType)
    if (code !== undefined) return code
    codes.set(vehicleType, types.length)
    bytes += TYPE_BYTES + utf8.encode(vehicleType).length
    return types.push(vehicleType) - 1
  }

  const clear = (): void => {
    length = 0
    used = known.length
    bytes = baseBytes
    measures.clear()
    silentBytes = oneRowBytes
    types = []
    codes = new Map()
    codesByType = []
    for (const vehicleType of known) codeOf(vehicleType)
  }
  clear()

  /** What a row takes, if the batch has room for it; -1 where it has none. */
  const bytesOfRow = (idLength: number, said: readonly Said[] | undefined): number => {
    const rowBytes = idLength + (said === undefined ? silentBytes : oneRowBytes + measures.bytesOf(said, length))
    if (length < maxRows && bytes + rowBytes <= maxBytes) return rowBytes
    if (length > 0) return -1
    throw new FleetError('message.invalid', `one row does not fit into a message of ${maxBytes} bytes`)
  }
  /** Begins row `length`, for which there is room. */
  const open = (idBytes: Uint8Array, idFrom: number, idTo: number, said: readonly Said[] | undefined): void => {
    if (said !== undefined) {
      measures.append(said, length)
      silentBytes = oneRowBytes + measures.bytesOf([], length)
    }
    let at = offsets[length]
    for (let i = idFrom; i < idTo; i++) ids[at++] = idBytes[i]
    offsets[length + 1] = at
  }
  const codeOfType = (type: number, typeNames: readonly string[]): number => {
    if (names !== typeNames) {
      names = typeNames
      codesByType = []
    }
    return (codesByType[type] ??= codeOf(typeNames[type]))
  }

  return {
    get length() {
      return length
    },
    codeOf,
    append: (idBytes, idFrom, idTo, typeCode, eventTime, longitude, latitude, speed, heading, said) => {
      const rowBytes = bytesOfRow(idTo - idFrom, said)
      if (rowBytes < 0) return false
      open(idBytes, idFrom, idTo, said)
      arrays.vehicleType[length] = typeCode
      if (typeCode >= used) used = typeCode + 1
      arrays.eventTime[length] = eventTime
      arrays.longitude[length] = longitude
      arrays.latitude[length] = latitude
      arrays.speed[length] = speed
      arrays.heading[length] = heading
      bytes += rowBytes
      length++
      return true
    },
    appendRows: (rows, order, first, end) => {
      const { vehicles, types: rowTypes, typeNames, said: saidOf } = rows
      const { bytes: idBytes, offsets: idOffsets } = rows.vehicleIds
      for (let i = first; i < end; i++) {
        const row = order[i]
        const idFrom = idOffsets[vehicles[row]]
        const idTo = idOffsets[vehicles[row] + 1]
        const said = saidOf === undefined ? undefined : saidOf[row]
        const typeCode = codeOfType(rowTypes[row], typeNames)
        const rowBytes = bytesOfRow(idTo - idFrom, said)
        if (rowBytes < 0) return i
        open(idBytes, idFrom, idTo, said)
        arrays.vehicleType[length] = typeCode
        if (typeCode >= used) used = typeCode + 1
        arrays.eventTime[length] = rows.eventTime[row]
        arrays.longitude[length] = rows.longitude[row]
        arrays.latitude[length] = rows.latitude[row]
        arrays.speed[length] = rows.speed[row]
        arrays.heading[length] = rows.heading[row]
        bytes += rowBytes
        length++
      }
      return end
    },
    take: () => {
      if (length === 0) return undefined
      const [from, to] = boundsOf(arrays.eventTime, length)
      const [west, east] = boundsOf(arrays.longitude, length)
      const [south, north] = boundsOf(arrays.latitude, length)
      const batch: EncodedBatch = {
        rows: length,
        payload: encode({
          length,
          vehicleIdOffsets: offsets,
          vehicleIdBytes: ids,
          vehicleTypes: types.slice(0, used),
          measures: measures.columns(length),
          ...arrays,
        }),
        headers: {
          'fleet-rows': String(length),
          'fleet-from': String(from),
          'fleet-to': String(to),
          'fleet-bounds': `${west},${south},${east},${north}`,
        },
      }
      clear()
      return batch
    },
  }
}
