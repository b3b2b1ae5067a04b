import { FleetError } from '@fleetlake/core'
import { expect, test } from 'vitest'
import { testStore } from '../testing/store-conformance.ts'
import { createMemoryStore } from './memory-store.ts'
import { toldStore } from './told-store.ts'

testStore('a store that tells what is done on it', async () => {
  const store = toldStore(createMemoryStore(), () => {})
  return {
    store,
    raceProcesses: async (path, { count, paths }) => {
      const outcomes = await Promise.all(
        Array.from({ length: count * paths }, (_, i) => store.putIfAbsent(`${path}-${i % paths}`, new Uint8Array(1))),
      )
      const created = outcomes.filter((outcome) => outcome === 'created').length
      return { created, exists: outcomes.length - created }
    },
    close: async () => {},
  }
})

const bytes = new Uint8Array(3)

test('each operation is told once, with how it went', async () => {
  const told: string[] = []
  const inner = createMemoryStore()
  const store = toldStore(
    {
      ...inner,
      get: (path) => (path === 'broken' ? Promise.reject(new FleetError('store.failed', 'no')) : inner.get(path)),
    },
    (operation, { isOk, seconds }) => told.push(`${operation} ${isOk} ${seconds >= 0 && seconds < 60}`),
  )
  await store.put('a', bytes)
  await store.putIfAbsent('a', bytes)
  await store.get('missing')
  await store.get('broken').catch(() => undefined)
  await store.size('a')
  for await (const _ of store.list('')) break
  await store.delete('a')
  expect(told).toEqual([
    'write true true',
    'write true true',
    'read true true',
    'read false true',
    'read true true',
    'list true true',
    'delete true true',
  ])
})

test('a list that fails is told as one that failed', async () => {
  const told: boolean[] = []
  const store = toldStore(
    {
      ...createMemoryStore(),
      list: async function* list() {
        yield { path: 'a', size: 1, modifiedMs: 0 }
        throw new FleetError('store.failed', 'no')
      },
    },
    (_, { isOk }) => told.push(isOk),
  )
  const read = async (): Promise<void> => {
    for await (const _ of store.list(''));
  }
  await expect(read()).rejects.toThrow('no')
  expect(told).toEqual([false])
})
