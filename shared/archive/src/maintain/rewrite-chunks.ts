import { FleetError, type Period } from '@fleetlake/core'
import { type MeasureSpec, rankTexts } from '@fleetlake/columnar'
import type { Chunk } from '../chunk.ts'
import type { AddFile } from '../log/actions.ts'
import type { WriteChunkDeps } from '../write-chunk.ts'
import { type Extremes, noRows, reachAsFar, reachNoFurther } from './extremes.ts'
import { createMerge, gather, load, mayFit, type Merge } from './load-merge.ts'
import { MERGE_BYTES_PER_ROW, mergeRows } from './merge-rows.ts'
import type { Rewrite } from './plan-compaction.ts'
import { estimateRows, readMeasures } from './read-rows.ts'
import { tileRows } from './tile-rows.ts'
import { addCounts, countValues, moreValues, type ValueCounts } from './value-counts.ts'
import { type MergedFiles, openMergedFiles } from './write-merged.ts'

export interface RewriteOptions {
  readonly windowMs: number
  /** The table's: a file with any other column is not rewritten. */
  readonly measures: readonly MeasureSpec[]
  readonly targetBytes: number
  /** Bytes of the rows that are merged at once and of the file that is being written, each a part of it. */
  readonly memory: number
}

export interface Rewritten {
  /** The files that leave the table. */
  readonly take: readonly Chunk[]
  readonly add: readonly AddFile[]
  readonly rows: number
  readonly duplicates: number
}

/** Shares of the memory: the rest is for the part of a file that is being read. */
const ROWS_SHARE = 2
const FILE_SHARE = 4
const TILE_SHARE = 8
/** Where there is little to save, rows may take more in the end than they did: what is left over is no file of its own. */
const SPARE = 1.125
/** … as long as the file has this many times its share at most. Files of equal size never need more, without the spare. */
const MOST_OF_SHARE = 1.5
/** Minimum number of rows of a tile, however much memory they take. */
const FEWEST_TILE_ROWS = 1_024

const halvesOf = ({ from, to }: Period): [Period, Period] => {
  const middle = from + Math.floor((to - from) / 2)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}

/**
 * How large the files of a rewrite become, so that they are of equal size.
 * @param expected bytes of all of them
 * @param share bytes that a file is to have
 * @returns half more than the share at most: beside it there are the rows, and what is being read
 */
export const fileBytesOf = (expected: number, share: number): number => {
  const files = Math.max(1, Math.round(expected / share))
  return Math.ceil(Math.min((SPARE * expected) / files, MOST_OF_SHARE * share))
}

/** Lets heartbeats and signals through. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const joinExtremes = (all: Extremes, some: Extremes): void => {
  all.rows += some.rows
  for (const part of ['time', 'x', 'y'] as const) {
    all[part].min = Math.min(all[part].min, some[part].min)
    all[part].max = Math.max(all[part].max, some[part].max)
  }
}

/** What was read of the files that go, what of it was given to the files that come, and what those are read back with. */
interface Account {
  readonly counts: ReadonlyMap<string, number>
  readonly taken: Extremes
  readonly takenValues: ValueCounts
  readonly givenValues: ValueCounts
  duplicates: number
  rows: number
}

/**
 * Invariant: nothing is committed unless each row of the files that go is in a file that comes, or is counted as a duplicate, those reach as far, and they have
 * as many values of each measure. What comes was read back.
 */
const checkRewrite = (
  { date, cell, take, keep }: Rewrite,
  { counts, taken, takenValues, givenValues, duplicates }: Account,
  { written, values }: { readonly written: Extremes; readonly values: ValueCounts },
): void => {
  const refuse = (what: string): never => {
    throw new FleetError('table.invalid', `${date} ${cell} is not rewritten: ${what}`)
  }
  const held = take.reduce((sum, { path }) => sum + (counts.get(path) ?? Number.NaN), 0)
  if (taken.rows !== held) {
    const names = take.map(({ path }) => path).join(', ')
    refuse(`${names} hold ${held} rows, of which ${taken.rows} lie in the period that the log has of them`)
  }
  if (written.rows + duplicates !== held)
    refuse(`of ${held} rows ${duplicates} are duplicates, but ${written.rows} were written`)
  // A duplicate of a row in a file that stays may have been the first or the last.
  const isExact = duplicates === 0 || keep.length === 0
  if (!(isExact ? reachAsFar(written, taken) : reachNoFurther(written, taken))) {
    refuse('the written rows do not have the same extent as the rows that were read')
  }
  // A duplicate had the same values.
  const lost =
    moreValues(givenValues, values) ??
    moreValues(values, givenValues) ??
    moreValues(givenValues, takenValues) ??
    (duplicates === 0 ? moreValues(takenValues, givenValues) : undefined)
  if (lost !== undefined) refuse(`the written rows have other values of ${lost} than the rows that were read`)
}

/** Row groups are unpacked as a whole: where rows take much they are of fewer rows. */
const tileRowsOf = (merge: Merge, rows: number, memory: number): number =>
  merge.measures === undefined
    ? rows
    : Math.min(rows, Math.max(FEWEST_TILE_ROWS, Math.floor(memory / TILE_SHARE / merge.rowBytes)))

/** @returns undefined when a row of a file that stays would have to go instead */
const writeMerged = async (
  merge: Merge,
  files: MergedFiles,
  { memory, measures }: Pick<RewriteOptions, 'memory' | 'measures'>,
): Promise<{ readonly rows: number; readonly duplicates: number; readonly values: ValueCounts } | undefined> => {
  const { order, duplicates, isKeptOutdone } = mergeRows(merge.columns, merge.length, rankTexts(merge.vehicles.texts()))
  if (isKeptOutdone) return undefined
  const values: ValueCounts = new Map()
  const shape = { ...files.shape, rows: tileRowsOf(merge, files.shape.rows, memory) }
  for (const tile of tileRows(order, merge.columns, shape)) {
    await breathe()
    const rows = gather(merge, tile, measures)
    countValues(values, rows)
    await files.add(rows)
  }
  return { rows: order.length, duplicates, values }
}

/** Those of the table's measures that some files have. */
const measuresOfFiles = async (
  chunks: readonly Chunk[],
  measures: readonly MeasureSpec[],
  { store }: WriteChunkDeps,
): Promise<MeasureSpec[]> => {
  const names = new Set<string>()
  if (measures.length > 0) {
    for (const chunk of chunks) for (const { name } of await readMeasures(store, chunk, measures)) names.add(name)
  }
  return measures.filter(({ name }) => names.has(name))
}

/** @returns undefined when a row of a file that stays would have to go instead */
const rewriteOnce = async (
  rewrite: Rewrite,
  { windowMs, measures, targetBytes, memory }: RewriteOptions,
  deps: WriteChunkDeps,
): Promise<Rewritten | undefined> => {
  const { take, keep, cell } = rewrite
  const all = [...take, ...keep]
  const budget = Math.floor(memory / ROWS_SHARE)
  const capacity = Math.floor(budget / MERGE_BYTES_PER_ROW)
  const expected = take.reduce((sum, { bytes }) => sum + bytes, 0)
  const fileBytes = fileBytesOf(expected, Math.min(targetBytes, Math.floor(memory / FILE_SHARE)))
  const files = openMergedFiles({ cell, windowMs, fileBytes }, deps)
  // As large as it may need to be: nothing grows.
  const expectedRows = all.reduce((sum, chunk) => sum + estimateRows(chunk), 0)
  const size = Math.min(capacity, Math.max(1, take.every(({ rows }) => rows !== undefined) ? expectedRows : capacity))
  const merge = createMerge(size, budget)
  const counts = new Map<string, number>()
  const account: Account = {
    counts,
    taken: noRows(),
    takenValues: new Map(),
    givenValues: new Map(),
    duplicates: 0,
    rows: 0,
  }
  /** All row groups of a file have the same: those of the first stretch when that is all there is, else those of all files. */
  let written: readonly MeasureSpec[] | undefined
  const stretches: Period[] = [
    { from: Math.min(...take.map(({ from }) => from)), to: Math.max(...take.map(({ to }) => to)) + 1 },
  ]
  for (let period = stretches.pop(); period !== undefined; period = stretches.pop()) {
    const isDivisible = period.to - period.from > 1
    const options = { period, counts, store: deps.store, measures }
    if ((isDivisible && !mayFit(merge, rewrite, period)) || !(await load(merge, rewrite, options))) {
      if (!isDivisible) {
        throw new FleetError(
          'config.invalid',
          `${cell} has ${merge.length} rows of one millisecond, more than fit into memory: raise compactor.memory`,
        )
      }
      stretches.push(...halvesOf(period).toReversed())
      continue
    }
    joinExtremes(account.taken, merge.taken)
    addCounts(account.takenValues, merge.values)
    written ??=
      stretches.length === 0
        ? measures.filter(({ name }) => merge.values.has(name))
        : await measuresOfFiles(take, measures, deps)
    const result = await writeMerged(merge, files, { memory, measures: written })
    if (result === undefined) return undefined
    account.rows += result.rows
    account.duplicates += result.duplicates
    addCounts(account.givenValues, result.values)
  }
  const finished = await files.finish()
  checkRewrite(rewrite, account, finished)
  return { take, add: finished.add, rows: account.rows, duplicates: account.duplicates }
}

/**
 * Rewrites files of a (date, cell) as fewer, their rows sorted and without duplicates. The table is not touched: the files are to be committed.
 * Works through the time in stretches whose rows fit into the memory. Invariant: duplicates are equal in time, so they are in one stretch. Where a row that
 * comes late has the smaller revision, the files that were to stay are rewritten as well.
 * @throws FleetError `table.unsupported` for a file that can't be rewritten, `table.invalid` when what was written is not what was read, `config.invalid` when the memory is too small, `store.failed`
 */
export const rewriteChunks = async (
  rewrite: Rewrite,
  options: RewriteOptions,
  deps: WriteChunkDeps,
): Promise<Rewritten> => {
  const { take, keep } = rewrite
  const rewritten =
    (await rewriteOnce(rewrite, options, deps)) ??
    (await rewriteOnce({ ...rewrite, take: [...take, ...keep], keep: [] }, options, deps))
  if (rewritten === undefined) throw new Error('a row of a file that goes was taken for one of a file that stays')
  return rewritten
}
