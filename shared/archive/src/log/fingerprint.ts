import { createHash } from 'node:crypto'
import { commitPath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** Of the bytes of a commit. */
export const fingerprintIn = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16)

/**
 * What a version is known by, besides its number: two copies of a table that went on apart have other commits under the same numbers.
 * @returns undefined when the log does not hold the version (any more)
 */
export const fingerprintOf = async (store: ObjectStore, version: number): Promise<string | undefined> => {
  const bytes = await store.get(commitPath(version))
  return bytes === undefined ? undefined : fingerprintIn(bytes)
}
