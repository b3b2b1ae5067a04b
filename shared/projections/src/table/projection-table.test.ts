import { createMemoryStore, type ObjectStore } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf } from '../buckets.ts'
import { PRESENCE } from '../presence/presence.ts'
import { type PresenceRow, presenceOfRows, rowsOfPresence } from '../presence/presence-rows.ts'
import { mergeProjection } from '../tidy/merge-files.ts'
import { tidyProjection } from '../tidy/tidy-projection.ts'
import type { BucketOffset } from './offsets.ts'
import { openProjectionTable, type ProjectionTable } from './projection-table.ts'

const DAY_MS = 86_400_000
const FIRST_DAY = 20_787

/** A vehicle of each bucket. */
const VEHICLES = new Map<number, string>()
for (let i = 0; VEHICLES.size < 64; i++) VEHICLES.set(bucketOf(`v-${i}`), `v-${i}`)

const offsetAt = (version: number): BucketOffset | undefined =>
  version === 0 ? undefined : { version, commit: 1_000 + version, frontier: FIRST_DAY }

/** What a version brings a bucket: a report, on one of three dates. */
const partial = (bucket: number, version: number): PresenceRow => {
  const day = FIRST_DAY + (version % 3)
  const at = day * DAY_MS + version
  return {
    vehicleId: VEHICLES.get(bucket)!,
    day,
    cell: version % 2 === 0 ? 'u33d8' : 'u33d9',
    first: at,
    last: at,
    rows: 1,
    intervals: version > 6 ? new Map([[20, 1]]) : new Map(),
  }
}

/** All that a bucket holds at a version. */
const partialsUpTo = (bucket: number, version: number): PresenceRow[] =>
  Array.from({ length: version }, (_, i) => partial(bucket, i + 1))

const rowsAt = (bucket: number, version: number): PresenceRow[] =>
  rowsOfPresence(PRESENCE.merge([presenceOfRows(partialsUpTo(bucket, version))]))

const open = async (store: ObjectStore): Promise<ProjectionTable> =>
  (await openProjectionTable(store, PRESENCE, { create: true, checkpointEvery: 5 }))!

/** Moves buckets on by a version, in one of the ways that there are; `stale` when another was faster. */
const advance = async (
  table: ProjectionTable,
  buckets: readonly number[],
  how: 'append' | 'replace date' | 'replace all',
): Promise<string> => {
  const from = (await table.refresh()).offset(buckets[0])
  const version = (from?.version ?? 0) + 1
  const { day } = partial(buckets[0], version)
  const all = buckets.flatMap((bucket) => partialsUpTo(bucket, version))
  const added = {
    append: buckets.map((bucket) => partial(bucket, version)),
    'replace date': all.filter((row) => row.day === day),
    'replace all': all,
  }[how]
  const replaced = {
    append: {},
    'replace date': { replace: { dates: { from: day, to: day + 1 } } },
    'replace all': { replace: {} },
  }[how]
  const { status } = await table.commit({
    buckets,
    from,
    to: offsetAt(version)!,
    add: presenceOfRows(added),
    operation: 'WRITE',
    ...replaced,
  })
  return status
}

/** Each bucket's rows are those of its offset's version. */
const checkRows = async (store: ObjectStore, buckets: readonly number[]): Promise<void> => {
  const table = await open(store)
  for (const bucket of buckets) {
    const version = table.state.offset(bucket)?.version ?? 0
    expect(table.state.offset(bucket)).toEqual(offsetAt(version))
    expect(rowsOfPresence(await table.rows(table.state, { buckets: [bucket] }))).toEqual(rowsAt(bucket, version))
  }
}

/** A store that dies at an operation, which may have happened. */
const dyingAt = (store: ObjectStore, operation: number, isDone: boolean): ObjectStore => {
  let left = operation
  const die = async <Value>(run: () => Promise<Value>): Promise<Value> => {
    if (left-- > 0) return run()
    if (left === -1 && isDone) await run()
    throw new FleetError('store.failed', 'the process is dead')
  }
  return {
    ...store,
    get: (path, range) => die(() => store.get(path, range)),
    put: (path, bytes) => die(() => store.put(path, bytes)),
    putIfAbsent: (path, bytes) => die(() => store.putIfAbsent(path, bytes)),
  }
}

const act = fc.record({
  who: fc.nat(2),
  does: fc.constantFrom('append', 'append', 'replace date', 'replace all', 'merge', 'refresh'),
  isOwn: fc.boolean(),
})

test('two writers of equal and of other buckets, a compactor and a writer that is killed, in any order: each bucket has the rows of its version', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(act, { maxLength: 30 }),
      fc.nat(25),
      fc.boolean(),
      async (scheduler, acts, dies, isDone) => {
        const memory = createMemoryStore()
        await open(memory)
        let days = 0
        const store: ObjectStore = {
          ...memory,
          putIfAbsent: scheduler.scheduleFunction(memory.putIfAbsent),
          get: scheduler.scheduleFunction(memory.get),
        }
        const stores = [store, store, dyingAt(store, dies, isDone)]
        const running = stores.map(async (own, who) => {
          const table = await open(own)
          for (const { does, isOwn } of acts.filter((each) => each.who === who)) {
            if (does === 'refresh') await table.refresh()
            else if (does === 'merge') {
              // As if two days later, when what is fresh is merged whatever it is.
              days += 2
              const nowMs = Date.now() + days * DAY_MS
              await mergeProjection(table, { nowMs: () => nowMs, signal: new AbortController().signal })
            } else await advance(table, isOwn ? [2 * who, 2 * who + 1] : [60, 61], does)
          }
        })
        const ended = Promise.allSettled(running)
        await scheduler.waitFor(ended)
        const [first, second] = await ended
        expect([first, second]).toEqual([
          { status: 'fulfilled', value: undefined },
          { status: 'fulfilled', value: undefined },
        ])
        await checkRows(memory, [0, 1, 2, 3, 4, 5, 60, 61])
      },
    ),
    { numRuns: 40 },
  )
})

test('who is not where the buckets are writes nothing, and is told', async () => {
  const memory = createMemoryStore()
  const [table, other] = [await open(memory), await open(memory)]
  expect(await advance(table, [1, 2], 'append')).toBe('committed')
  const late = { to: offsetAt(2)!, operation: 'WRITE', add: presenceOfRows([partial(2, 2)]) }
  const stale = { status: 'stale' }
  expect(await other.commit({ ...late, buckets: [2], from: undefined })).toEqual(stale)
  expect(await other.commit({ ...late, buckets: [1, 3], from: offsetAt(1) })).toEqual(stale)
  expect(await other.commit({ ...late, buckets: [2], from: { ...offsetAt(1)!, commit: 7 } })).toEqual(stale)
  expect(await other.commit({ ...late, buckets: [2], from: { ...offsetAt(1)!, frontier: 7 } })).toEqual(stale)
  expect(await other.commit({ ...late, buckets: [2], from: offsetAt(1) })).toEqual({ status: 'committed', version: 2 })
  await checkRows(memory, [1, 2, 3])
})

test('what is replaced leaves all other rows, also in a file whose bounds hold it and that has nothing of it', async () => {
  const memory = createMemoryStore()
  const table = await open(memory)
  await advance(table, [1, 2, 5, 6], 'append')
  const [path] = table.state.files.keys()
  expect(await advance(table, [3, 4], 'replace all')).toBe('committed')
  await checkRows(memory, [1, 2, 3, 4, 5, 6])
  expect(table.state.files.has(path)).toBe(true)
  expect(await advance(table, [2, 5], 'replace all')).toBe('committed')
  await checkRows(memory, [1, 2, 3, 4, 5, 6])
  expect(table.state.files.has(path)).toBe(false)
})

test('files that nobody needs go after the grace, all that is named stays, and what retention took goes', async () => {
  const memory = createMemoryStore()
  const table = await open(memory)
  const signal = new AbortController().signal
  const tidy = (days: number, newestDateGone?: string) =>
    tidyProjection(table, {
      graceMs: DAY_MS,
      logRetentionMs: 2 * DAY_MS,
      nowMs: Date.now() + days * DAY_MS,
      newestDateGone,
      signal,
    })
  for (let i = 0; i < 12; i++) await advance(table, [5], 'append')
  await mergeProjection(table, { nowMs: () => Date.now() + 2 * DAY_MS, signal })
  await table.close()
  const stored = async (): Promise<string[]> => Array.fromAsync(memory.list('files/'), ({ path }) => path)
  expect([(await stored()).length > 12, table.state.files.size]).toEqual([true, 2])
  const before = await stored()
  expect([await tidy(0), await stored()]).toEqual([{ dropped: 0, deleted: 0 }, before])
  expect((await tidy(3)).deleted).toBeGreaterThan(12)
  expect(await stored()).toEqual([...table.state.files.keys()].toSorted())
  await checkRows(memory, [5])

  // The file of one month goes, that of the next one stays until its newest date is gone.
  expect((await tidy(3, '2026-12-01')).dropped).toBe(1)
  const left = rowsAt(5, 12).filter(({ day }) => day > FIRST_DAY)
  expect(rowsOfPresence(await table.rows(table.state, {}))).toEqual(left)
  expect([...table.state.files.keys()].filter((path) => before.includes(path))).toHaveLength(1)
  expect([(await tidy(3, '2026-12-01')).dropped, table.state.files.size]).toEqual([0, 1])
  expect([(await tidy(3, '2026-12-02')).dropped, table.state.files.size]).toEqual([1, 0])
})
