import type { ObjectStore } from './object-store.ts'
/** A folder of a filesystem as a store. */
export const createFileStore = (_root: string): ObjectStore => { throw new Error('soon') }
