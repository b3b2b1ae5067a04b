import type { ObjectStore } from '../store/object-store.ts'
import { backupFolder, FILES_FOLDER, filesFolder, manifestPath, TABLES } from './backup-paths.ts'
import { readLists } from './file-lists.ts'
import { interrupted } from './interrupted.ts'
import { listBackups, readManifest } from './manifest.ts'

export interface PruneOptions {
  /** So many of the newest backups stay. */
  readonly keep: number
  readonly nowMs: number
  readonly signal: AbortSignal
}

export interface PruneReport {
  readonly backups: readonly string[]
  readonly files: number
  readonly bytes: number
  /** Another command may be at work on a backup: then no data file goes. */
  readonly isWaiting: boolean
}

/** A backup without a manifest to which nothing was added for so long is given up: one that is being made adds a note more often. */
const GIVEN_UP_MS = 86_400_000

const remove = async (target: ObjectStore, id: string): Promise<void> => {
  // First: what has a manifest is whole.
  await target.delete(manifestPath(id))
  for await (const { path } of target.list(backupFolder(id))) await target.delete(path)
}

/**
 * Deletes old backups, then the data files that no backup names any more. Invariant: a file that a backup with a manifest names stays, and none goes while a backup is being made. What is named is known
 * before anything goes: a manifest or list that can't be read ends it.
 * @throws FleetError `backup.invalid`, `format.newer`, `store.failed`; `backup.interrupted`
 */
export const pruneBackups = async (
  target: ObjectStore,
  { keep, nowMs, signal }: PruneOptions,
): Promise<PruneReport> => {
  const { finished, unfinished } = await listBackups(target)
  const kept = finished.slice(-keep)
  const named = new Set<string>()
  for (const id of kept) {
    const { tables } = await readManifest(target, id)
    for (const name of TABLES) {
      const table = tables[name]
      if (table === undefined) continue
      for await (const { path } of readLists(target, id, table)) named.add(filesFolder(name, table.id) + path)
    }
  }
  const givenUp = unfinished.filter(({ newestMs }) => newestMs < nowMs - GIVEN_UP_MS).map(({ id }) => id)
  const gone = [...finished.slice(0, -keep), ...givenUp]
  for (const id of gone) {
    if (signal.aborted) throw interrupted()
    await remove(target, id)
  }
  const isWaiting = unfinished.length > givenUp.length
  let [files, bytes] = [0, 0]
  if (!isWaiting) {
    for await (const { path, size } of target.list(FILES_FOLDER)) {
      if (signal.aborted) throw interrupted()
      if (named.has(path)) continue
      await target.delete(path)
      files++
      bytes += size
    }
  }
  return { backups: gone, files, bytes, isWaiting }
}
