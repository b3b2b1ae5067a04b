import type { ObjectInfo, ObjectStore } from '@fleetlake/archive'
import { FleetError, sleep } from '@fleetlake/core'

/** What a process meets of a store. */
export interface StoreWeather {
  /** How long a request takes, ms. */
  latencyMs(): number
  /** `before`: it fails and has done nothing. `after`: it has done its work, and its answer is lost. */
  fault(): 'before' | 'after' | undefined
  /** Of a process that was killed: its requests end nowhere. */
  isDead(): boolean
}

const NEVER = new Promise<never>(() => undefined)

/** A store as one process sees it: far away, and not always there. A process that is dead changes nothing any more. */
export const throughWeather = (store: ObjectStore, { latencyMs, fault, isDead }: StoreWeather): ObjectStore => {
  const request = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    await sleep(latencyMs() / 2)
    if (isDead()) return NEVER
    const happens = fault()
    if (happens === 'before') throw new FleetError('store.failed', 'the store refuses')
    const value = await work()
    await sleep(latencyMs() / 2)
    if (isDead()) return NEVER
    if (happens === 'after') throw new FleetError('store.failed', 'no answer of the store')
    return value
  }
  async function* list(...args: Parameters<ObjectStore['list']>): AsyncGenerator<ObjectInfo> {
    yield* await request(() => Array.fromAsync(store.list(...args)))
  }
  return {
    ...store,
    list,
    get: (...args) => request(() => store.get(...args)),
    put: (...args) => request(() => store.put(...args)),
    putIfAbsent: (...args) => request(() => store.putIfAbsent(...args)),
    size: (...args) => request(() => store.size(...args)),
    delete: (...args) => request(() => store.delete(...args)),
  }
}
