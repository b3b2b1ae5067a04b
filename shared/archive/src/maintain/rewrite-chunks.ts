import { FleetError, overlaps, type Period } from '@fleetlake/core'
import type { Chunk } from '../chunk.ts'
import {
  copyRows,
  createIdTable,
  gatherRows,
  type IdTable,
  makeRowArrays,
  type Rows,
  type Texts,
} from '@fleetlake/columnar'
import type { AddFile } from '../log/actions.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { WriteChunkDeps } from '../write-chunk.ts'
import { addRows, type Extremes, noRows, reachAsFar, reachNoFurther } from './extremes.ts'
import { MERGE_BYTES_PER_ROW, makeMergeColumns, type MergeColumns, mergeRows } from './merge-rows.ts'
import type { Rewrite } from './plan-compaction.ts'
import { estimateRows, readRows } from './read-rows.ts'
import { createTextCodes, type TextCodes } from './text-codes.ts'
import { tileRows } from './tile-rows.ts'
import { type MergedFiles, openMergedFiles } from './write-merged.ts'

export interface RewriteOptions {
  readonly windowMs: number
  readonly targetBytes: number
  /** Bytes of the rows that are merged at once and of the file that is being written, each a part of it. */
  readonly memory: number
}

export interface Rewritten {
  readonly add: readonly AddFile[]
  readonly rows: number
  readonly duplicates: number
}

/** Shares of the memory: the rest is for the part of a file that is being read. */
const ROWS_SHARE = 2
const FILE_SHARE = 4

interface Merge {
  readonly columns: MergeColumns
  readonly capacity: number
  readonly vehicles: IdTable
  readonly types: TextCodes
  length: number
  /** Of the rows that are to be written, all that were loaded into it. */
  taken: Extremes
}

/** How many rows each file has that is read, by its path. */
type RowCounts = Map<string, number>

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
  if (!isKept) addRows(merge.taken, rows)
  merge.length += rows.length
  return true
}

const periodOf = ({ from, to }: Chunk): Period => ({ from, to: to + 1 })

const estimate = (chunks: readonly Chunk[], period: Period): number =>
  chunks.reduce((sum, chunk) => {
    const { from, to } = periodOf(chunk)
    const shared = Math.min(to, period.to) - Math.max(from, period.from)
    return shared > 0 ? sum + (estimateRows(chunk) * shared) / (to - from) : sum
  }, 0)

const halvesOf = ({ from, to }: Period): [Period, Period] => {
  const middle = from + Math.floor((to - from) / 2)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}

/** Loads what some files hold of a period. @returns false when it does not fit */
const load = async (
  merge: Merge,
  { take, keep }: Rewrite,
  { period, counts, store }: { readonly period: Period; readonly counts: RowCounts; readonly store: ObjectStore },
): Promise<boolean> => {
  merge.length = 0
  merge.taken = noRows()
  for (const chunk of take) {
    if (!overlaps(periodOf(chunk), period)) continue
    const count = (rows: number): void => void counts.set(chunk.path, rows)
    for await (const rows of readRows(store, chunk, { period }, count)) {
      if (!append(merge, rows, false)) return false
    }
  }
  // Only vehicles of the files that go can have duplicates there.
  const hasId = ({ offsets, bytes }: Texts, id: number): boolean =>
    merge.vehicles.find(bytes, offsets[id], offsets[id + 1]) >= 0
  for (const chunk of keep) {
    if (!overlaps(periodOf(chunk), period)) continue
    for await (const rows of readRows(store, chunk, { period, hasId })) {
      if (!append(merge, rows, true)) return false
    }
  }
  return true
}

const gather = ({ columns, vehicles, types }: Merge, order: Uint32Array): Rows => ({
  length: order.length,
  vehicleIds: vehicles.texts(),
  vehicleTypes: types.texts,
  measures: [],
  ...gatherRows(columns, order, makeRowArrays(order.length)),
})

/** Lets heartbeats and signals through. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const joinExtremes = (all: Extremes, some: Extremes): void => {
  all.rows += some.rows
  for (const part of ['time', 'x', 'y'] as const) {
    all[part].min = Math.min(all[part].min, some[part].min)
    all[part].max = Math.max(all[part].max, some[part].max)
  }
}

/**
 * Invariant: nothing is committed unless each row of the files that go is in a file that comes, or is told as a duplicate, and those reach as far. What
 * comes was read back.
 */
const checkRewrite = (
  { date, cell, take, keep }: Rewrite,
  { counts, taken, written, duplicates }: { counts: RowCounts; taken: Extremes; written: Extremes; duplicates: number },
): void => {
  const refuse = (what: string): never => {
    throw new FleetError('table.invalid', `${date} ${cell} is not rewritten: ${what}`)
  }
  const held = take.reduce((sum, { path }) => sum + (counts.get(path) ?? Number.NaN), 0)
  if (taken.rows !== held) {
    const names = take.map(({ path }) => path).join(', ')
    refuse(`${names} hold ${held} rows, of which ${taken.rows} lie in the period that the log tells of them`)
  }
  if (written.rows + duplicates !== held)
    refuse(`of ${held} rows ${duplicates} are duplicates, but ${written.rows} were written`)
  // A duplicate of a row in a file that stays may have been the first or the last.
  const isExact = duplicates === 0 || keep.length === 0
  if (!(isExact ? reachAsFar(written, taken) : reachNoFurther(written, taken))) {
    refuse('the rows that were written reach from or to elsewhere than those that were read')
  }
}

const writeMerged = async (
  merge: Merge,
  files: MergedFiles,
): Promise<{ readonly rows: number; readonly duplicates: number }> => {
  const { order, duplicates } = mergeRows(merge.columns, merge.length, merge.vehicles.limit)
  for (const tile of tileRows(order, merge.columns, files.shape)) {
    await breathe()
    await files.add(gather(merge, tile))
  }
  return { rows: order.length, duplicates }
}

/**
 * Rewrites files of a (date, cell) as fewer, their rows sorted and without duplicates. The table is not touched: the files are to be committed.
 * Works through the time in stretches whose rows fit into the memory. Invariant: duplicates are equal in time, so they are in one stretch.
 * @throws FleetError `table.unsupported` for a file that can't be rewritten, `table.invalid` when what was written is not what was read, `config.invalid` when the memory is too small, `store.failed`
 */
export const rewriteChunks = async (
  rewrite: Rewrite,
  { windowMs, targetBytes, memory }: RewriteOptions,
  deps: WriteChunkDeps,
): Promise<Rewritten> => {
  const { take, keep, cell } = rewrite
  const all = [...take, ...keep]
  const capacity = Math.floor(memory / ROWS_SHARE / MERGE_BYTES_PER_ROW)
  const expected = take.reduce((sum, { bytes }) => sum + bytes, 0)
  const most = Math.min(targetBytes, Math.floor(memory / FILE_SHARE))
  const fileBytes = Math.ceil(expected / Math.max(1, Math.round(expected / most)))
  const files = openMergedFiles({ cell, windowMs, fileBytes }, deps)
  // As large as it may need to be: nothing grows.
  const expectedRows = all.reduce((sum, chunk) => sum + estimateRows(chunk), 0)
  const size = Math.min(capacity, Math.max(1, take.every(({ rows }) => rows !== undefined) ? expectedRows : capacity))
  const merge: Merge = {
    columns: makeMergeColumns(size),
    capacity: size,
    vehicles: createIdTable(),
    types: createTextCodes(),
    length: 0,
    taken: noRows(),
  }
  const counts: RowCounts = new Map()
  const taken = noRows()
  let [rows, duplicates] = [0, 0]
  const stretches: Period[] = [
    { from: Math.min(...take.map(({ from }) => from)), to: Math.max(...take.map(({ to }) => to)) + 1 },
  ]
  for (let period = stretches.pop(); period !== undefined; period = stretches.pop()) {
    if (estimate(all, period) > size || !(await load(merge, rewrite, { period, counts, store: deps.store }))) {
      if (period.to - period.from <= 1) {
        throw new FleetError(
          'config.invalid',
          `${cell} has more than ${size} rows of one millisecond: raise compactor.memory`,
        )
      }
      stretches.push(...halvesOf(period).toReversed())
      continue
    }
    joinExtremes(taken, merge.taken)
    const written = await writeMerged(merge, files)
    rows += written.rows
    duplicates += written.duplicates
  }
  const { add, written } = await files.finish()
  checkRewrite(rewrite, { counts, taken, written, duplicates })
  return { add, rows, duplicates }
}
