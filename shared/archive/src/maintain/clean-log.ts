import { isDamage } from '../log/damage.ts'
import { type CheckpointName, listLog } from '../log/list-log.ts'
import { loadCheckpoint } from '../log/load-checkpoint.ts'
import { COPIES_FOLDER, LOG_FOLDER, parseCopyPath, parseLogPath } from '../paths.ts'
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts'

export interface CleanLogOptions {
  /** Versions stay readable for so long. */
  readonly retentionMs: number
  readonly isDryRun?: boolean
  readonly nowMs: number
  readonly signal: AbortSignal
  readonly onFile?: (file: ObjectInfo) => void
  /** Reads a checkpoint; one of the table of positions when missing. @returns undefined when it is not there any more */
  readonly load?: (store: ObjectStore, name: CheckpointName) => Promise<unknown>
}

/**
 * The newest checkpoint that is older than the retention, whole, and no newer than the one that cold readers begin with: every version within the
 * retention is read from it on. A checkpoint that can't be read does not count.
 */
const findFirstNeeded = async (
  store: ObjectStore,
  beforeMs: number,
  load: NonNullable<CleanLogOptions['load']>,
): Promise<number | undefined> => {
  const recent = new Set<string>()
  for await (const { path, modifiedMs } of store.list(LOG_FOLDER)) if (modifiedMs >= beforeMs) recent.add(path)
  for (const checkpoint of (await listLog(store, 0)).checkpoints) {
    if (checkpoint.paths.some((path) => recent.has(path))) continue
    try {
      if ((await load(store, checkpoint)) !== undefined) return checkpoint.version
    } catch (error) {
      if (!isDamage(error)) throw error
    }
  }
  return undefined
}

/**
 * Deletes commits and checkpoints that no version within the retention is read by. Invariant: what goes is covered by a checkpoint that stays, and is
 * older than the retention. The oldest go first, so that what is left is whole whenever it stops.
 * @returns how many files went
 */
export const cleanLog = async (
  store: ObjectStore,
  { retentionMs, isDryRun = false, nowMs, signal, onFile = () => {}, load = loadCheckpoint }: CleanLogOptions,
): Promise<number> => {
  const beforeMs = nowMs - retentionMs
  const needed = await findFirstNeeded(store, beforeMs, load)
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
  for await (const file of store.list(COPIES_FOLDER)) {
    if ((parseCopyPath(file.path) ?? needed) >= needed || file.modifiedMs >= beforeMs) continue
    if (signal.aborted) break
    if (!isDryRun) await store.delete(file.path)
    onFile(file)
    files++
  }
  return files
}
