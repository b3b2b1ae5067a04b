import { Worker } from 'node:worker_threads'
import { FleetError, reasonOf } from '@fleetlake/core'
import { checkpointPaths, commitPath, LAST_CHECKPOINT } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { isDamage } from './damage.ts'
import { type CheckpointName, listLog, type LogListing } from './list-log.ts'
import { getCheckpoint } from './load-checkpoint.ts'
import type { CheckpointInput, CheckpointOutput } from './make-checkpoint.ts'
import type { CheckpointFile } from './open-checkpoint.ts'
import { listFromCheckpoint } from './read-log.ts'

/** A checkpoint of a million files takes some seconds. */
const DEADLINE_MS = 300_000

/** Makes a checkpoint's file. */
export type CheckpointMaker = (input: CheckpointInput) => Promise<CheckpointOutput>

/** A checkpoint of a large table takes a second of work: another thread's. One that is made from a damaged one ends with it. */
const makeInThread: CheckpointMaker = (input) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('checkpoint-thread.ts', import.meta.url), { workerData: input })
    const refuse = (reason: string): void =>
      reject(new FleetError('table.invalid', `the checkpoint was not made${reason}`))
    const timer = setTimeout(() => {
      refuse(` within ${DEADLINE_MS / 1_000} s`)
      void worker.terminate()
    }, DEADLINE_MS)
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => {
      clearTimeout(timer)
      refuse('')
    })
  })

const readAll = (store: ObjectStore, paths: readonly string[]): Promise<CheckpointFile[]> =>
  Promise.all(
    paths.map(async (name) => {
      const bytes = await store.get(name)
      if (bytes === undefined) throw new FleetError('table.invalid', `${name} is missing`)
      return { name, bytes }
    }),
  )

interface Making extends Pick<CheckpointInput, 'nowMs' | 'retireMs'> {
  readonly make: CheckpointMaker
}

/** The checkpoint of a version from one before, or from all commits. */
const makeFrom = async (
  store: ObjectStore,
  version: number,
  before: CheckpointName | undefined,
  { make: makeFile, ...times }: Making,
): Promise<CheckpointOutput> => {
  const first = before === undefined ? 0 : before.version + 1
  const paths = Array.from({ length: version - first + 1 }, (_, i) => commitPath(first + i))
  const previous = before && (await getCheckpoint(store, before))
  const manifest = previous?.manifest === undefined ? [] : [previous.manifest]
  return makeFile({
    version,
    previous: previous?.parts ?? [],
    commits: [...manifest, ...(await readAll(store, paths))],
    ...times,
  })
}

/** From the newest checkpoint that can be read. */
const make = async (
  store: ObjectStore,
  version: number,
  listed: LogListing,
  making: Making,
): Promise<CheckpointOutput> => {
  const faults: string[] = []
  const tried = new Set<string>()
  const makeFromListed = async ({ checkpoints, commits }: LogListing): Promise<CheckpointOutput | undefined> => {
    for (const before of checkpoints) {
      if (before.version >= version || tried.has(before.paths[0])) continue
      tried.add(before.paths[0])
      try {
        return await makeFrom(store, version, before, making)
      } catch (error) {
        if (error instanceof FleetError && !isDamage(error)) throw error
        faults.push(reasonOf(error))
      }
    }
    return commits.has(0) ? makeFrom(store, version, undefined, making) : undefined
  }
  const made =
    (await makeFromListed(listed)) ?? (listed.from > 0 ? await makeFromListed(await listLog(store, 0)) : undefined)
  if (made !== undefined) return made
  throw new FleetError('table.invalid', `the checkpoint of version ${version} was not made: ${faults.join('; ')}`)
}

/**
 * Writes the checkpoint of a version from the one before and the commits since, then `_last_checkpoint`. Two that write the same one
 * harm nothing; a `_last_checkpoint` that names an older one costs readers some more commits to read.
 */
export const writeCheckpoint = async (
  store: ObjectStore,
  version: number,
  nowMs: number,
  {
    retireMs,
    make: makeFile = makeInThread,
  }: { readonly retireMs?: number | undefined; readonly make?: CheckpointMaker | undefined } = {},
): Promise<void> => {
  const listed = await listFromCheckpoint(store)
  const newest = listed.checkpoints.at(0)?.version ?? -1
  if (newest >= version) return
  const { bytes, size } = await make(store, version, listed, { nowMs, retireMs, make: makeFile })
  const [path] = checkpointPaths(version)
  await store.putIfAbsent(path, bytes)
  const last = { version, size, sizeInBytes: bytes.length }
  await store.put(LAST_CHECKPOINT, new TextEncoder().encode(JSON.stringify(last)))
}
