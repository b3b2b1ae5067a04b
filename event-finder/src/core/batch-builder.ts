import { MICRO_PER_DEGREE, type Positions } from '@fleetlake/core'
import type { ChunkRows } from './chunk-rows.ts'

export interface BatchBuilder {
  /** Takes rows in; full batches come out. Law: the same rows give the same batches, however they are handed in. */
  add(rows: ChunkRows, selected: Uint32Array): Generator<Positions>
  /** The rest, if any. */
  finish(): Generator<Positions>
}

/** A batch with its headers stays under half of what the server takes as one message. */
const MAX_BATCH_BYTES = 480 * 1024
/** Time, longitude and latitude, type, offset of the id, speed, heading. */
const BYTES_PER_ROW = 3 * 8 + 4 * 4

/** Below this many bytes a loop copies faster than `set`. */
const FEW_BYTES = 96

const copyBytes = (from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void => {
  if (end - start > FEW_BYTES) to.set(from.subarray(start, end), at)
  else for (let i = start; i < end; i++) to[at + i - start] = from[i]
}

/** A batch that is being filled. */
const startBatch = (capacity: number, idCapacity: number) => ({
  length: 0,
  /** Of types in UTF-8, at most. */
  typeBytes: 0,
  idBytes: new Uint8Array(idCapacity),
  typeCodes: new Map<string, number>(),
  idOffsets: new Int32Array(capacity + 1),
  type: new Int32Array(capacity),
  eventTime: new Float64Array(capacity),
  longitude: new Float64Array(capacity),
  latitude: new Float64Array(capacity),
  speed: new Float32Array(capacity),
  heading: new Float32Array(capacity),
})

type Open = ReturnType<typeof startBatch>

const positionsOf = (batch: Open): Positions => ({
  length: batch.length,
  vehicleIdOffsets: batch.idOffsets,
  vehicleIdBytes: batch.idBytes,
  vehicleType: batch.type,
  vehicleTypes: [...batch.typeCodes.keys()],
  eventTime: batch.eventTime,
  longitude: batch.longitude,
  latitude: batch.latitude,
  speed: batch.speed,
  heading: batch.heading,
})

/** Gathers selected rows of many chunks into batches of `batchRows` rows, fewer where ids are long. */
export const createBatchBuilder = (batchRows: number): BatchBuilder => {
  const capacity = Math.min(batchRows, Math.floor(MAX_BATCH_BYTES / BYTES_PER_ROW))
  let batch: Open | undefined

  /** How many of the rows from `selected[from]` fit into the batch; at least one into an empty batch. */
  const fitting = (open: Open, rows: ChunkRows, selected: Uint32Array, from: number): number => {
    const { vehicleIdOffsets: at } = rows
    let bytes = open.length * BYTES_PER_ROW + open.idOffsets[open.length] + open.typeBytes
    let known: Set<number> | undefined
    const most = Math.min(selected.length - from, capacity - open.length)
    for (let i = 0; i < most; i++) {
      const row = selected[from + i]
      bytes += BYTES_PER_ROW + at[row + 1] - at[row]
      const code = rows.vehicleType[row]
      if (known === undefined || !known.has(code)) {
        known ??= new Set()
        known.add(code)
        const type = rows.vehicleTypes[code]
        if (!open.typeCodes.has(type)) bytes += 3 * type.length + 4
      }
      if (bytes > MAX_BATCH_BYTES && open.length + i > 0) return i
    }
    return most
  }

  const copyIds = (
    open: Open,
    { vehicleIdOffsets: at, vehicleIdBytes: ids }: ChunkRows,
    selected: Uint32Array,
  ): void => {
    let end = open.idOffsets[open.length]
    let needed = end
    for (const row of selected) needed += at[row + 1] - at[row]
    if (needed > open.idBytes.length) {
      const larger = new Uint8Array(Math.max(needed, open.idBytes.length * 2))
      larger.set(open.idBytes.subarray(0, end))
      open.idBytes = larger
    }
    for (let i = 0; i < selected.length;) {
      const first = selected[i]
      let last = first
      // Rows that follow each other have bytes that follow each other.
      do {
        open.idOffsets[open.length + i + 1] = end + at[last + 1] - at[first]
        i++
        last++
      } while (i < selected.length && selected[i] === last)
      copyBytes(ids, at[first], at[last], open.idBytes, end)
      end += at[last] - at[first]
    }
  }

  const copyRows = (open: Open, rows: ChunkRows, selected: Uint32Array): void => {
    copyIds(open, rows, selected)
    const codes = new Int32Array(rows.vehicleTypes.length).fill(-1)
    for (let i = 0; i < selected.length; i++) {
      const row = selected[i]
      const to = open.length + i
      const code = rows.vehicleType[row]
      if (codes[code] < 0) {
        const type = rows.vehicleTypes[code]
        if (!open.typeCodes.has(type)) {
          open.typeCodes.set(type, open.typeCodes.size)
          open.typeBytes += 3 * type.length + 4
        }
        codes[code] = open.typeCodes.get(type)!
      }
      open.type[to] = codes[code]
      open.eventTime[to] = rows.eventTime[row]
      open.longitude[to] = rows.longitude[row] / MICRO_PER_DEGREE
      open.latitude[to] = rows.latitude[row] / MICRO_PER_DEGREE
      open.speed[to] = rows.speed[row]
      open.heading[to] = rows.heading[row]
    }
    open.length += selected.length
  }

  function* close(): Generator<Positions> {
    if (batch === undefined || batch.length === 0) return
    const full = batch
    batch = undefined
    yield positionsOf(full)
  }

  function* add(rows: ChunkRows, selected: Uint32Array): Generator<Positions> {
    for (let from = 0; from < selected.length;) {
      batch ??= startBatch(capacity, 16 * capacity)
      const count = fitting(batch, rows, selected, from)
      copyRows(batch, rows, selected.subarray(from, from + count))
      from += count
      if (from < selected.length || batch.length === capacity) yield* close()
    }
  }

  return { add, finish: close }
}
