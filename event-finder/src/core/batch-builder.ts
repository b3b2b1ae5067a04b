import {
  createMeasureStore,
  gatherPositions,
  isTextMeasure,
  type MeasureColumn,
  measureRowBytes,
  type MeasureSpec,
  type MeasureStore,
  newPositionArrays,
  POSITION_BYTES,
  type Positions,
  type Rows,
  type TextMeasure,
  unpackedRows,
  withMeasures,
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
const startBatch = (capacity: number, idCapacity: number, specs: readonly MeasureSpec[]) => ({
  length: 0,
  /** Of types in UTF-8, at most. */
  typeBytes: 0,
  idBytes: new Uint8Array(idCapacity),
  typeCodes: new Map<string, number>(),
  idOffsets: new Int32Array(capacity + 1),
  arrays: newPositionArrays(capacity),
  measures: storeOf(specs),
  /** Of the texts of measures, row by row. */
  measureBytes: 0,
})

const storeOf = (specs: readonly MeasureSpec[]): MeasureStore | undefined =>
  specs.length === 0 ? undefined : createMeasureStore(specs)

type Open = ReturnType<typeof startBatch>

const positionsOf = (batch: Open): Positions => ({
  length: batch.length,
  vehicleIdOffsets: batch.idOffsets,
  vehicleIdBytes: batch.idBytes,
  vehicleTypes: [...batch.typeCodes.keys()],
  measures: batch.measures?.columns(batch.length) ?? [],
  ...batch.arrays,
})

/** What of some rows a batch still takes. */
interface Fitting {
  readonly count: number
  /** Of these rows. */
  readonly idBytes: number
  readonly measureBytes: number
}

/** Of a row's texts: each row's own, as they are sent. */
const textBytesOf = (columns: readonly TextMeasure[], row: number): number => {
  let sum = 0
  for (const { codes, texts } of columns) {
    const code = codes[row]
    if (code >= 0) sum += texts.offsets[code + 1] - texts.offsets[code]
  }
  return sum
}

export interface BatchOptions {
  /** All batches share their columns: one is done with when the next is asked for. */
  readonly reuseColumns?: boolean
  /** Those that batches carry, in this order: the rows have them first, in this order too. */
  readonly measures?: readonly MeasureSpec[] | undefined
}

const NO_MEASURES: readonly MeasureColumn[] = []

/** What a batch says of its columns, in UTF-8 at most. */
const headBytes = (specs: readonly MeasureSpec[]): number =>
  specs.reduce((sum, { unit = '', description = '' }) => sum + 3 * (unit.length + description.length), 0)

/** Gathers selected rows of many chunks into batches of `batchRows` rows, fewer where ids or measures are long. */
export const createBatchBuilder = (
  batchRows: number,
  { reuseColumns = false, measures: specs = [] }: BatchOptions = {},
): BatchBuilder => {
  const fixedBytes = POSITION_BYTES + measureRowBytes(specs.map((spec) => ({ spec })))
  const mostBytes = MAX_BATCH_BYTES - headBytes(specs)
  const capacity = Math.max(1, Math.min(batchRows, Math.floor(mostBytes / fixedBytes)))
  let batch: Open | undefined

  /** How many of the rows from `selected[from]` fit into the batch, at least one into an empty batch; and the bytes of their ids. */
  const fitting = (open: Open, rows: Rows, selected: Uint32Array, from: number): Fitting => {
    const { vehicle, vehicleType, vehicleTypes } = rows
    const { offsets } = rows.vehicleIds
    const startBytes = open.length * fixedBytes + open.idOffsets[open.length] + open.typeBytes + open.measureBytes
    const texts = rows.measures.filter(isTextMeasure)
    const most = Math.min(selected.length - from, capacity - open.length)
    const hasTexts = texts.length > 0
    let [rowBytes, typeBytes, idBytes] = [0, 0, 0]
    let measureBytes = 0
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
      rowBytes += fixedBytes
      if (hasTexts) rowBytes += textBytesOf(texts, row)
      if (startBytes + rowBytes + typeBytes + idBytes + bytes > mostBytes && open.length + i > 0) {
        return { count: i, idBytes, measureBytes }
      }
      idBytes += bytes
      if (hasTexts) measureBytes = rowBytes - (i + 1) * fixedBytes
    }
    return { count: most, idBytes, measureBytes }
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

  const copyRows = (open: Open, rows: Rows, selected: Uint32Array, { idBytes, measureBytes }: Fitting): void => {
    copyIds(open, rows, selected, idBytes)
    copyTypes(open, rows, selected)
    gatherPositions(rows, selected, open.arrays, open.length)
    open.measures?.take(rows.measures, selected, open.length)
    open.measureBytes += measureBytes
    open.length += selected.length
  }

  /** The rows with the measures that batches carry and no others. */
  const carried = (rows: Rows): Rows =>
    rows.measures.length === specs.length
      ? rows
      : withMeasures(rows, specs.length === 0 ? NO_MEASURES : rows.measures.slice(0, specs.length))

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
    batch.measures = storeOf(specs)
    batch.measureBytes = 0
  }

  function* add(chunk: Rows, selected: Uint32Array): Generator<Positions> {
    if (selected.length === 0) return
    // Unpacks every column: one that is damaged is noticed before a row has been taken.
    const rows = unpackedRows(carried(chunk))
    for (let from = 0; from < selected.length;) {
      batch ??= startBatch(capacity, 16 * capacity, specs)
      const fits = fitting(batch, rows, selected, from)
      copyRows(batch, rows, selected.subarray(from, from + fits.count), fits)
      from += fits.count
      if (from < selected.length || batch.length === capacity) yield* close()
    }
  }

  return { add, finish: close }
}
