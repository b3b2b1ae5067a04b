import type { Add } from '@fleetlake/archive/log'
import type { Batch } from '../table/batch.ts'
import { entryOf, type FileEntry, type Level } from '../table/file-entry.ts'
import { hasOnlyOurs } from '../table/projection-log.ts'
import type { ProjectionTable } from '../table/projection-table.ts'
import { sortedRows } from '../table/rewrite-files.ts'
import { type DataFile, startDataFile } from '../table/write-file.ts'
import { mergeStreams } from './merge-streams.ts'
import { FILE_ROWS, type MergeFile, planMerge } from './plan-merge.ts'
import { splitMonths } from './split-months.ts'

/** Of one call: whoever merges several tables comes to all of them. */
const MOST_MERGES = 64

interface MergeOptions {
  readonly nowMs: () => number
  readonly signal: AbortSignal
}

const mergeFileOf = ({ path, month, level, rows, size, modifiedMs }: FileEntry): MergeFile => ({
  path,
  month,
  level,
  rows,
  bytes: size,
  modifiedMs,
})

/** The rows of some files that are one sorted run, one file after the other. */
async function* chainRows(deps: Parameters<typeof sortedRows>[0], run: readonly FileEntry[]): AsyncGenerator<Batch> {
  for (const entry of run.toSorted((a, b) => a.part - b.part)) yield* sortedRows(deps, entry)
}

/** Writes the merged rows of some files. Invariant: every key has the same merged row as before. */
const writeMerged = async (
  { kind, upkeep }: ProjectionTable,
  entries: readonly FileEntry[],
  level: Level,
  { nowMs, signal }: MergeOptions,
): Promise<Add[] | undefined> => {
  const deps = { kind, reader: upkeep.reader }
  const base = entries.filter((entry) => entry.level === 'base')
  const deltas = entries.filter((entry) => entry.level !== 'base')
  const streams = [chainRows(deps, base), ...deltas.map((entry) => sortedRows(deps, entry))]
  const files = new Map<string, DataFile>()
  const parts = new Map<string, number>()
  const adds: Add[] = []
  const finish = async (month: string, file: DataFile): Promise<void> => {
    files.delete(month)
    const add = await file.finish({ nowMs: nowMs(), dataChange: false })
    if (add !== undefined) adds.push(add)
  }
  for await (const batch of mergeStreams(kind, streams)) {
    if (signal.aborted) return undefined
    for (const [month, rows] of splitMonths(kind, batch)) {
      let file = files.get(month)
      if (file === undefined) {
        const part = parts.get(month) ?? 0
        parts.set(month, part + 1)
        files.set(month, (file = startDataFile(upkeep.store, kind, { month, level, part })))
      }
      file.add(rows)
      if (file.rows >= FILE_ROWS) await finish(month, file)
    }
  }
  for (const [month, file] of files) await finish(month, file)
  return adds
}

/**
 * Merges files of a projection's table as `planMerge` has it, one commit a merge, until nothing is left to be merged or it has merged for a while. Invariant: the merged rows stay
 * the same; killed at any moment it harms nothing, and of two that are at it one has worked for nothing.
 * @returns how many files became fewer
 */
export const mergeProjection = async (table: ProjectionTable, options: MergeOptions): Promise<number> => {
  const { keyColumn } = table.kind
  let merged = 0
  for (let merges = 0; merges < MOST_MERGES && !options.signal.aborted; merges++) {
    const state = await table.refresh()
    if (!hasOnlyOurs(table.kind, state)) return merged
    const entries = new Map<string, FileEntry>()
    for (const add of state.files.values()) {
      const entry = entryOf(add, keyColumn)
      // Which rows are deleted is not known here; who reads the table is told.
      if (!entry.hasDeletedRows) entries.set(entry.path, entry)
    }
    const oldestFirst = [...entries.values()].toSorted(
      (a, b) => a.modifiedMs - b.modifiedMs || (a.path < b.path ? -1 : 1),
    )
    const planned = planMerge(oldestFirst.map(mergeFileOf), options.nowMs())
    if (planned === undefined) return merged
    const add = await writeMerged(
      table,
      planned.paths.map((path) => entries.get(path)!),
      planned.level,
      options,
    )
    if (add === undefined) return merged
    const isDone = await table.upkeep.replaceFiles({
      remove: planned.paths,
      add,
      dataChange: false,
      operation: 'OPTIMIZE',
    })
    if (!isDone) return merged
    merged += planned.paths.length
  }
  return merged
}
