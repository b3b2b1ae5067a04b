import { createMemoryStore, type MemoryObjects, type ObjectStore } from '@fleetlake/archive'
import { subjects } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startMemoryFixture } from '../../hub/src/testing/memory-hub.ts'
import type { ApiToken } from './accounts/account.ts'
import { openRegistry, type OpenRegistryOptions, type Registry } from './open-registry.ts'

const NOW_MS = Date.UTC(2026, 10, 21, 10)

const open = async (store: ObjectStore, options: OpenRegistryOptions = {}): Promise<Registry> => {
  const registry = await openRegistry(store, { now: () => NOW_MS, ...options })
  onTestFinished(() => registry.close())
  return registry
}

const token = (account: string): ApiToken => ({ account, sha256: '0'.repeat(64) })
const accountOf = (registry: Registry, id = 'x'): string | undefined =>
  registry.entries('tokens').get(id)?.value.account

test('an entry is set, changed and removed by who has seen it as it is, and all of it stays told', async () => {
  const store = createMemoryStore()
  const [one, other] = [await open(store), await open(store)]
  expect([one.version(), [...one.entries('tokens')]]).toEqual([-1, []])
  expect(await one.put('tokens', 'x', token('anna'), { expected: 0, who: 'root' })).toBe(1)
  await expect(other.put('tokens', 'x', token('ben'), { expected: 0, who: 'olga' })).rejects.toThrow(
    fault('registry.conflict', 'tokens x was added by root at 2026-11-21T10:00:00.000Z: look at it and try again'),
  )
  expect(await other.put('tokens', 'x', token('ben'), { expected: 1, who: 'olga' })).toBe(2)
  await expect(one.put('tokens', 'x', null, { expected: 1, who: 'root' })).rejects.toThrow(
    fault('registry.conflict', 'tokens x was changed by olga at 2026-11-21T10:00:00.000Z: look at it and try again'),
  )
  expect(await one.put('tokens', 'x', null, { expected: 2, who: 'root' })).toBe(3)
  await expect(other.put('tokens', 'x', token('carl'), { expected: 2, who: 'olga' })).rejects.toThrow(
    fault('registry.conflict', /^tokens x was removed by root at /),
  )
  await expect(other.put('tokens', 'x', null, { expected: 0, who: 'olga' })).rejects.toThrow(
    fault('registry.invalid', "tokens x is not there, and can't be removed"),
  )
  expect(await other.put('tokens', 'x', token('carl'), { expected: 0, who: 'olga' })).toBe(4)
  await one.refresh()
  expect([one.version(), accountOf(one), one.held().length]).toEqual([4, 'carl', 1])
  expect((await one.history()).map(({ version, who, value }) => [version, who, value === undefined])).toEqual([
    [1, 'root', false],
    [2, 'olga', false],
    [3, 'root', true],
    [4, 'olga', false],
  ])
})

test('several entries are changed together or not at all', async () => {
  const registry = await open(createMemoryStore())
  const put = (id: string, expected: number) => ({ kind: 'tokens', id, value: token('anna'), expected })
  await registry.change(() => [put('x', 0), put('y', 0)], 'root')
  await expect(registry.change(() => [put('z', 0), put('y', 0)], 'root')).rejects.toThrow(fault('registry.conflict'))
  await expect(registry.change(() => [put('z', 0), put('z', 0)], 'root')).rejects.toThrow(fault('registry.invalid'))
  expect(await registry.change(() => [], 'root')).toEqual([])
  expect([registry.version(), [...registry.entries('tokens').keys()]]).toEqual([1, ['x', 'y']])
})

test.each<[string, Promise<unknown> | ((registry: Registry) => Promise<unknown>), RegExp]>([
  [
    'an id',
    (r) => r.put('tokens', 'é'.repeat(128), token('a'), { expected: 0, who: 'w' }),
    /an id of tokens is 1 to 255 bytes/,
  ],
  [
    'a value',
    (r) => r.put('tokens', 'x', token('A'), { expected: 0, who: 'w' }),
    /^tokens x: value\.account: must be 1 to 64/,
  ],
  [
    'no name',
    (r) => r.put('tokens', 'x', token('a'), { expected: 0, who: '' }),
    /^who changes the registry is told in 1 to 255 bytes/,
  ],
  [
    'a long value',
    (r) => r.change(() => [{ kind: 'tokens', id: 'x', value: 'x'.repeat(65_535), expected: 0, mayNotFit: true }], 'w'),
    /^tokens x: its value has 65537 bytes of JSON, and 65536 are allowed$/,
  ],
  [
    'an unknown kind',
    (r) => r.change(() => [{ kind: 'zones', id: 'x', value: 1, expected: 0 }], 'w'),
    /^this release does not know the kind zones$/,
  ],
  [
    'no kind',
    (r) => r.change(() => [{ kind: 'a.b', id: 'x', value: 1, expected: 0 }], 'w'),
    /^"a\.b" is no kind of entries/,
  ],
  [
    'too much at once',
    (r) =>
      r.change(
        () =>
          Array.from({ length: 1_001 }, (_, i) => ({ kind: 'tokens', id: `t${i}`, value: token('a'), expected: 0 })),
        'w',
      ),
    /^1001 changes at once are more than 1000/,
  ],
])('%s that the registry does not take is refused', async (_, act, message) => {
  const registry = await open(createMemoryStore())
  await expect((act as (registry: Registry) => Promise<unknown>)(registry)).rejects.toThrow(
    fault('registry.invalid', message),
  )
  expect(registry.held()).toEqual([])
})

test('many files become one, and every change stays', async () => {
  const store = createMemoryStore()
  const registry = await open(store)
  for (let i = 0; i < 65; i++) await registry.put('tokens', 'x', token(`a${i}`), { expected: i, who: 'root' })
  const history = await registry.history()
  expect([history.length, await registry.mergeFiles(), await registry.mergeFiles()]).toEqual([65, 65, 0])
  expect(await registry.history()).toEqual(history)
  expect(await (await open(store)).history()).toEqual(history)
})

test('a change is announced, heard by others at once, and told with its kind', async () => {
  const store = createMemoryStore()
  const { connect } = startMemoryFixture()
  const [near, far] = [await connect(), await connect()]
  const [writer, reader] = [await open(store, { hub: near }), await open(store, { hub: far })]
  await far.flush()
  const heard: unknown[] = []
  far.listen('registryChanged', subjects.registryChanged('tokens'), ({ data }) => void heard.push(data))
  await far.flush()
  const told: string[][] = []
  const stop = reader.onChange((kinds) => void told.push([...kinds]))
  await writer.put('tokens', 'x', token('anna'), { expected: 0, who: 'root' })
  await eventually(() => accountOf(reader) === 'anna')
  await writer.put('tokens', 'x', token('ben'), { expected: 1, who: 'root' })
  await eventually(() => accountOf(reader) === 'ben')
  await eventually(() => heard.length === 2)
  expect(heard).toEqual([
    { kind: 'tokens', id: 'x', version: 1, table: 1 },
    { kind: 'tokens', id: 'x', version: 2, table: 2 },
  ])
  expect(told).toEqual([['tokens'], ['tokens']])
  stop()
  await reader.put('tokens', 'x', null, { expected: 2, who: 'root' })
  expect(told).toHaveLength(2)
})

test('an announcement that got lost is made good by a look, and one that is not true costs a look', async () => {
  const store = createMemoryStore()
  const { connect } = startMemoryFixture()
  const hub = await connect()
  const deaf = await open(store, { lookEveryMs: 5 })
  const listening = await open(store, { hub })
  const writer = await open(store)
  await writer.put('tokens', 'x', token('anna'), { expected: 0, who: 'root' })
  await eventually(() => accountOf(deaf) === 'anna')
  expect(listening.version()).toBe(-1)
  const send = (table: number) =>
    hub.send('registryChanged', subjects.registryChanged('zones'), { kind: 'zones', id: 'z', version: 9, table })
  send(1_000)
  await eventually(() => accountOf(listening) === 'anna')
  send(0)
  await hub.flush()
  expect(listening.version()).toBe(1)
})

test('while the store does not answer, what was read is held on to, which is told; then it goes on', async () => {
  const memory = createMemoryStore()
  const writer = await open(memory)
  await writer.put('tokens', 'x', token('anna'), { expected: 0, who: 'root' })
  let isDown = false
  const failing: ObjectStore = {
    ...memory,
    get: async (path, range) => {
      if (isDown) throw new FleetError('store.failed', 'no route')
      return memory.get(path, range)
    },
  }
  const faults: unknown[] = []
  const reader = await open(failing, { lookEveryMs: 5, onFault: (error) => void faults.push(error) })
  isDown = true
  await writer.put('tokens', 'x', token('ben'), { expected: 1, who: 'root' })
  await eventually(() => faults.length > 1)
  expect([accountOf(reader), faults[0]]).toEqual(['anna', new FleetError('store.failed', 'no route')])
  isDown = false
  await eventually(() => accountOf(reader) === 'ben')
})

test('a damaged registry is told and not written to; what was read of it is held on to', async () => {
  const store = createMemoryStore()
  const registry = await open(store, { checkEveryMs: 0 })
  for (let version = 0; version < 3; version++) {
    await registry.put('tokens', 'x', token(`a${version}`), { expected: version, who: 'root' })
  }
  await store.delete(`_delta_log/${'2'.padStart(20, '0')}.json`)
  await expect(openRegistry(store)).rejects.toThrow(fault('table.damaged', /^the table registry is damaged: /))
  await store.delete(`_delta_log/${'3'.padStart(20, '0')}.json`)
  await expect(registry.put('tokens', 'x', token('b'), { expected: 3, who: 'root' })).rejects.toThrow(
    fault('table.damaged', /nothing is written to it/),
  )
  await expect(registry.refresh()).rejects.toThrow(fault('table.damaged'))
  expect([registry.version(), accountOf(registry)]).toEqual([3, 'a2'])
})

test('a copy that is put in its place is the registry from then on', async () => {
  const disk: MemoryObjects = new Map()
  const store = createMemoryStore(disk)
  const registry = await open(store, { checkEveryMs: 0 })
  await registry.put('tokens', 'x', token('anna'), { expected: 0, who: 'root' })
  const copy = new Map(disk)
  await registry.put('tokens', 'x', token('ben'), { expected: 1, who: 'root' })
  disk.clear()
  for (const [path, object] of copy) disk.set(path, object)
  await registry.refresh()
  expect([registry.version(), accountOf(registry)]).toEqual([1, 'anna'])
  expect(await registry.put('tokens', 'x', token('carl'), { expected: 1, who: 'root' })).toBe(2)
})
