import {
  createMeasureStore,
  makePositionArrays,
  type MeasureSpec,
  type MeasureStore,
  newPositionArrays,
  type Positions,
  VALUE_KEYS,
} from '@fleetlake/columnar'
import { rowRange, takeMeasures } from './take-measures.ts'

/** Joins the batches of an answer, which are small, into blocks of one size, in their order. A block has the measures that any batch so far had. */
export interface RowGatherer {
  /**
   * Copies the rows `[from, to)` of a batch, all by default; blocks that became full.
   * @throws FleetError `query.invalid` for a measure that another batch has in another type
   */
  add(rows: Positions, from?: number, to?: number): Positions[]
  /** The rows that are left; undefined when there are none. */
  rest(): Positions | undefined
}

const FIRST_ID_BYTES = 1 << 16

export const createRowGatherer = ({ blockRows }: { readonly blockRows: number }): RowGatherer => {
  let block = createBlock(blockRows, [])
  return {
    add: (rows, from = 0, to = rows.length) => {
      const full: Positions[] = []
      for (let next = from; next < to;) {
        next = block.append(rows, next, to)
        if (block.length() < blockRows) continue
        full.push(block.positions())
        block = createBlock(blockRows, block.specs())
      }
      return full
    },
    rest: () => (block.length() === 0 ? undefined : block.positions()),
  }
}

interface Block {
  /** Copies rows of `[from, end)` until it is full. @returns the first row that is not in it */
  append(rows: Positions, from: number, end: number): number
  length(): number
  specs(): readonly MeasureSpec[]
  positions(): Positions
}

const createBlock = (maxRows: number, specs: readonly MeasureSpec[]): Block => {
  const vehicleIdOffsets = new Int32Array(maxRows + 1)
  let vehicleIdBytes = new Uint8Array(FIRST_ID_BYTES)
  const arrays = newPositionArrays(maxRows)
  const codes = new Map<string, number>()
  /** Of columns, as soon as a batch has one. */
  let store: MeasureStore | undefined = specs.length === 0 ? undefined : createMeasureStore(specs)
  let length = 0

  const codeOf = (type: string): number => {
    const code = codes.get(type) ?? codes.size
    codes.set(type, code)
    return code
  }

  const appendIds = ({ vehicleIdOffsets: at, vehicleIdBytes: bytes }: Positions, from: number, to: number): void => {
    const used = vehicleIdOffsets[length]
    const needed = used + at[to] - at[from]
    if (needed > vehicleIdBytes.length) {
      const larger = new Uint8Array(Math.max(needed, vehicleIdBytes.length * 2))
      larger.set(vehicleIdBytes.subarray(0, used))
      vehicleIdBytes = larger
    }
    vehicleIdBytes.set(bytes.subarray(at[from], at[to]), used)
    for (let row = from; row < to; row++) vehicleIdOffsets[length + row - from + 1] = used + at[row + 1] - at[from]
  }

  const appendMeasures = ({ measures }: Positions, from: number, to: number): void => {
    if (measures.length === 0) return
    store ??= createMeasureStore()
    takeMeasures(store, measures, { order: rowRange(from, to), at: length })
  }

  return {
    append: (rows, from, end) => {
      const to = Math.min(end, from + maxRows - length)
      appendIds(rows, from, to)
      appendMeasures(rows, from, to)
      const known = rows.vehicleTypes.map(codeOf)
      for (let row = from; row < to; row++) arrays.vehicleType[length + row - from] = known[rows.vehicleType[row]]
      for (const key of VALUE_KEYS) arrays[key].set(rows[key].subarray(from, to), length)
      length += to - from
      return to
    },
    length: () => length,
    specs: () => store?.specs ?? [],
    positions: () => ({
      length,
      vehicleIdOffsets: vehicleIdOffsets.subarray(0, length + 1),
      vehicleIdBytes: vehicleIdBytes.subarray(0, vehicleIdOffsets[length]),
      vehicleTypes: [...codes.keys()],
      measures: store?.columns(length) ?? [],
      ...makePositionArrays((key) => arrays[key].subarray(0, length)),
    }),
  }
}
