import { compareUtf8 } from '../utf8-order.ts'
import { checkObjectPath, type ByteRange, type ObjectInfo, type ObjectStore } from './object-store.ts'

/** What a store in memory holds, by path. An object's bytes never change. */
export type MemoryObjects = Map<string, { readonly bytes: Uint8Array; readonly modifiedMs: number }>

/** A store in memory, for tests. @param objects are its disk: who has them may copy them, and put an earlier copy in their place */
export const createMemoryStore = (objects: MemoryObjects = new Map()): ObjectStore => {
  const get = async (path: string, range?: ByteRange): Promise<Uint8Array | undefined> => {
    checkObjectPath(path)
    const { offset = 0, length = Infinity } = range ?? {}
    return objects.get(path)?.bytes.slice(offset, offset + length)
  }

  async function* list(prefix: string, { after = '' }: { readonly after?: string } = {}): AsyncGenerator<ObjectInfo> {
    for (const path of [...objects.keys()].toSorted(compareUtf8)) {
      const object = objects.get(path)
      if (object === undefined || !path.startsWith(prefix) || compareUtf8(path, after) <= 0) continue
      yield { path, size: object.bytes.length, modifiedMs: object.modifiedMs }
    }
  }

  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    checkObjectPath(path)
    objects.set(path, { bytes: bytes.slice(), modifiedMs: Date.now() })
  }

  return {
    readsAtOnce: 2,
    get,
    list,
    put,
    putIfAbsent: async (path, bytes) => {
      checkObjectPath(path)
      if (objects.has(path)) return 'exists'
      await put(path, bytes)
      return 'created'
    },
    size: async (path) => objects.get(path)?.bytes.length,
    delete: async (path) => {
      objects.delete(path)
    },
    removeStrayFiles: async () => 0,
    url: (path) => `memory:${path}`,
    scanOptions: async () => ({}),
  }
}
