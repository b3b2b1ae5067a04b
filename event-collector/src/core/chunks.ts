import { cellName, dateOf, reuseArray, type Reused, windowStart } from '@fleetlake/core'
import type { PartitionBuffer } from './partition-buffer.ts'

/** The rows of one chunk file, sorted by vehicle and time, in the shape that the codecs take; its arrays are valid until the next one is asked for. */
export interface Chunk {
  /** UTC, `YYYY-MM-DD`. */
  readonly date: string
  readonly cell: string
  /** Of its earliest row's window, ms since the epoch. */
  readonly windowFrom: number
  readonly length: number
  readonly vehicleIds: readonly string[]
  readonly vehicle: Uint32Array
  readonly vehicleTypes: readonly string[]
  readonly vehicleType: Uint32Array
  readonly eventTime: Float64Array
  readonly longitude: Int32Array
  readonly latitude: Int32Array
  readonly speed: Float32Array
  readonly heading: Float32Array
}

export interface ChunkOptions {
  /** A whole fraction of a day. */
  readonly windowMs: number
  readonly geohashLength: number
  /** Neighbouring windows of a (date, cell) share a chunk until it holds this many rows: sparse data makes few files. */
  readonly minRows: number
}

const uint32s = (): Reused<Uint32Array> => reuseArray((length) => new Uint32Array(length))
const int32s = (): Reused<Int32Array> => reuseArray((length) => new Int32Array(length))
const float32s = (): Reused<Float32Array> => reuseArray((length) => new Float32Array(length))

/** What cutting a buffer needs beside it, and the columns of the chunk that was cut last. One serves one flush at a time. */
export interface ChunkArrays {
  readonly orders: readonly [Reused<Uint32Array>, Reused<Uint32Array>]
  readonly starts: Reused<Uint32Array>
  readonly windows: Reused<Int32Array>
  readonly cells: Reused<Int32Array>
  readonly lastCells: Reused<Int32Array>
  readonly lastRanks: Reused<Int32Array>
  readonly vehicle: Reused<Uint32Array>
  readonly vehicleType: Reused<Uint32Array>
  readonly eventTime: Reused<Float64Array>
  readonly longitude: Reused<Int32Array>
  readonly latitude: Reused<Int32Array>
  readonly speed: Reused<Float32Array>
  readonly heading: Reused<Float32Array>
}

export const createChunkArrays = (): ChunkArrays => ({
  orders: [uint32s(), uint32s()],
  starts: uint32s(),
  windows: int32s(),
  cells: int32s(),
  lastCells: int32s(),
  lastRanks: int32s(),
  vehicle: uint32s(),
  vehicleType: uint32s(),
  eventTime: reuseArray((length) => new Float64Array(length)),
  longitude: int32s(),
  latitude: int32s(),
  speed: float32s(),
  heading: float32s(),
})

interface Pass {
  readonly ranks: Int32Array
  /** Ranks are below it. */
  readonly count: number
  readonly starts: Uint32Array
}

/** One stable counting-sort pass: `order` by the ranks of its rows, into `sorted`. */
const sortBy = (order: Uint32Array, sorted: Uint32Array, { ranks, count, starts }: Pass): Uint32Array => {
  starts.fill(0)
  for (let i = 0; i < order.length; i++) starts[ranks[order[i]] + 1]++
  for (let rank = 0; rank < count; rank++) starts[rank + 1] += starts[rank]
  for (let i = 0; i < order.length; i++) sorted[starts[ranks[order[i]]]++] = order[i]
  return sorted
}

interface Ranks {
  readonly ranks: Int32Array
  readonly count: number
}

/** Numbers the cells as they come; a vehicle is nearly always in the cell that it was in before. */
const rankCells = ({ columns: { cell, vehicle }, length, vehicleIds }: PartitionBuffer, arrays: ChunkArrays): Ranks => {
  const rankOf = new Map<number, number>()
  const lastCells = arrays.lastCells(vehicleIds.length).fill(-1)
  const lastRanks = arrays.lastRanks(vehicleIds.length)
  const ranks = arrays.cells(length)
  for (let i = 0; i < length; i++) {
    const [value, at] = [cell[i], vehicle[i]]
    if (value !== lastCells[at]) {
      let rank = rankOf.get(value)
      if (rank === undefined) rankOf.set(value, (rank = rankOf.size))
      lastCells[at] = value
      lastRanks[at] = rank
    }
    ranks[i] = lastRanks[at]
  }
  return { ranks, count: rankOf.size }
}

/** Numbers the windows in the order of time. */
const rankWindows = ({ columns: { time }, length }: PartitionBuffer, windowMs: number, arrays: ChunkArrays): Ranks => {
  const codes = new Map<number, number>()
  const ranks = arrays.windows(length)
  let [from, to, code] = [0, 0, 0]
  for (let i = 0; i < length; i++) {
    if (time[i] < from || time[i] >= to) {
      from = windowStart(time[i], windowMs)
      to = from + windowMs
      code = codes.get(from) ?? codes.size
      codes.set(from, code)
    }
    ranks[i] = code
  }
  if (codes.size > 1) {
    const rankOf = new Int32Array(codes.size)
    for (const [rank, start] of [...codes.keys()].toSorted((a, b) => a - b).entries()) rankOf[codes.get(start)!] = rank
    for (let i = 0; i < length; i++) ranks[i] = rankOf[ranks[i]]
  }
  return { ranks, count: codes.size }
}

/** Puts the rows of each vehicle in order of time; they nearly always are, so runs are only looked at. */
const sortRunsByTime = (
  order: Uint32Array,
  from: number,
  to: number,
  vehicle: Int32Array,
  time: Float64Array,
): void => {
  for (let start = from; start < to;) {
    let end = start + 1
    let inOrder = true
    while (end < to && vehicle[order[end]] === vehicle[order[start]]) {
      if (time[order[end]] < time[order[end - 1]]) inOrder = false
      end++
    }
    if (!inOrder) order.subarray(start, end).sort((a, b) => time[a] - time[b] || a - b)
    start = end
  }
}

const gather = (buffer: PartitionBuffer, order: Uint32Array, { windowMs, geohashLength, arrays }: Cutting): Chunk => {
  const { columns } = buffer
  const { length } = order
  const vehicleIds: string[] = []
  const vehicle = arrays.vehicle(length)
  const vehicleType = arrays.vehicleType(length)
  const eventTime = arrays.eventTime(length)
  const longitude = arrays.longitude(length)
  const latitude = arrays.latitude(length)
  const speed = arrays.speed(length)
  const heading = arrays.heading(length)
  let last = -1
  let earliest = Infinity
  for (let i = 0; i < length; i++) {
    const row = order[i]
    if (columns.vehicle[row] !== last) {
      last = columns.vehicle[row]
      vehicleIds.push(buffer.vehicleIds[last])
    }
    vehicle[i] = vehicleIds.length - 1
    vehicleType[i] = columns.type[row]
    eventTime[i] = columns.time[row]
    longitude[i] = columns.longitude[row]
    latitude[i] = columns.latitude[row]
    speed[i] = columns.speed[row]
    heading[i] = columns.heading[row]
    if (columns.time[row] < earliest) earliest = columns.time[row]
  }
  return {
    date: dateOf(earliest),
    cell: cellName(columns.cell[order[0]], geohashLength),
    windowFrom: windowStart(earliest, windowMs),
    length,
    vehicleIds,
    vehicle,
    vehicleTypes: buffer.vehicleTypes,
    vehicleType,
    eventTime,
    longitude,
    latitude,
    speed,
    heading,
  }
}

const DAY_MS = 86_400_000

type Cutting = ChunkOptions & { readonly arrays: ChunkArrays }

/**
 * The buffer as chunks, one at a time so that only one is in memory beside it. Law: every buffered row is in exactly one
 * chunk, and all rows of a chunk share its date and its cell.
 */
export function* chunksOf(
  buffer: PartitionBuffer,
  options: ChunkOptions,
  arrays: ChunkArrays = createChunkArrays(),
): Generator<Chunk> {
  const { length, columns } = buffer
  if (length === 0) return
  const vehicles = buffer.vehicleIds.length
  const windows = rankWindows(buffer, options.windowMs, arrays)
  const cells = rankCells(buffer, arrays)
  const passOf = (ranks: Int32Array, count: number): Pass => ({ ranks, count, starts: arrays.starts(count + 1) })
  let [order, other] = [arrays.orders[0](length), arrays.orders[1](length)]
  const sort = (pass: Pass): void => {
    ;[order, other] = [sortBy(order, other, pass), order]
  }
  for (let i = 0; i < length; i++) order[i] = i
  sort(passOf(columns.vehicle, vehicles))
  if (windows.count > 1) sort(passOf(windows.ranks, windows.count))
  sort(passOf(cells.ranks, cells.count))
  const dayOf = (row: number): number => Math.floor(columns.time[row] / DAY_MS)
  for (let from = 0; from < length;) {
    const [firstCell, day] = [columns.cell[order[from]], dayOf(order[from])]
    let to = from
    let parts = 0
    while (to < length && columns.cell[order[to]] === firstCell && (parts === 0 || to - from < options.minRows)) {
      const part = windows.ranks[order[to]]
      if (dayOf(order[to]) !== day) break
      while (to < length && columns.cell[order[to]] === firstCell && windows.ranks[order[to]] === part) to++
      parts++
    }
    let rows = order.subarray(from, to)
    // What is sorted already is not needed any more.
    if (parts > 1) rows = sortBy(rows, other.subarray(from, to), passOf(columns.vehicle, vehicles))
    sortRunsByTime(rows, 0, rows.length, columns.vehicle, columns.time)
    yield gather(buffer, rows, { ...options, arrays })
    from = to
  }
}
