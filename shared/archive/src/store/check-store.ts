import { randomUUID } from 'node:crypto'
import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from './object-store.ts'

/**
 * Writes, finds and deletes a small object, so that a store that can't hold a table is known before rows are on their way.
 * @throws FleetError `store.failed` with what to do, also for a server that ignores If-None-Match: on it two writers would overwrite
 * each other's commits
 */
export const checkStore = (store: ObjectStore): Promise<void> => withProbe(store, async () => undefined)

/**
 * The same, with a listing and a read of the object.
 * @returns when the store says that it was written, ms since the epoch
 * @throws FleetError `store.failed` with what to do
 */
export const probeStore = (store: ObjectStore): Promise<number> =>
  withProbe(store, async (path, bytes) => {
    const read = await store.get(path)
    if (read === undefined || Buffer.compare(read, bytes) !== 0)
      throw new FleetError(
        'store.failed',
        `${store.url(path)} was written and does not read as it was written: check the store`,
      )
    for await (const { modifiedMs } of store.list(path)) return modifiedMs
    throw new FleetError('store.failed', `${store.url(path)} was written and is not listed: check the store`)
  })

/** Invariant: nothing is left of the object, whatever is wrong. */
const withProbe = async <Value>(
  store: ObjectStore,
  use: (path: string, bytes: Uint8Array) => Promise<Value>,
): Promise<Value> => {
  const path = `_delta_log/.probe-${randomUUID()}`
  const bytes = new TextEncoder().encode(path)
  const first = await store.putIfAbsent(path, bytes)
  try {
    const second = await store.putIfAbsent(path, bytes)
    if (first === 'created' && second === 'exists') return await use(path, bytes)
    throw new FleetError(
      'store.failed',
      `${store.url('')} does not support If-None-Match (a second write of an object was answered with '${second}'); without it commits would ` +
        'overwrite each other: use a server that supports it, such as AWS S3, Ceph, MinIO or Azure',
    )
  } finally {
    await store.delete(path).catch(() => undefined)
  }
}
