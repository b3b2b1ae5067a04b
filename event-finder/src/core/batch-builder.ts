import {
  gatherPositions,
  newPositionArrays,
  POSITION_BYTES,
  type Positions,
  type Rows,
  unpackedRows,
} from '@fleetlake/columnar'

export interface BatchBuilder {
  /** Takes rows in; full batches come out. Invariant: the same rows give the same batches, however they are handed in. */
  add(rows: Rows, selected: Uint32Array): Generator<Positions>
  /** The rest, if any. */
  finish(): Generator<Positions>
}

/** A batch with its headers stays under half of what the server takes as one message. */
const MAX_BATCH_BYTES = 480 * 1024

/** A batch that is being filled. */
const startBatch = (capacity: number, idCapacity: number) => ({
  length: 0,
  /** Of types in UTF-8, at most. */
  typeBytes: 0,
  idBytes: new Uint8Array(idCapacity),
  typeCodes: new Map<string, number>(),
  idOffsets: new Int32Array(capacity + 1),
  arrays: newPositionArrays(capacity),
})

type Open = ReturnType<typeof startBatch>

const positionsOf = (batch: Open): Positions => ({
  length: batch.length,
  vehicleIdOffsets: batch.idOffsets,
  vehicleIdBytes: batch.idBytes,
  vehicleTypes: [...batch.typeCodes.keys()],
  measures: [],
  ...batch.arrays,
})

export interface BatchOptions {
  /** All batches share their columns: one is done with when the next is asked for. */
  readonly reuseColumns?: boolean
}

/** Gathers selected rows of many chunks into batches of `batchRows` rows, fewer where ids are long. */
export const createBatchBuilder = (batchRows: number, { reuseColumns = false }: BatchOptions = {}): BatchBuilder => {
  const capacity = Math.min(batchRows, Math.floor(MAX_BATCH_BYTES / POSITION_BYTES))
  let batch: Open | undefined

  /** How many of the rows from `selected[from]` fit into the batch, at least one into an empty batch; and the bytes of their ids. */
  const fitting = (open: Open, rows: Rows, selected: Uint32Array, from: number): { count: number; idBytes: number } => {
    const { vehicle, vehicleType, vehicleTypes } = rows
    const { offsets } = rows.vehicleIds
    const startBytes = open.length * POSITION_BYTES + open.idOffsets[open.length] + open.typeBytes
    const most = Math.min(selected.length - from, capacity - open.length)
    let [rowBytes, typeBytes, idBytes] = [0, 0, 0]
    let known: Set<number> | undefined
    let lastType = -1
    for (let i = 0; i < most; i++) {
      const row = selected[from + i]
      const code = vehicleType[row]
      if (code !== lastType) {
        lastType = code
        known ??= new Set()
        if (!known.has(code)) {
          known.add(code)
          const type = vehicleTypes[code]
          if (!open.typeCodes.has(type)) typeBytes += 3 * type.length + 4
        }
      }
      const id = vehicle[row]
      const bytes = offsets[id + 1] - offsets[id]
      rowBytes += POSITION_BYTES
      if (startBytes + rowBytes + typeBytes + idBytes + bytes > MAX_BATCH_BYTES && open.length + i > 0) {
        return { count: i, idBytes }
      }
      idBytes += bytes
    }
    return { count: most, idBytes }
  }

  const copyIds = (open: Open, { vehicle, vehicleIds }: Rows, selected: Uint32Array, idBytes: number): void => {
    const { offsets, bytes } = vehicleIds
    const { idOffsets } = open
    const { length } = selected
    let place = open.length
    let at = idOffsets[place]
    if (at + idBytes > open.idBytes.length) {
      const larger = new Uint8Array(Math.max(at + idBytes, open.idBytes.length * 2))
      larger.set(open.idBytes.subarray(0, at))
      open.idBytes = larger
    }
    const to = open.idBytes
    for (let i = 0; i < length; i++) {
      const id = vehicle[selected[i]]
      const end = offsets[id + 1]
      for (let from = offsets[id]; from < end; from++) to[at++] = bytes[from]
      idOffsets[++place] = at
    }
  }

  const copyTypes = (open: Open, { vehicleType, vehicleTypes }: Rows, selected: Uint32Array): void => {
    const codes = new Int32Array(vehicleTypes.length).fill(-1)
    const to = open.arrays.vehicleType
    const { length } = selected
    for (let i = 0, at = open.length; i < length; i++, at++) {
      const code = vehicleType[selected[i]]
      if (codes[code] < 0) {
        const type = vehicleTypes[code]
        if (!open.typeCodes.has(type)) {
          open.typeCodes.set(type, open.typeCodes.size)
          open.typeBytes += 3 * type.length + 4
        }
        codes[code] = open.typeCodes.get(type)!
      }
      to[at] = codes[code]
    }
  }

  const copyRows = (open: Open, rows: Rows, selected: Uint32Array, idBytes: number): void => {
    copyIds(open, rows, selected, idBytes)
    copyTypes(open, rows, selected)
    gatherPositions(rows, selected, open.arrays, open.length)
    open.length += selected.length
  }

  function* close(): Generator<Positions> {
    if (batch === undefined || batch.length === 0) return
    yield positionsOf(batch)
    if (!reuseColumns) {
      batch = undefined
      return
    }
    batch.length = 0
    batch.typeBytes = 0
    batch.typeCodes.clear()
  }

  function* add(chunk: Rows, selected: Uint32Array): Generator<Positions> {
    if (selected.length === 0) return
    // Unpacks every column: one that is damaged is noticed before a row has been taken.
    const rows = unpackedRows(chunk)
    for (let from = 0; from < selected.length;) {
      batch ??= startBatch(capacity, 16 * capacity)
      const { count, idBytes } = fitting(batch, rows, selected, from)
      copyRows(batch, rows, selected.subarray(from, from + count), idBytes)
      from += count
      if (from < selected.length || batch.length === capacity) yield* close()
    }
  }

  return { add, finish: close }
}
