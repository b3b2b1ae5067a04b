import type { ObjectStore } from './object-store.ts'

/** The part of a store whose paths begin with `prefix`, as a store of its own. @param prefix ends in `/` */
export const storeBelow = (store: ObjectStore, prefix: string): ObjectStore => {
  async function* list(from: string, { after }: { readonly after?: string } = {}) {
    const options = after === undefined ? {} : { after: prefix + after }
    for await (const object of store.list(prefix + from, options)) {
      yield { ...object, path: object.path.slice(prefix.length) }
    }
  }
  return {
    readsAtOnce: store.readsAtOnce,
    putIfAbsent: (path, bytes) => store.putIfAbsent(prefix + path, bytes),
    put: (path, bytes) => store.put(prefix + path, bytes),
    get: (path, range) => store.get(prefix + path, range),
    size: (path) => store.size(prefix + path),
    list,
    delete: (path) => store.delete(prefix + path),
    removeStrayFiles: store.removeStrayFiles,
    url: (path) => store.url(prefix + path),
    scanOptions: store.scanOptions,
  }
}
