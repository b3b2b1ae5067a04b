import { cellName, dateOf, windowStart } from '@fleetlake/core'
import type { PartitionBuffer } from './partition-buffer.ts'

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

/** Numbers the distinct values in ascending order. */
const ranksOf = (values: Iterable<number>): Map<number, number> =>
  new Map([...new Set(values)].toSorted((a, b) => a - b).map((value, rank) => [value, rank]))

/** One stable counting-sort pass: `order` by the ranks of its rows. */
const sortedBy = (order: Uint32Array, ranks: Int32Array, count: number): Uint32Array => {
  const starts = new Uint32Array(count + 1)
  for (let i = 0; i < order.length; i++) starts[ranks[order[i]] + 1]++
  for (let rank = 0; rank < count; rank++) starts[rank + 1] += starts[rank]
  const sorted = new Uint32Array(order.length)
  for (let i = 0; i < order.length; i++) sorted[starts[ranks[order[i]]]++] = order[i]
  return sorted
}

const rankColumn = (values: ArrayLike<number>, length: number): { ranks: Int32Array; count: number } => {
  const distinct = new Set<number>()
  for (let i = 0; i < length; i++) distinct.add(values[i])
  const rankOf = ranksOf(distinct)
  const ranks = new Int32Array(length)
  for (let i = 0; i < length; i++) ranks[i] = rankOf.get(values[i])!
  return { ranks, count: rankOf.size }
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
  const windows = new Float64Array(length)
  for (let i = 0; i < length; i++) windows[i] = Math.floor(columns.time[i] / options.windowMs)
  const window = rankColumn(windows, length)
  const cell = rankColumn(columns.cell, length)
  let order: Uint32Array = Uint32Array.from({ length }, (_, i) => i)
  order = sortedBy(order, columns.vehicle, buffer.vehicleIds.length)
  order = sortedBy(order, window.ranks, window.count)
  order = sortedBy(order, cell.ranks, cell.count)
  const dayOf = (row: number): number => Math.floor(columns.time[row] / DAY_MS)
  for (let from = 0; from < length;) {
    const [firstCell, day] = [columns.cell[order[from]], dayOf(order[from])]
    let to = from
    let parts = 0
    while (to < length && columns.cell[order[to]] === firstCell && (parts === 0 || to - from < options.minRows)) {
      const part = windows[order[to]]
      if (dayOf(order[to]) !== day) break
      while (to < length && columns.cell[order[to]] === firstCell && windows[order[to]] === part) to++
      parts++
    }
    const rows = order.slice(from, to)
    const sorted = parts > 1 ? sortedBy(rows, columns.vehicle, buffer.vehicleIds.length) : rows
    sortRunsByTime(sorted, 0, sorted.length, columns.vehicle, columns.time)
    yield gather(buffer, sorted, options)
    from = to
  }
}
