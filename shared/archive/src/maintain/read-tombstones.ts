import { FleetError } from '@fleetlake/core'
import { type Action, parseCommit } from '../log/actions.ts'
import { openCheckpoint, readGroup } from '../log/open-checkpoint.ts'
import { findCheckpoint } from '../log/read-log.ts'
import { tombstoneRetentionOf } from '../log/reconcile.ts'
import { checkpointPaths, commitPath, decodePath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'

const read = async (store: ObjectStore, path: string): Promise<Uint8Array> => {
  const bytes = await store.get(path)
  if (bytes === undefined) throw new FleetError('table.invalid', `${path} is missing`)
  return bytes
}

/** metaData and the tombstones since an instant; of a checkpoint of ours what is older is not read. */
async function* readCheckpoint(store: ObjectStore, path: string, sinceMs: number): AsyncGenerator<Action> {
  const checkpoint = openCheckpoint({ name: path, bytes: await read(store, path) })
  const tombstones = checkpoint.index?.tombstoneGroups
  for (const group of checkpoint.groups.keys()) {
    const isNeeded = tombstones === undefined || group === 0 || tombstones[group - 1]?.latestMs > sinceMs
    if (isNeeded) yield* await readGroup(checkpoint, group, ['metaData', 'remove'])
  }
}

async function* readActions(store: ObjectStore, version: number, sinceMs: number): AsyncGenerator<Action> {
  const named = await findCheckpoint(store)
  const checkpoint = named !== undefined && named.version <= version ? named : undefined
  if (checkpoint !== undefined) {
    for (const path of checkpointPaths(checkpoint.version, checkpoint.parts)) {
      yield* readCheckpoint(store, path, sinceMs)
    }
  }
  for (let next = (checkpoint?.version ?? -1) + 1; next <= version; next++) {
    const path = commitPath(next)
    yield* parseCommit(await read(store, path), path)
  }
}

/**
 * The files that some version since an instant still names though the newest does not.
 * @param version up to which to read
 * @throws FleetError `table.invalid`; `table.unsupported` when the table forgets them sooner than that
 */
export const readTombstones = async (
  store: ObjectStore,
  { version, sinceMs, nowMs }: { readonly version: number; readonly sinceMs: number; readonly nowMs: number },
): Promise<Set<string>> => {
  const removed = new Set<string>()
  for await (const { add, remove, metaData } of readActions(store, version, sinceMs)) {
    if (metaData && tombstoneRetentionOf(metaData) < nowMs - sinceMs) {
      throw new FleetError(
        'table.unsupported',
        `the table forgets which files were removed sooner than vacuum may delete them: vacuum with a shorter grace, ` +
          `or set its property delta.deletedFileRetentionDuration to a longer time`,
      )
    }
    if (remove && (remove.deletionTimestamp ?? Infinity) > sinceMs) removed.add(decodePath(remove.path))
    if (add) removed.delete(decodePath(add.path))
  }
  return removed
}
