import { findCheckpoint } from '../log/read-log.ts'
import { LOG_FOLDER, parseLogPath } from '../paths.ts'
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts'

export interface CleanLogOptions {
  /** Versions stay readable for so long. */
  readonly retentionMs: number
  readonly isDryRun?: boolean
  readonly nowMs: number
  readonly signal: AbortSignal
  readonly onFile?: (file: ObjectInfo) => void
}

/**
 * The newest checkpoint that is older than the retention, whole, and no newer than the one that cold readers begin with: every version within the
 * retention is read from it on.
 */
const findFirstNeeded = async (store: ObjectStore, beforeMs: number): Promise<number | undefined> => {
  const newest = await findCheckpoint(store)
  if (newest === undefined) return undefined
  let needed: number | undefined
  let parts = { version: -1, count: 0 }
  for await (const { path, modifiedMs } of store.list(LOG_FOLDER)) {
    const file = parseLogPath(path)
    if (file?.kind !== 'checkpoint' || file.version > newest.version || modifiedMs >= beforeMs) continue
    parts = { version: file.version, count: file.version === parts.version ? parts.count + 1 : 1 }
    if (parts.count === (file.parts ?? 1)) needed = file.version
  }
  return needed
}

/**
 * Deletes commits and checkpoints that no version within the retention is read by. Law: what goes is covered by a checkpoint that stays, and is
 * older than the retention. The oldest go first, so that what is left is whole whenever it stops.
 * @returns how many files went
 */
export const cleanLog = async (
  store: ObjectStore,
  { retentionMs, isDryRun = false, nowMs, signal, onFile = () => {} }: CleanLogOptions,
): Promise<number> => {
  const beforeMs = nowMs - retentionMs
  const needed = await findFirstNeeded(store, beforeMs)
  if (needed === undefined) return 0
  let files = 0
  for await (const file of store.list(LOG_FOLDER)) {
    const parsed = parseLogPath(file.path)
    if (parsed === undefined || parsed.version >= needed || file.modifiedMs >= beforeMs) continue
    if (signal.aborted) break
    if (!isDryRun) await store.delete(file.path)
    onFile(file)
    files++
  }
  return files
}
