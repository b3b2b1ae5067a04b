import {
  createIdTable,
  createMeasureStore,
  gatherMeasures,
  gatherRows,
  makeRowArrays,
  type MeasureColumn,
  type MeasureSpec,
  rankTexts,
  type RowArrays,
  type Rows,
} from '@fleetlake/columnar'
import type { Chunk } from '../chunk.ts'
import { makeMergeColumns, mergeRows } from '../maintain/merge-rows.ts'
import { rowsOfFile } from '../maintain/read-rows.ts'
import { createTextCodes } from '../maintain/text-codes.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** Copies of some rows of a file, with their numbers of vehicles and types. */
interface Piece {
  readonly arrays: RowArrays
  readonly measures: readonly MeasureColumn[]
  readonly length: number
}

const everyRow = (length: number): Uint32Array => Uint32Array.from({ length }, (_, row) => row)

export interface ReadReportsOptions {
  /** The table's: in all of them but the revision reports differ. */
  readonly measures: readonly MeasureSpec[]
  /** The numbers of the wanted rows of a file, ascending. Invariant: it takes all rows of a report or none. */
  readonly choose: (rows: Rows) => Uint32Array
}

/**
 * The distinct reports among some rows of files, by vehicle and time; of the rows that are one report the one that a compaction would leave.
 * @throws FleetError `table.unsupported` for a file that is missing or can't be read; `store.failed`
 */
export const readReports = async (
  store: ObjectStore,
  chunks: readonly Chunk[],
  { measures: specs, choose }: ReadReportsOptions,
): Promise<Rows> => {
  const vehicles = createIdTable()
  const types = createTextCodes()
  const pieces: Piece[] = []
  let total = 0
  for (const chunk of chunks) {
    for await (const rows of rowsOfFile(store, chunk, specs)) {
      const order = choose(rows)
      if (order.length === 0) continue
      const { length } = order
      const arrays = gatherRows(rows, order, makeRowArrays(length))
      const { offsets, bytes } = rows.vehicleIds
      for (let i = 0; i < length; i++) {
        const id = arrays.vehicle[i]
        arrays.vehicle[i] = vehicles.numberOf(bytes, offsets[id], offsets[id + 1])
        arrays.vehicleType[i] = types.codeOf(rows.vehicleTypes[arrays.vehicleType[i]])
      }
      pieces.push({ arrays, measures: gatherMeasures(rows.measures, order), length })
      total += length
    }
  }
  const columns = makeMergeColumns(total)
  const measures = createMeasureStore()
  let at = 0
  for (const piece of pieces) {
    for (const key of Object.keys(piece.arrays) as (keyof RowArrays)[]) columns[key].set(piece.arrays[key], at)
    if (piece.measures.length > 0) measures.take(piece.measures, everyRow(piece.length), at)
    at += piece.length
  }
  columns.measures = measures.columns(total)
  const { order } = mergeRows(columns, total, rankTexts(vehicles.texts()))
  return {
    length: order.length,
    vehicleIds: vehicles.texts(),
    vehicleTypes: types.texts,
    measures: gatherMeasures(columns.measures, order),
    ...gatherRows(columns, order, makeRowArrays(order.length)),
  }
}
