import { Worker } from 'node:worker_threads'
import { FleetError } from '@fleetlake/core'
import { checkpointPaths, commitPath, LAST_CHECKPOINT } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { CheckpointInput, CheckpointOutput } from './make-checkpoint.ts'
import type { CheckpointFile } from './open-checkpoint.ts'
import { findCheckpoint } from './read-log.ts'

/** A checkpoint of a large table takes a second of work: another thread's. */
const makeInThread = (input: CheckpointInput): Promise<CheckpointOutput> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('checkpoint-thread.ts', import.meta.url), { workerData: input })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new FleetError('table.invalid', 'the checkpoint was not made')))
  })

const readAll = (store: ObjectStore, paths: readonly string[]): Promise<CheckpointFile[]> =>
  Promise.all(
    paths.map(async (name) => {
      const bytes = await store.get(name)
      if (bytes === undefined) throw new FleetError('table.invalid', `${name} is missing`)
      return { name, bytes }
    }),
  )

/**
 * Writes the checkpoint of a version from the one before and the commits since, then `_last_checkpoint`. Two that write the same one
 * harm nothing; a `_last_checkpoint` that names an older one costs readers some more commits to read.
 */
export const writeCheckpoint = async (store: ObjectStore, version: number, nowMs: number): Promise<void> => {
  const before = await findCheckpoint(store)
  if (before !== undefined && before.version >= version) return
  const first = before === undefined ? 0 : before.version + 1
  const commits = Array.from({ length: version - first + 1 }, (_, i) => commitPath(first + i))
  const previous = before === undefined ? [] : checkpointPaths(before.version, before.parts)
  const { bytes, size } = await makeInThread({
    previous: await readAll(store, previous),
    commits: await readAll(store, commits),
    nowMs,
  })
  const [path] = checkpointPaths(version)
  await store.putIfAbsent(path, bytes)
  const last = { version, size, sizeInBytes: bytes.length }
  await store.put(LAST_CHECKPOINT, new TextEncoder().encode(JSON.stringify(last)))
}
