import { createMemoryStore } from './memory-store.ts'
import { testStore } from '../testing/store-conformance.ts'

testStore('a store in memory', async () => {
  const store = createMemoryStore()
  return {
    store,
    raceProcesses: async (path, { count, paths }) => {
      const puts = Array.from({ length: count * paths }, (_, i) =>
        store.putIfAbsent(`${path}-${i % paths}`, new Uint8Array(1)),
      )
      const told = await Promise.all(puts)
      const created = told.filter((answer) => answer === 'created').length
      return { created, exists: told.length - created }
    },
    close: async () => {},
  }
})
