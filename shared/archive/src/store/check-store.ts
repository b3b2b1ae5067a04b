import { randomUUID } from 'node:crypto'
import { FleetError } from '@fleetlake/core'
import type { ObjectStore } from './object-store.ts'

/**
 * Writes, finds and deletes a small object, so that a store that can't hold a table is known before rows are on their way.
 * @throws FleetError `store.failed` with what to do, also for a server that ignores If-None-Match: on it two writers would overwrite
 * each other's commits
 */
export const checkStore = async (store: ObjectStore): Promise<void> => {
  const path = `_delta_log/.probe-${randomUUID()}`
  const bytes = new TextEncoder().encode(path)
  const first = await store.putIfAbsent(path, bytes)
  try {
    const second = await store.putIfAbsent(path, bytes)
    if (first === 'created' && second === 'exists') return
    throw new FleetError(
      'store.failed',
      `${store.url('')} does not support If-None-Match (a second write of an object was answered with '${second}'); without it commits would ` +
        'overwrite each other: use a server that supports it, such as AWS S3, Ceph, MinIO or Azure',
    )
  } finally {
    await store.delete(path).catch(() => undefined)
  }
}
