import { FleetError } from '@fleetlake/core'
import { type Action, parseCommit } from '../log/actions.ts'
import { actionsOfCheckpoint, type CheckpointFiles, getCheckpoint } from '../log/load-checkpoint.ts'
import { listFromCheckpoint } from '../log/read-log.ts'
import { tombstoneRetentionOf } from '../log/reconcile.ts'
import { commitPath, decodePath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'

const read = async (store: ObjectStore, path: string): Promise<Uint8Array> => {
  const bytes = await store.get(path)
  if (bytes === undefined) throw new FleetError('table.invalid', `${path} is missing`)
  return bytes
}

/** metaData and the tombstones since an instant; of a checkpoint of ours what is older is not read. */
export const readRemoves = (files: CheckpointFiles, sinceMs: number): AsyncGenerator<Action> =>
  actionsOfCheckpoint(files, {
    kinds: ['metaData', 'remove'],
    isNeeded: (group, { tombstoneGroups }) => group === 0 || tombstoneGroups[group - 1]?.latestMs > sinceMs,
  })

async function* readActions(store: ObjectStore, version: number, sinceMs: number): AsyncGenerator<Action> {
  const { checkpoints } = await listFromCheckpoint(store)
  const checkpoint = checkpoints.find((each) => each.version <= version)
  if (checkpoint !== undefined) {
    const files = await getCheckpoint(store, checkpoint)
    if (files === undefined) throw new FleetError('table.invalid', `${checkpoint.paths[0]} is missing`)
    yield* readRemoves(files, sinceMs)
  }
  for (let next = (checkpoint?.version ?? -1) + 1; next <= version; next++) {
    const path = commitPath(next)
    yield* parseCommit(await read(store, path), path, next)
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
