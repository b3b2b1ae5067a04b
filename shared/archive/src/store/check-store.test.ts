import { expect, test } from 'vitest'
import { fault } from '@fleetlake/core/testing'
import { checkStore, probeStore } from './check-store.ts'
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

test('a probe tells when the store says that it wrote, and leaves nothing; a store that forgets or hides what is written is told', async () => {
  const store = createMemoryStore()
  const before = Date.now()
  const written = await probeStore(store)
  expect(written).toBeGreaterThanOrEqual(before)
  expect(written).toBeLessThanOrEqual(Date.now())
  await expect(probeStore({ ...store, get: async () => undefined })).rejects.toThrow(
    fault('store.failed', 'does not read as it was written'),
  )
  async function* nothing() {}
  await expect(probeStore({ ...store, list: nothing })).rejects.toThrow(fault('store.failed', 'is not listed'))
  for await (const object of store.list('')) expect(object).toBeUndefined()
})
