import { cleanLog } from '../maintain/clean-log.ts'
import { graceOf } from '../maintain/grace.ts'
import { readTombstones } from '../maintain/read-tombstones.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { searchLogIn, type SearchTable } from './search-table.ts'

export interface TidyOptions {
  /** Files that no version within this time names go; the least that is allowed when it is less. */
  readonly graceMs: number
  /** Versions stay readable for so long. */
  readonly logRetentionMs: number
  readonly nowMs: number
  /** Once aborted, nothing more is deleted. */
  readonly signal: AbortSignal
}

/** Files of records; files elsewhere are of other programs, and stay. */
const RECORD_FILE = /^\d{4}-\d\d\/[^/]+\.parquet$/

/**
 * Deletes files and versions of the table of searches that nobody needs any more. Invariant: a file that is named, was named within the grace, or may still come to be named
 * stays. Before it deletes anything it takes a version: who decided to add before that loses the race for that version, and writes its files again.
 * @returns how many files went
 */
export const tidySearches = async (
  table: SearchTable,
  store: ObjectStore,
  { graceMs, logRetentionMs, nowMs, signal }: TidyOptions,
): Promise<number> => {
  const sinceMs = nowMs - graceOf(graceMs)
  await table.refresh()
  const old: string[] = []
  for await (const { path, modifiedMs } of store.list('')) {
    if (RECORD_FILE.test(path) && modifiedMs < sinceMs && !table.names(path)) old.push(path)
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
  const { loadCheckpoint } = searchLogIn(store)
  return files + (await cleanLog(store, { retentionMs: logRetentionMs, nowMs, signal, load: loadCheckpoint }))
}
