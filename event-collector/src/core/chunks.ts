import {
  type ColumnKey,
  gatherRows,
  type Kind,
  makeRowArrays,
  makeValues,
  type MeasureColumn,
  type Rows,
  type Texts,
  type Values,
} from '@fleetlake/columnar'
import { cellName, dateOf, reuseArray, type Reused, windowStart } from '@fleetlake/core'
import { createMeasureArrays, cutMeasures, type MeasureArrays } from './chunk-measures.ts'
import type { PartitionBuffer } from './partition-buffer.ts'

/** The rows of one data file, sorted by vehicle and time; its arrays are valid until the next one is asked for. */
export interface Chunk extends Rows {
  /** UTC, `YYYY-MM-DD`. */
  readonly date: string
  readonly cell: string
  /** Of its earliest row's window, ms since the epoch. */
  readonly windowFrom: number
  /** Its vehicles, each once. */
  readonly vehicles: readonly string[]
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
/** What cutting a buffer needs beside it, and the columns of the chunk that was cut last. One serves one flush at a time. */
export interface ChunkArrays {
  readonly orders: readonly [Reused<Uint32Array>, Reused<Uint32Array>]
  readonly starts: Reused<Uint32Array>
  readonly windows: Reused<Int32Array>
  readonly cells: Reused<Int32Array>
  readonly lastCells: Reused<Int32Array>
  readonly lastRanks: Reused<Int32Array>
  readonly columns: (key: ColumnKey, kind: Kind, length: number) => Values
  readonly idOffsets: Reused<Int32Array>
  readonly idBytes: Reused<Uint8Array>
  readonly measures: MeasureArrays
}

const createColumns = (): ChunkArrays['columns'] => {
  const made = new Map<ColumnKey, Reused<Values>>()
  return (key, kind, length) => {
    let reused = made.get(key)
    if (reused === undefined) made.set(key, (reused = reuseArray((wanted) => makeValues(kind, wanted))))
    return reused(length)
  }
}

export const createChunkArrays = (): ChunkArrays => ({
  orders: [uint32s(), uint32s()],
  starts: uint32s(),
  windows: int32s(),
  cells: int32s(),
  lastCells: int32s(),
  lastRanks: int32s(),
  columns: createColumns(),
  idOffsets: int32s(),
  idBytes: reuseArray((length) => new Uint8Array(length)),
  measures: createMeasureArrays(),
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
const rankCells = ({ columns: { cell, vehicle }, length, vehicles }: PartitionBuffer, arrays: ChunkArrays): Ranks => {
  const rankOf = new Map<number, number>()
  const lastCells = arrays.lastCells(vehicles.size).fill(-1)
  const lastRanks = arrays.lastRanks(vehicles.size)
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
const rankWindows = (
  { columns: { eventTime: time }, length }: PartitionBuffer,
  windowMs: number,
  arrays: ChunkArrays,
): Ranks => {
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

/** Renumbers the vehicles of rows that are sorted by vehicle, from 0. @param see gets the old number of each. @returns their ids */
const numberVehicles = (
  vehicle: Int32Array,
  all: Texts,
  { arrays, see }: { readonly arrays: ChunkArrays; readonly see: (old: number) => void },
): Texts => {
  const { length } = vehicle
  // A vehicle comes once, so that there are no more of them, and of their bytes, than in the buffer.
  const offsets = arrays.idOffsets(Math.min(length, all.count) + 1)
  const bytes = arrays.idBytes(all.offsets[all.count])
  offsets[0] = 0
  let [number, last, at] = [-1, -1, 0]
  for (let i = 0; i < length; i++) {
    if (vehicle[i] !== last) {
      last = vehicle[i]
      see(last)
      const to = all.offsets[last + 1]
      for (let from = all.offsets[last]; from < to; from++) bytes[at++] = all.bytes[from]
      offsets[++number + 1] = at
    }
    vehicle[i] = number
  }
  return { count: number + 1, offsets, bytes }
}

const gather = (
  buffer: PartitionBuffer,
  order: Uint32Array,
  { windowMs, geohashLength, measures, arrays }: Cutting,
): Chunk => {
  const { length } = order
  const columns = gatherRows(
    buffer.columns,
    order,
    makeRowArrays(length, (key, kind) => arrays.columns(key, kind, length)),
  )
  let earliest = Infinity
  for (let i = 0; i < length; i++) if (columns.eventTime[i] < earliest) earliest = columns.eventTime[i]
  const vehicles: string[] = []
  const see = (old: number): void => void vehicles.push(buffer.vehicleId(old))
  return {
    date: dateOf(earliest),
    cell: cellName(buffer.columns.cell[order[0]], geohashLength),
    windowFrom: windowStart(earliest, windowMs),
    length,
    vehicleIds: numberVehicles(columns.vehicle, buffer.vehicles.texts(), { arrays, see }),
    vehicles,
    vehicleTypes: buffer.vehicleTypes,
    measures: cutMeasures(measures, order, arrays.measures),
    ...columns,
  }
}

const DAY_MS = 86_400_000

type Cutting = ChunkOptions & {
  /** Of all rows of the buffer. */
  readonly measures: readonly MeasureColumn[]
  readonly arrays: ChunkArrays
}

/**
 * The buffer as chunks, one at a time so that only one is in memory beside it. Invariant: every buffered row is in exactly one
 * chunk, and all rows of a chunk share its date and its cell. A chunk's measures are those that any of its rows has.
 */
export function* chunksOf(
  buffer: PartitionBuffer,
  options: ChunkOptions,
  arrays: ChunkArrays = createChunkArrays(),
): Generator<Chunk> {
  const { length, columns } = buffer
  if (length === 0) return
  const vehicles = buffer.vehicles.size
  const measures = buffer.measures.columns(length)
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
  const dayOf = (row: number): number => Math.floor(columns.eventTime[row] / DAY_MS)
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
    sortRunsByTime(rows, 0, rows.length, columns.vehicle, columns.eventTime)
    yield gather(buffer, rows, { ...options, measures, arrays })
    from = to
  }
}
