import type { ObjectInfo, ObjectStore } from './object-store.ts'

export type StoreOperation = 'read' | 'write' | 'list' | 'delete'

/** Told how each operation went, repetitions included; what is not there is no fault. Must not throw. */
export type TellRequest = (
  operation: StoreOperation,
  outcome: { readonly isOk: boolean; readonly seconds: number },
) => void

/** A store that tells what is done on it. */
export const toldStore = (store: ObjectStore, tell: TellRequest): ObjectStore => {
  const timed = async <Value>(operation: StoreOperation, work: () => Promise<Value>): Promise<Value> => {
    const startedAt = performance.now()
    let isOk = false
    try {
      const value = await work()
      isOk = true
      return value
    } finally {
      tell(operation, { isOk, seconds: (performance.now() - startedAt) / 1000 })
    }
  }
  /** What the caller does between two objects is not the store's time. A list that is not read to its end is a whole one too. */
  async function* list(...given: Parameters<ObjectStore['list']>): AsyncGenerator<ObjectInfo> {
    const objects = store.list(...given)[Symbol.asyncIterator]()
    let ms = 0
    let isFailed = false
    const next = async (): Promise<IteratorResult<ObjectInfo>> => {
      const startedAt = performance.now()
      try {
        return await objects.next()
      } catch (error) {
        isFailed = true
        throw error
      } finally {
        ms += performance.now() - startedAt
      }
    }
    try {
      for (let found = await next(); found.done !== true; found = await next()) yield found.value
    } finally {
      await objects.return?.()
      tell('list', { isOk: !isFailed, seconds: ms / 1000 })
    }
  }
  return {
    readsAtOnce: store.readsAtOnce,
    putIfAbsent: (path, bytes) => timed('write', () => store.putIfAbsent(path, bytes)),
    put: (path, bytes) => timed('write', () => store.put(path, bytes)),
    get: (path, range) => timed('read', () => store.get(path, range)),
    size: (path) => timed('read', () => store.size(path)),
    list,
    delete: (path) => timed('delete', () => store.delete(path)),
    removeStrayFiles: (olderThanMs) => store.removeStrayFiles(olderThanMs),
    url: (path) => store.url(path),
    scanOptions: () => store.scanOptions(),
  }
}
