import type { ObjectStore } from '../../store/object-store.ts'

/** For tests: a store, and the data files of `moves` that were asked for. */
export const countReads = (store: ObjectStore): { readonly store: ObjectStore; readonly reads: string[] } => {
  const reads: string[] = []
  return {
    reads,
    store: {
      ...store,
      get: (path, range) => {
        if (/^(?:files\/)?moves\/.*date=/.test(path)) reads.push(path)
        return store.get(path, range)
      },
    },
  }
}
