import { cleanLog, type CleanLogOptions } from './clean-log.ts'
import { graceOf } from './grace.ts'
import { readTombstones } from './read-tombstones.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** A table beside `moves`, whose files and versions are many in the course of years. */
export interface TidiedTable {
  /** That is known. */
  readonly version: number
  refresh(): Promise<unknown>
  /** Whether the version that is known has a file of this path. */
  names(path: string): boolean
  /** Makes a version that changes nothing: what was decided upon an earlier one is decided again. */
  takeVersion(): Promise<unknown>
}

export interface TidyOptions {
  /** Files that no version within this time names go; the least that is allowed when it is less. */
  readonly graceMs: number
  /** Versions stay readable for so long. */
  readonly logRetentionMs: number
  readonly nowMs: number
  /** Once aborted, nothing more is deleted. */
  readonly signal: AbortSignal
}

/** What is the table's own. */
export interface TidiedFiles {
  /** Files of other names are of other programs, and stay. */
  readonly dataFile: RegExp
  readonly loadCheckpoint: NonNullable<CleanLogOptions['load']>
}

/**
 * Deletes files and versions of a table that nobody needs any more. Invariant: a file that is named, was named within the grace, or may still come to be named
 * stays. Before it deletes anything it takes a version: who decided to add before that loses the race for that version, and writes files that are old again.
 * @returns how many files went
 */
export const tidyTable = async (
  table: TidiedTable,
  store: ObjectStore,
  { dataFile, loadCheckpoint }: TidiedFiles,
  { graceMs, logRetentionMs, nowMs, signal }: TidyOptions,
): Promise<number> => {
  const sinceMs = nowMs - graceOf(graceMs)
  await table.refresh()
  const old: string[] = []
  for await (const { path, modifiedMs } of store.list('')) {
    if (dataFile.test(path) && modifiedMs < sinceMs && !table.names(path)) old.push(path)
  }
  let files = 0
  if (old.length > 0) {
    await table.takeVersion()
    const removed = await readTombstones(store, { version: table.version, sinceMs, nowMs })
    for (const path of old) {
      if (signal.aborted) break
      if (table.names(path) || removed.has(path)) continue
      await store.delete(path)
      files++
    }
  }
  return files + (await cleanLog(store, { retentionMs: logRetentionMs, nowMs, signal, load: loadCheckpoint }))
}
