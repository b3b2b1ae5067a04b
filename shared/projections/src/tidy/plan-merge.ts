import type { Level } from '../table/file-entry.ts'

/** A file of a projection, as far as merging needs to know it. */
export interface MergeFile {
  readonly path: string
  /** `YYYY-MM`, UTC, of tables with dates; '' of others; undefined of a fresh file, which has rows of any month. */
  readonly month: string | undefined
  readonly level: Level
  readonly rows: number
  readonly bytes: number
  readonly modifiedMs: number
}

/** Files whose rows become those of others. */
export interface Merge {
  readonly paths: readonly string[]
  /** Of the files that they become, which are of a month each. */
  readonly level: Level
}

/** So many files of a level become one of the next. */
export const FANOUT = 8
/** A file that is written is full with about so many rows, so that few are in memory and what replaces the rows of a bucket rewrites the files of that bucket alone. */
export const FILE_ROWS = 262_144
/** Of one merge that goes out from small files. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_FILES = 128
/** Deltas are merged into the base once they are so large a part of it, so that a row is rewritten a few times. */
const BASE_SHARE = 1 / 4
/** Few deltas to which nothing came for so long are merged as well: a month that is over becomes one sorted run. */
const QUIET_MS = 86_400_000
/** But for those that are less than this part of the base: a row that is late by weeks does not rewrite its month. */
const QUIET_SHARE = 1 / 64

const sumOf = (files: readonly MergeFile[], of: (file: MergeFile) => number): number =>
  files.reduce((sum, file) => sum + of(file), 0)

const isQuiet = (files: readonly MergeFile[], nowMs: number): boolean =>
  files.every(({ modifiedMs }) => nowMs - modifiedMs > QUIET_MS)

/** The first files that are few and small enough to be merged at once, two at least. */
const bounded = (files: readonly MergeFile[]): readonly MergeFile[] => {
  let bytes = 0
  return files.filter((file, i) => ((bytes += file.bytes) <= MOST_BYTES ? i < MOST_FILES : i < 2))
}

const mergeOf = (files: readonly MergeFile[], level: Level): Merge => ({
  level,
  paths: files.map(({ path }) => path),
})

/** Full files of a level would become as many of the next, and so on. */
const becomesFewer = (files: readonly MergeFile[]): boolean =>
  Math.ceil(sumOf(files, ({ rows }) => rows) / FILE_ROWS) < files.length

const planMonth = (files: readonly MergeFile[], nowMs: number): Merge | undefined => {
  const deltas = files.filter(({ level }) => level !== 'base')
  if (deltas.length === 0) return undefined
  const base = files.filter(({ level }) => level === 'base')
  const [deltaRows, baseRows] = [deltas, base].map((some) => sumOf(some, ({ rows }) => rows))
  const isDue =
    (deltas.length >= FANOUT && deltaRows >= BASE_SHARE * baseRows) ||
    (isQuiet(deltas, nowMs) && deltaRows >= QUIET_SHARE * baseRows)
  if (isDue) return mergeOf(files, 'base')
  const levels = Map.groupBy(deltas, ({ level }) => level as number)
  for (const level of [...levels.keys()].toSorted((a, b) => a - b)) {
    const some = levels.get(level)!
    if (some.length < FANOUT) continue
    const first = bounded(some)
    return becomesFewer(first) ? mergeOf(first, level + 1) : mergeOf(files, 'base')
  }
  return undefined
}

/**
 * Which files are merged next, if any. Fresh files become one of each of their months; those of a month become fewer, level by level, and at last part of the month's base, which is one
 * sorted run. Invariant: each merge leaves fewer fresh files, or fewer of a month that are not its base; so merging ends, and few of either are left.
 * @param files all of a table, the oldest first
 */
export const planMerge = (files: readonly MergeFile[], nowMs: number): Merge | undefined => {
  const fresh = files.filter(({ month }) => month === undefined)
  if (fresh.length >= FANOUT || (fresh.length > 0 && isQuiet(fresh, nowMs))) return mergeOf(bounded(fresh), 1)
  const months = Map.groupBy(
    files.filter(({ month }) => month !== undefined),
    ({ month }) => month!,
  )
  for (const month of [...months.keys()].toSorted()) {
    const planned = planMonth(months.get(month)!, nowMs)
    if (planned !== undefined) return planned
  }
  return undefined
}
