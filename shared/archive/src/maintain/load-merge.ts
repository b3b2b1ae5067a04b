import { overlaps, type Period } from '@fleetlake/core'
import {
  copyRows,
  createIdTable,
  createMeasureStore,
  emptyMeasure,
  gatherMeasures,
  gatherRows,
  type IdTable,
  makeRowArrays,
  type MeasureSpec,
  type MeasureStore,
  type Rows,
  type Texts,
} from '@fleetlake/columnar'
import type { Chunk } from '../chunk.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { addRows, type Extremes, noRows } from './extremes.ts'
import { MERGE_BYTES_PER_ROW, makeMergeColumns, type MergeColumns } from './merge-rows.ts'
import type { Rewrite } from './plan-compaction.ts'
import { estimateRows, readRows } from './read-rows.ts'
import { createTextCodes, type TextCodes } from './text-codes.ts'
import { countValues, type ValueCounts } from './value-counts.ts'

/** Rows of a (date, cell) that are merged at once. */
export interface Merge {
  readonly columns: MergeColumns
  /** Rows that there is room for. */
  readonly capacity: number
  /** Bytes that its rows may take. */
  readonly budget: number
  readonly vehicles: IdTable
  readonly types: TextCodes
  /** Undefined while no row has any. */
  measures: MeasureStore | undefined
  /** What a row of the fullest load so far has taken. */
  rowBytes: number
  length: number
  /** Of the rows that are to be written, all that were loaded into it. */
  taken: Extremes
  values: ValueCounts
}

export const createMerge = (capacity: number, budget: number): Merge => ({
  columns: makeMergeColumns(capacity),
  capacity,
  budget,
  vehicles: createIdTable(),
  types: createTextCodes(),
  measures: undefined,
  rowBytes: MERGE_BYTES_PER_ROW,
  length: 0,
  taken: noRows(),
  values: new Map(),
})

/** What an empty column of texts has made room for. */
const EMPTY_MEASURE_BYTES = 24 * 1024

const bytesOf = ({ measures, length }: Merge): number => {
  const measured = measures === undefined ? 0 : measures.bytes - EMPTY_MEASURE_BYTES * measures.specs.length
  return MERGE_BYTES_PER_ROW * length + Math.max(0, measured)
}

const appendMeasures = (merge: Merge, { measures, length }: Rows, at: number): void => {
  if (measures.length === 0) return
  merge.measures ??= createMeasureStore()
  merge.measures.take(
    measures,
    Uint32Array.from({ length }, (_, row) => row),
    at,
  )
}

/** @returns false when it does not fit */
const append = (merge: Merge, rows: Rows, isKept: boolean): boolean => {
  const { columns, vehicles, types, length: at } = merge
  if (at + rows.length > merge.capacity) return false
  const { count, offsets, bytes } = rows.vehicleIds
  const vehicleCodes = Int32Array.from({ length: count }, (_, id) =>
    vehicles.numberOf(bytes, offsets[id], offsets[id + 1]),
  )
  const typeCodes = Int32Array.from(rows.vehicleTypes, (type) => types.codeOf(type))
  copyRows(rows, columns, rows.length, at)
  for (let i = 0; i < rows.length; i++) {
    columns.vehicle[at + i] = vehicleCodes[rows.vehicle[i]]
    columns.vehicleType[at + i] = typeCodes[rows.vehicleType[i]]
  }
  columns.isKept.fill(isKept ? 1 : 0, at, at + rows.length)
  appendMeasures(merge, rows, at)
  if (!isKept) {
    addRows(merge.taken, rows)
    countValues(merge.values, rows)
  }
  merge.length += rows.length
  // Texts take what they take: how much is known once they are there, a part of a file too late.
  return merge.measures === undefined || bytesOf(merge) <= merge.budget
}

const periodOf = ({ from, to }: Chunk): Period => ({ from, to: to + 1 })

const estimate = (chunks: readonly Chunk[], period: Period): number =>
  chunks.reduce((sum, chunk) => {
    const { from, to } = periodOf(chunk)
    const shared = Math.min(to, period.to) - Math.max(from, period.from)
    return shared > 0 ? sum + (estimateRows(chunk) * shared) / (to - from) : sum
  }, 0)

/** Whether the rows of a period are likely to fit, as far as it is known what they take. */
export const mayFit = (merge: Merge, { take, keep }: Rewrite, period: Period): boolean => {
  const rows = estimate([...take, ...keep], period)
  return rows <= merge.capacity && (merge.rowBytes <= MERGE_BYTES_PER_ROW || rows * merge.rowBytes <= merge.budget)
}

export interface LoadOptions {
  readonly period: Period
  /** How many rows each file has that is read, by its path. */
  readonly counts: Map<string, number>
  readonly store: ObjectStore
  /** The table's. */
  readonly measures: readonly MeasureSpec[]
}

/** @returns false when it does not fit */
const loadFiles = async (
  merge: Merge,
  { take, keep }: Rewrite,
  { period, counts, store, measures }: LoadOptions,
): Promise<boolean> => {
  for (const chunk of take) {
    if (!overlaps(periodOf(chunk), period)) continue
    const count = (rows: number): void => void counts.set(chunk.path, rows)
    for await (const rows of readRows(store, chunk, { period, measures }, count)) {
      if (!append(merge, rows, false)) return false
    }
  }
  // Only vehicles of the files that go can have duplicates there.
  const hasId = ({ offsets, bytes }: Texts, id: number): boolean =>
    merge.vehicles.find(bytes, offsets[id], offsets[id + 1]) >= 0
  for (const chunk of keep) {
    if (!overlaps(periodOf(chunk), period)) continue
    for await (const rows of readRows(store, chunk, { period, hasId, measures })) {
      if (!append(merge, rows, true)) return false
    }
  }
  return true
}

const empty = (merge: Merge): void => {
  merge.length = 0
  merge.taken = noRows()
  merge.values = new Map()
  merge.measures = undefined
}

/** Loads what some files hold of a period, in place of what was loaded before. @returns false when it does not fit */
export const load = async (merge: Merge, rewrite: Rewrite, options: LoadOptions): Promise<boolean> => {
  empty(merge)
  const fits = await loadFiles(merge, rewrite, options)
  merge.rowBytes = Math.max(merge.rowBytes, bytesOf(merge) / Math.max(1, merge.length))
  merge.columns.measures = merge.measures?.columns(merge.length) ?? []
  return fits
}

/** Rows that were loaded, with these measures in this order, whether any row has them or not. */
export const gather = (
  { columns, vehicles, types }: Merge,
  order: Uint32Array,
  measures: readonly MeasureSpec[],
): Rows => ({
  length: order.length,
  vehicleIds: vehicles.texts(),
  vehicleTypes: types.texts,
  measures: measures.map((measure) => {
    const column = columns.measures.find(({ spec }) => spec.name === measure.name)
    return column === undefined ? emptyMeasure(measure, order.length) : gatherMeasures([column], order)[0]
  }),
  ...gatherRows(columns, order, makeRowArrays(order.length)),
})
