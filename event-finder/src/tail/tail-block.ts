import {
  type ColumnsBeside,
  copyRows,
  createMeasureStore,
  fitMeasures,
  judgeTexts,
  makeRowArrays,
  makeValues,
  type MeasureStore,
  type Positions,
  type RowArrays,
  type Rows,
  sliceMeasures,
  takeFloats,
} from '@fleetlake/columnar'
import { faultOf, type MicroBounds, reuseArray, toMicroDegrees } from '@fleetlake/core'

/** Rows of a stretch of a stream, in its order. */
export interface TailRows {
  readonly rows: Rows
  /** Of a stretch that may be longer: every row is within. ms since the epoch, inclusive. */
  readonly minTime: number
  readonly maxTime: number
  readonly bounds: MicroBounds
}

/**
 * The rows of successive messages `(from, to]` of a stream, as they are once they are archived. Invariant: it is only ever added to, so that what
 * was taken out of it stays as it was.
 */
export interface TailBlock {
  readonly from: number
  readonly to: number
  readonly length: number
  /** What it holds of memory. */
  readonly bytes: number
  /** Whether a message with this number of rows belongs into the block. */
  fits(rows: number): boolean
  /**
   * Adds the message at `to + 1`: of its rows those that can be true, rounded, with their measures where the table has them; the others are dead
   * letters, and so is a message without rows, which can't be decoded.
   * @param latestMs the latest time that is believed: the message's arrival at the server plus the tolerance
   * @param table the newest that is known of it; by default one without measures
   */
  add(rows: Positions | undefined, latestMs: number, table?: ColumnsBeside): void
  /** How many rows the messages `(from, to]` have here. */
  count(from: number, to: number): number
  /** The rows of the messages `(from, to]`, as far as they are here; undefined when there are none. */
  take(from: number, to: number): TailRows | undefined
}

const FIRST_ROWS = 512
const MOST_ROWS = 8_192
const MOST_MESSAGES = 8_192
const ID_BYTES = 16
/** Of the block itself, and of each message. */
const OVERHEAD_BYTES = 4_096
const MESSAGE_BYTES = 16
/** Of a type beside its characters. */
const TYPE_BYTES = 96
const NO_COLUMNS: ColumnsBeside = { measures: [] }

/** The numbers of ids are their places: each row has an id of its own. */
const makeColumns = (rows: number): Columns => ({
  ...makeRowArrays(rows, (_, kind) => makeValues(kind, kind === 'id' ? 0 : rows)),
  vehicleIdOffsets: new Int32Array(rows + 1),
})

interface Columns extends RowArrays {
  readonly vehicleIdOffsets: Int32Array
}

const grownFrom = (old: Columns, length: number, rows: number): Columns => {
  const grown = makeColumns(rows)
  copyRows(old, grown, length)
  grown.vehicleIdOffsets.set(old.vehicleIdOffsets.subarray(0, length + 1))
  return grown
}

const bytesOf = (columns: Columns): number =>
  Object.values(columns).reduce((bytes: number, { byteLength }) => bytes + byteLength, 0)

/** The rows of a message that are taken. */
const takenRows = reuseArray((length) => new Uint32Array(length))

let numbers = new Int32Array(0)

/** 0, 1, 2 … : of rows whose ids stand one behind the other, one a row. */
const countTo = (length: number): Int32Array => {
  if (numbers.length < length) numbers = Int32Array.from({ length: 2 * length }, (_, i) => i)
  return numbers.subarray(0, length)
}

/** @param from the sequence before its first message */
export const createTailBlock = (from: number): TailBlock => {
  let capacity = FIRST_ROWS
  let columns = makeColumns(capacity)
  let idBytes = new Uint8Array(capacity * ID_BYTES)
  const typeCodes = new Map<string, number>()
  const vehicleTypes: string[] = []
  let typeBytes = 0
  /** Of each message, the number of rows up to its end. */
  const ends: number[] = []
  let length = 0
  let [minTime, maxTime] = [Infinity, -Infinity]
  /** None before a row has any. */
  let measures: MeasureStore | undefined
  const bounds = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }

  const typeCode = (type: string): number => {
    const known = typeCodes.get(type)
    if (known !== undefined) return known
    typeCodes.set(type, vehicleTypes.length)
    typeBytes += TYPE_BYTES + 2 * type.length
    return vehicleTypes.push(type) - 1
  }
  const reserve = (rows: number, ids: number): void => {
    if (length + rows > capacity) {
      capacity = Math.max(length + rows, 2 * capacity)
      columns = grownFrom(columns, length, capacity)
    }
    const needed = columns.vehicleIdOffsets[length] + ids
    if (needed > idBytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * idBytes.length))
      grown.set(idBytes)
      idBytes = grown
    }
  }
  const widen = (time: number, x: number, y: number): void => {
    if (time < minTime) minTime = time
    if (time > maxTime) maxTime = time
    if (x < bounds.west) bounds.west = x
    if (x > bounds.east) bounds.east = x
    if (y < bounds.south) bounds.south = y
    if (y > bounds.north) bounds.north = y
  }
  const append = (sent: Positions, latestMs: number, table: ColumnsBeside): void => {
    const { rows, faults: textFaults } = judgeTexts(sent)
    const { vehicleIdOffsets: at, vehicleIdBytes } = rows
    reserve(rows.length, at[rows.length] - at[0])
    /** Of each of the message's types, its code here once a row that is taken has it. */
    const codes = new Int32Array(rows.vehicleTypes.length).fill(-1)
    const fitted = fitMeasures(rows, table)
    const { vehicleIdOffsets, vehicleType, eventTime, longitude, latitude } = columns
    const first = length
    const taken = takenRows(rows.length)
    for (let i = 0; i < rows.length; i++) {
      const fault =
        faultOf(rows.eventTime[i], rows.longitude[i], rows.latitude[i], latestMs) ??
        textFaults?.[i] ??
        fitted.faults?.[i]
      if (fault !== undefined) continue
      taken[length - first] = i
      const type = rows.vehicleType[i]
      if (codes[type] < 0) codes[type] = typeCode(rows.vehicleTypes[type])
      let end = vehicleIdOffsets[length]
      for (let byte = at[i]; byte < at[i + 1]; byte++) idBytes[end++] = vehicleIdBytes[byte]
      vehicleType[length] = codes[type]
      eventTime[length] = rows.eventTime[i]
      longitude[length] = toMicroDegrees(rows.longitude[i])
      latitude[length] = toMicroDegrees(rows.latitude[i])
      widen(eventTime[length], longitude[length], latitude[length])
      vehicleIdOffsets[++length] = end
    }
    takeFloats(rows, taken.subarray(0, length - first), columns, first)
    if (fitted.measures.length > 0 && length > first) {
      measures ??= createMeasureStore()
      measures.take(fitted.measures, taken.subarray(0, length - first), first)
    }
    // Made as long as the rows now, so that what is taken out later takes no more.
    measures?.columns(length)
  }
  /** How many rows lie in the messages up to a sequence. */
  const rowsThrough = (sequence: number): number => {
    const messages = Math.min(sequence - from, ends.length)
    return messages <= 0 ? 0 : ends[messages - 1]
  }

  return {
    from,
    get to() {
      return from + ends.length
    },
    get length() {
      return length
    },
    get bytes() {
      const held = OVERHEAD_BYTES + bytesOf(columns) + idBytes.length + typeBytes + ends.length * MESSAGE_BYTES
      return held + (measures?.bytes ?? 0)
    },
    fits: (rows) => ends.length === 0 || (length + rows <= MOST_ROWS && ends.length < MOST_MESSAGES),
    add: (rows, latestMs, table = NO_COLUMNS) => {
      if (rows !== undefined) append(rows, latestMs, table)
      ends.push(length)
    },
    count: (after, through) => Math.max(0, rowsThrough(through) - rowsThrough(after)),
    take: (after, through) => {
      const [first, end] = [rowsThrough(after), rowsThrough(through)]
      if (end <= first) return undefined
      const { vehicleIdOffsets } = columns
      const rows: Rows = {
        length: end - first,
        vehicleIds: { count: end - first, offsets: vehicleIdOffsets.subarray(first, end + 1), bytes: idBytes },
        vehicleTypes,
        measures: measures === undefined ? [] : sliceMeasures(measures.columns(length), first, end),
        ...makeRowArrays(end - first, (key, kind) =>
          kind === 'id' ? countTo(end - first) : columns[key].subarray(first, end),
        ),
      }
      return { rows, minTime, maxTime, bounds: { ...bounds } }
    },
  }
}
