import { cellName, dateOf, windowStart } from '@fleetlake/core'
import type { BufferColumns, PartitionBuffer } from './partition-buffer.ts'

/** The rows of one chunk file, sorted by vehicle and time, in the shape that the codecs take. */
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

/** One stable counting-sort pass: `order` by the ranks of its rows. */
const sortedBy = (order: Uint32Array, ranks: Int32Array, count: number): Uint32Array => {
  const starts = new Uint32Array(count + 1)
  for (let i = 0; i < order.length; i++) starts[ranks[order[i]] + 1]++
  for (let rank = 0; rank < count; rank++) starts[rank + 1] += starts[rank]
  const sorted = new Uint32Array(order.length)
  for (let i = 0; i < order.length; i++) sorted[starts[ranks[order[i]]]++] = order[i]
  return sorted
}

interface Ranks {
  readonly ranks: Int32Array
  readonly count: number
}

/** Numbers the cells as they come; a vehicle is nearly always in the cell that it was in before. */
const rankCells = ({ cell, vehicle }: BufferColumns, length: number, vehicles: number): Ranks => {
  const rankOf = new Map<number, number>()
  const lastCells = new Int32Array(vehicles).fill(-1)
  const lastRanks = new Int32Array(vehicles)
  const ranks = new Int32Array(length)
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
const rankWindows = (time: Float64Array, length: number, windowMs: number): Ranks => {
  const codes = new Map<number, number>()
  const ranks = new Int32Array(length)
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

const gather = (buffer: PartitionBuffer, order: Uint32Array, { windowMs, geohashLength }: ChunkOptions): Chunk => {
  const { columns } = buffer
  const { length } = order
  const vehicleIds: string[] = []
  const vehicle = new Uint32Array(length)
  const vehicleType = new Uint32Array(length)
  const eventTime = new Float64Array(length)
  const longitude = new Int32Array(length)
  const latitude = new Int32Array(length)
  const speed = new Float32Array(length)
  const heading = new Float32Array(length)
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

/**
 * The buffer as chunks, one at a time so that only one is in memory beside it. Law: every buffered row is in exactly one
 * chunk, and all rows of a chunk share its date and its cell.
 */
export function* chunksOf(buffer: PartitionBuffer, options: ChunkOptions): Generator<Chunk> {
  const { length, columns } = buffer
  if (length === 0) return
  const vehicles = buffer.vehicleIds.length
  const windows = rankWindows(columns.time, length, options.windowMs)
  const cells = rankCells(columns, length, vehicles)
  let order: Uint32Array = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[i] = i
  order = sortedBy(order, columns.vehicle, vehicles)
  if (windows.count > 1) order = sortedBy(order, windows.ranks, windows.count)
  order = sortedBy(order, cells.ranks, cells.count)
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
    const rows = order.slice(from, to)
    const sorted = parts > 1 ? sortedBy(rows, columns.vehicle, vehicles) : rows
    sortRunsByTime(sorted, 0, sorted.length, columns.vehicle, columns.time)
    yield gather(buffer, sorted, options)
    from = to
  }
}
