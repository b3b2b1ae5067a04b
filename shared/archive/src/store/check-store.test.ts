import { expect, test } from 'vitest'
import { fault } from '@fleetlake/core/testing'
import { checkStore } from './check-store.ts'
import { createMemoryStore } from './memory-store.ts'

test('a server that ignores If-None-Match is refused, and nothing is left on it', async () => {
  const store = createMemoryStore()
  const lax = {
    ...store,
    putIfAbsent: async (path: string, bytes: Uint8Array) => {
      await store.put(path, bytes)
      return 'created' as const
    },
  }
  await expect(checkStore(lax)).rejects.toThrow(
    fault('store.failed', /.* does not support If-None-Match .* use a server that supports it/),
  )
  for await (const object of store.list('')) expect(object).toBeUndefined()
})
