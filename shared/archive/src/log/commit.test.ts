import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openTable, type Table } from '../table.ts'
import type { AddFile } from './actions.ts'
import type { CommitPart } from './commit.ts'

const SETTINGS = { geohashLength: 5, windowMs: 600_000 }
const NOW_MS = Date.UTC(2026, 10, 21, 10)

let files = 0
const fileOf = (modificationTime = NOW_MS): AddFile => ({
  path: `date=2026-11-21/cell=69y7p/20261121T100000Z-${++files}.parquet`,
  partitionValues: { date: '2026-11-21', cell: '69y7p' },
  size: 10,
  modificationTime,
})

const partOf = (appId: string, from: number, to: number): CommitPart => ({
  add: [fileOf()],
  offset: { appId, from, to },
})

const open = (store: ObjectStore, now = (): number => NOW_MS): Promise<Table> =>
  openTable(store, { create: SETTINGS, now })

const write = (table: Table, ...parts: CommitPart[]): ReturnType<Table['commit']> =>
  table.commit({ parts, operation: 'WRITE' })

test('a partition that another collector took over and committed is refused, however often the log was read since', async () => {
  const store = createMemoryStore()
  const first = await open(store)
  await write(first, partOf('P1', 0, 100), partOf('P2', 0, 50))
  const a = await open(store)
  const b = await open(store)
  // A buffers P1 from 100. B takes P1 over and commits it. A loses the race for its P2, and retries on what B wrote.
  const bufferOfA = partOf('P1', 100, 150)
  expect(await write(b, partOf('P1', 100, 160))).toEqual({ status: 'committed', version: 2 })
  expect(await write(a, partOf('P2', 50, 80))).toEqual({ status: 'committed', version: 3 })
  // A's snapshot has B's commit now: put-if-absent of the next version would go through.
  expect(await write(a, bufferOfA)).toEqual({ status: 'stale', streams: [{ appId: 'P1', offset: 160 }] })
  expect((await a.refresh()).version).toBe(3)
})

test('a stale part keeps the others out until it is taken out', async () => {
  const store = createMemoryStore()
  const a = await open(store)
  const b = await open(store)
  await write(b, partOf('P1', 0, 7))
  const [moved, other] = [partOf('P1', 0, 5), partOf('P2', 0, 3)]
  expect(await write(a, moved, other)).toEqual({ status: 'stale', streams: [{ appId: 'P1', offset: 7 }] })
  expect(await write(a, other)).toEqual({ status: 'committed', version: 2 })
  expect(Object.fromEntries(a.snapshot.txns)).toEqual({ P1: 7, P2: 3 })
})

test('an offset moves without files', async () => {
  const table = await open(createMemoryStore())
  expect(await write(table, { add: [], offset: { appId: 'P1', from: 0, to: 9 } })).toEqual({
    status: 'committed',
    version: 1,
  })
  expect(table.snapshot.txn('P1')).toBe(9)
  expect(table.snapshot.totals.files).toBe(0)
})

test('the time of the message at an offset is kept in the log and in its checkpoint, until an offset has none', async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS, checkpointEvery: 2 })
  const move = (from: number, to: number, timestampMs?: number): Promise<unknown> =>
    write(table, { add: [], offset: { appId: 'P1', from, to, ...(timestampMs === undefined ? {} : { timestampMs }) } })
  await move(0, 9, NOW_MS - 500)
  await move(9, 12, NOW_MS - 400)
  await table.close()
  for (const snapshot of [table.snapshot, (await open(store)).snapshot]) {
    expect([...snapshot.txns]).toEqual([['P1', 12]])
    expect([...snapshot.txnTimes]).toEqual([['P1', NOW_MS - 400]])
  }
  await move(12, 20)
  for (const snapshot of [table.snapshot, (await open(store)).snapshot]) expect(snapshot.txnTimes.size).toBe(0)
})

test('a part that would leave messages out is stale', async () => {
  const table = await open(createMemoryStore())
  expect(await write(table, partOf('P1', 5, 7))).toEqual({ status: 'stale', streams: [{ appId: 'P1', offset: 0 }] })
})

test('a part that goes on from an offset this process has not read yet is committed', async () => {
  const store = createMemoryStore()
  const a = await open(store)
  const b = await open(store)
  await write(b, partOf('P1', 0, 7))
  expect(await write(a, partOf('P1', 7, 9))).toEqual({ status: 'committed', version: 2 })
})

test('a file that was written over an hour ago is not committed any more', async () => {
  const table = await open(createMemoryStore(), () => NOW_MS + 3_600_001)
  expect(await write(table, partOf('P1', 0, 7))).toEqual({ status: 'expired', ageMs: 3_600_001 })
  expect(table.snapshot.version).toBe(0)
})

test('a rewrite is refused once a file of it is gone', async () => {
  const store = createMemoryStore()
  const a = await open(store)
  const [old, next, other] = [fileOf(), fileOf(), fileOf()]
  await write(a, { add: [old] })
  const b = await open(store)
  const rewrite = { operation: 'OPTIMIZE', dataChange: false, remove: [old.path] }
  expect(await b.commit({ ...rewrite, parts: [{ add: [next] }] })).toEqual({ status: 'committed', version: 2 })
  expect(await a.commit({ ...rewrite, parts: [{ add: [other] }] })).toEqual({ status: 'conflict', paths: [old.path] })
  expect([...a.snapshot.files()].map(({ path }) => path)).toEqual([next.path])
})

test.each([
  ['the same stream twice', { parts: [partOf('P1', 0, 1), partOf('P1', 0, 2)] }],
  ['an offset backwards', { parts: [partOf('P1', 5, 4)] }],
  ['an offset that stays', { parts: [partOf('P1', 5, 5)] }],
  ['nothing', { parts: [] }],
])('a commit of %s is a fault of the caller', async (_, request) => {
  const table = await open(createMemoryStore())
  await expect(table.commit({ operation: 'WRITE', ...request })).rejects.toMatchObject({ code: 'table.conflict' })
})

/** A store whose puts of commits fail as told: before they are done, after, or not at all. */
const failing = (store: ObjectStore, next: () => 'before' | 'after' | undefined): ObjectStore => ({
  ...store,
  putIfAbsent: async (path, bytes) => {
    const failure = path.endsWith('.json') ? next() : undefined
    if (failure === 'before') throw new Error('connection lost')
    const told = await store.putIfAbsent(path, bytes)
    if (failure === 'after') throw new Error('connection lost')
    return told
  },
})

test('a commit whose answer was lost is found in the log', async () => {
  const store = createMemoryStore()
  await open(store)
  const failures: ('before' | 'after' | undefined)[] = ['after']
  const table = await open(failing(store, () => failures.shift()))
  expect(await write(table, partOf('P1', 0, 7))).toEqual({ status: 'committed', version: 1 })
  expect((await table.refresh()).version).toBe(1)
  expect(table.snapshot.totals.files).toBe(1)
})

test('a commit that did not reach the store is written again, in its turn', async () => {
  const store = createMemoryStore()
  const other = await open(store)
  const failures: ('before' | undefined)[] = ['before']
  const table = await open(failing(store, () => failures.shift()))
  await write(other, partOf('P2', 0, 1))
  expect(await write(table, partOf('P1', 0, 7))).toEqual({ status: 'committed', version: 2 })
})

test('an outcome that can not be settled is a fault, and the offset tells it later', async () => {
  const store = createMemoryStore()
  await open(store)
  const failures: ('before' | 'after')[] = ['after', 'before', 'before']
  const table = await open(failing(store, () => failures.shift()))
  await expect(write(table, partOf('P1', 0, 7))).rejects.toMatchObject({ code: 'store.failed' })
  expect(await write(table, partOf('P1', 0, 7))).toEqual({ status: 'stale', streams: [{ appId: 'P1', offset: 7 }] })
})

interface Range {
  readonly stream: string
  readonly from: number
  readonly to: number
}

/** Takes streams over at random, buffers some messages of each, flushes, gives up what is stale, and goes on from the table. */
const runCollector = async (
  table: Table,
  plan: readonly (readonly { readonly stream: string; readonly messages: number; readonly isReread: boolean }[])[],
  ranges: Map<string, Range>,
): Promise<void> => {
  const offsets = new Map<string, number>()
  for (const step of plan) {
    for (const { stream, isReread } of step) {
      // A collector that owns a stream goes on from its own flushes; one that takes it over reads the table.
      if (isReread || !offsets.has(stream)) offsets.set(stream, (await table.refresh()).txn(stream))
    }
    let parts = [...new Map(step.map((buffered) => [buffered.stream, buffered])).values()].map(
      ({ stream, messages }) => {
        const from = offsets.get(stream) ?? 0
        const add = fileOf()
        ranges.set(add.path, { stream, from, to: from + messages })
        return { add: [add], offset: { appId: stream, from, to: from + messages } }
      },
    )
    while (parts.length > 0) {
      const result = await table.commit({ parts, operation: 'WRITE' }).catch(() => undefined)
      if (result?.status === 'committed') for (const { offset } of parts) offsets.set(offset.appId, offset.to)
      if (result === undefined) for (const { offset } of parts) offsets.delete(offset.appId)
      const moved = result?.status === 'stale' ? result.streams : []
      for (const { appId, offset } of moved) offsets.set(appId, offset)
      parts = moved.length === 0 ? [] : parts.filter(({ offset }) => !moved.some(({ appId }) => appId === offset.appId))
    }
  }
}

const planOf = fc.array(
  fc.array(
    fc.record({
      stream: fc.constantFrom('P1', 'P2', 'P3'),
      messages: fc.integer({ min: 1, max: 9 }),
      isReread: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  { maxLength: 4 },
)

test('whatever collectors do, and in whatever order, every message is in the table exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(planOf, { minLength: 2, maxLength: 4 }),
      fc.infiniteStream(fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, fc.constantFrom('before', 'after'))),
      async (scheduler, plans, failures) => {
        const memory = createMemoryStore()
        await open(memory)
        const store: ObjectStore = {
          ...memory,
          get: scheduler.scheduleFunction(memory.get),
          putIfAbsent: scheduler.scheduleFunction(failing(memory, () => failures.next().value).putIfAbsent),
        }
        const ranges = new Map<string, Range>()
        const done = Promise.all(plans.map(async (plan) => runCollector(await open(store), plan, ranges)))
        await scheduler.waitFor(done)

        const { txns, ...snapshot } = (await open(memory)).snapshot
        const held = [...snapshot.files()].map(({ path }) => ranges.get(path)!)
        for (const stream of ['P1', 'P2', 'P3']) {
          let offset = 0
          for (const { from, to } of held
            .filter((range) => range.stream === stream)
            .toSorted((a, b) => a.from - b.from)) {
            expect(from).toBe(offset)
            offset = to
          }
          expect(txns.get(stream) ?? 0).toBe(offset)
        }
      },
    ),
    { numRuns: 300 },
  )
})
