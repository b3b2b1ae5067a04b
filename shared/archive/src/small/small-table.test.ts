import { fault } from '@fleetlake/core/testing'
import { askClickHouse, temporaryFolder } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCommit, parseCommit } from '../log/actions.ts'
import { LAST_CHECKPOINT, checkpointPaths, commitPath } from '../paths.ts'
import { createFileStore } from '../store/file-store.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { decodeRows, encodeRows, type FlatRow, microsOf } from './small-file.ts'
import { tidySmallTable } from './tidy-small.ts'
import { openSmallTable, type OpenSmallTableOptions, type SmallTable, type SmallTableKind } from './small-table.ts'

const NOW_MS = Date.UTC(2026, 10, 21, 10)

const COLUMNS = [
  ['name', 'string'],
  ['count', 'integer'],
  ['total', 'long'],
  ['at', 'timestamp'],
] as const
type Flat = FlatRow<typeof COLUMNS>

/** A word, counted as often as it was said: each row is of its own, so that one that is added twice shows. */
interface Word {
  readonly name: string
  readonly by: string
}
type Words = ReadonlySet<string>

const WORDS: SmallTableKind<typeof COLUMNS, Word, Words> = {
  name: 'words',
  columns: COLUMNS,
  encode: ({ name, by }) => ({ name: `${name} ${by}`, at: microsOf(NOW_MS) }),
  decode: ({ name = '' }) => ({ name: name.split(' ')[0], by: name.split(' ')[1] }),
  empty: new Set(),
  fold: (words, rows) => new Set([...words, ...rows.map(({ name, by }) => `${name} ${by}`)]),
}

type Opened = SmallTable<Word, Words>
const open = async (store: ObjectStore, options: OpenSmallTableOptions = {}): Promise<Opened> =>
  (await openSmallTable(store, WORDS, { create: true, now: () => NOW_MS, ...options }))!

/** Says words at once, each unless it was said already, whoever said it. */
const say = (table: Opened, names: string | readonly string[], by: string): Promise<number> =>
  table.append((words) => {
    const said = new Set([...words].map((word) => word.split(' ')[0]))
    return [names].flat().flatMap((name) => (said.has(name) ? [] : [{ name, by }]))
  }, 'WRITE')

const namesIn = async (store: ObjectStore): Promise<string[]> =>
  (await (await open(store)).rows()).map(({ name }) => name).toSorted()

const flat: fc.Arbitrary<Flat> = fc.record(
  {
    name: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    count: fc.integer(),
    total: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    at: fc.bigInt({ min: 0n, max: 10n ** 16n }),
  },
  { requiredKeys: [] },
)

test('a file of rows holds what was written, to the bit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(flat, { minLength: 1, maxLength: 5 }), async (rows) => {
      expect(await decodeRows(COLUMNS, encodeRows(COLUMNS, rows), 'test')).toEqual(rows)
    }),
  )
})

test('whoever adds, merges, reads and opens it in whatever order: each row is there once, and all hold the same', async () => {
  const words = fc.subarray(['one', 'two', 'three', 'four'], { minLength: 1 })
  const act = fc.record({ who: fc.nat(2), does: fc.constantFrom('say', 'merge', 'refresh', 'open'), words })
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(act, { maxLength: 25 }), async (scheduler, acts) => {
      const memory = createMemoryStore()
      await open(memory)
      const store: ObjectStore = {
        ...memory,
        putIfAbsent: scheduler.scheduleFunction(memory.putIfAbsent),
        get: scheduler.scheduleFunction(memory.get),
      }
      const options = { checkpointEvery: 3 }
      const opening = Promise.all([0, 1, 2].map(() => open(store, options)))
      await scheduler.waitFor(opening)
      const tables = await opening
      const said = new Set<string>()
      await scheduler.waitFor(
        Promise.all(
          tables.map(async (_, who) => {
            for (const { does, words: some } of acts.filter((each) => each.who === who)) {
              if (does === 'say') {
                await say(tables[who], some, String(who))
                for (const word of some) said.add(word)
              } else if (does === 'merge') await tables[who].mergeFiles({ moreThan: 1 })
              else if (does === 'refresh') await tables[who].refresh()
              else tables[who] = await open(store, options)
            }
          }),
        ),
      )
      expect(await namesIn(memory)).toEqual([...said].toSorted())
      const reading = Promise.all(tables.map(async (table) => [...(await table.refresh())].toSorted()))
      await scheduler.waitFor(reading)
      const held = [...(await open(memory)).content].toSorted()
      expect(await reading).toEqual(tables.map(() => held))
      await scheduler.waitFor(Promise.all(tables.map((table) => table.close())))
    }),
    { numRuns: 100 },
  )
})

test('merged, it is one file with every row; what was merged is not read again by who has read it', async () => {
  const memory = createMemoryStore()
  const [writer, other] = [await open(memory), await open(memory)]
  for (let i = 0; i < 5; i++) await say(writer, `word-${i}`, 'a')
  expect(await writer.mergeFiles({ moreThan: 5 })).toBe(0)
  expect(await other.mergeFiles({ moreThan: 4 })).toBe(5)
  expect(await writer.mergeFiles({ moreThan: 1 })).toBe(0)
  const files: string[] = []
  const store: ObjectStore = {
    ...memory,
    get: (path, range) => (path.endsWith('.parquet') && files.push(path), memory.get(path, range)),
  }
  expect([...(await open(store)).content]).toHaveLength(5)
  expect(files).toHaveLength(1)
  await say(writer, 'word-5', 'a')
  expect(writer.version).toBe(7)
  expect((await other.refresh()).size).toBe(6)
})

test('rows that another program took out are gone, also for who had read them', async () => {
  const memory = createMemoryStore()
  const table = await open(memory)
  await say(table, 'one', 'a')
  await say(table, 'two', 'a')
  const added = parseCommit((await memory.get(commitPath(1)))!, 'a commit', 1).find(({ add }) => add)!.add!
  const remove = { path: added.path, deletionTimestamp: NOW_MS, dataChange: true }
  await memory.put(commitPath(3), formatCommit([{ commitInfo: { operation: 'DELETE' } }, { remove }], 3))
  expect([...(await table.refresh())]).toEqual(['two a'])
})

test('columns of other programs stay where they are: a table that has some is not merged', async () => {
  const memory = createMemoryStore()
  const table = await open(memory)
  const metaData = parseCommit((await memory.get(commitPath(0)))!, 'a commit', 0).find(
    (each) => each.metaData,
  )!.metaData!
  const schema = JSON.parse(metaData.schemaString) as { fields: object[] }
  schema.fields.push({ name: 'color', type: 'string', nullable: true, metadata: {} })
  await memory.put(
    commitPath(1),
    formatCommit([{ commitInfo: {} }, { metaData: { ...metaData, schemaString: JSON.stringify(schema) } }], 1),
  )
  for (let i = 0; i < 3; i++) await say(table, `word-${i}`, 'a')
  expect(await table.mergeFiles({ moreThan: 1 })).toBe(0)
  expect(table.content.size).toBe(3)
})

test('a file that is not as it was written is told, and what was read before stays held', async () => {
  const memory = createMemoryStore()
  const [table, other] = [await open(memory), await open(memory)]
  await say(table, 'one', 'a')
  const [{ path }] = await Array.fromAsync(memory.list('2026'))
  const bytes = (await memory.get(path))!
  const at = Buffer.from(bytes).indexOf('one a')
  bytes[at] ^= 1
  await memory.put(path, bytes)
  const damaged = fault(
    'table.invalid',
    `memory:${path}, a file of the table words, is damaged, it is not as it was written: restore it`,
  )
  await expect(open(memory)).rejects.toThrow(damaged)
  await expect(other.refresh()).rejects.toThrow(damaged)
  expect([other.version, other.content.size, table.content.size]).toEqual([0, 0, 1])
  await memory.delete(path)
  await expect(open(memory)).rejects.toThrow(fault('table.invalid', /is missing: restore it$/))
})

test('it is opened from its checkpoint without the commits before, and a checkpoint that is damaged is told', async () => {
  const memory = createMemoryStore()
  const table = await open(memory, { checkpointEvery: 2 })
  for (let i = 0; i < 5; i++) await say(table, `word-${i}`, 'a')
  await table.mergeFiles({ moreThan: 2 })
  await table.close()
  expect(JSON.parse(new TextDecoder().decode((await memory.get(LAST_CHECKPOINT))!))).toMatchObject({ version: 6 })
  for (let version = 0; version < 6; version++) await memory.delete(commitPath(version))
  expect((await open(memory)).content.size).toBe(5)
  await memory.put(checkpointPaths(6)[0], new Uint8Array(100))
  await expect(open(memory)).rejects.toThrow(fault('table.damaged', /^the table words is damaged: /))
})

test('another engine reads it by its log: files, what was merged, and the checkpoint', async () => {
  const folder = await temporaryFolder()
  const table = await open(createFileStore(`${folder}/words`), { checkpointEvery: 1 })
  const askNames = async (): Promise<unknown> => {
    const sql = `SELECT name, toUnixTimestamp64Milli(at) AS at FROM deltaLakeLocal('${folder}/words') ORDER BY name`
    const [rows] = await askClickHouse(folder, [sql])
    return rows.map(({ name, at }) => [name, Number(at)])
  }
  const expected = ['a', 'b', 'c'].map((name) => [`${name} me`, NOW_MS])
  for (const name of ['a', 'b', 'c']) await say(table, name, 'me')
  await table.close()
  expect(await askNames()).toEqual(expected)
  await table.mergeFiles({ moreThan: 1 })
  await table.close()
  expect(await askNames()).toEqual(expected)
})

test('files that were merged go after the grace, every row stays, and who slept over his file writes it again', async () => {
  const DAY_MS = 86_400_000
  const memory = createMemoryStore()
  let days = 0
  const now = (): number => Date.now() + days * DAY_MS
  const table = await open(memory, { now })
  const tidy = (): Promise<number> =>
    tidySmallTable(table, memory, {
      graceMs: DAY_MS,
      logRetentionMs: 30 * DAY_MS,
      nowMs: now(),
      signal: new AbortController().signal,
    })
  const stored = async (): Promise<string[]> =>
    (await Array.fromAsync(memory.list(''), ({ path }) => path)).filter((path) => path.endsWith('.parquet'))
  for (let i = 0; i < 5; i++) await say(table, `word-${i}`, 'a')
  await memory.put('_fleetlake/marks/0.json', new Uint8Array(1))
  await memory.put('2020-01-01-of-another.parquet', new Uint8Array(1))
  expect([await table.mergeFiles({ moreThan: 1 }), await tidy(), (await stored()).length]).toEqual([5, 0, 7])

  const { promise: asleep, resolve: wake } = Promise.withResolvers<void>()
  const { promise: fell, resolve: fall } = Promise.withResolvers<void>()
  let isFirst = true
  const sleepy: ObjectStore = {
    ...memory,
    putIfAbsent: async (path, bytes) => {
      if (isFirst) {
        isFirst = false
        fall()
        await asleep
      }
      return memory.putIfAbsent(path, bytes)
    },
  }
  const saying = say((await openSmallTable(sleepy, WORDS, { now }))!, 'late', 'b')
  await fell
  days = 3
  // The five, and the one that nobody names yet.
  expect(await tidy()).toBe(6)
  wake()
  await saying
  expect(await namesIn(memory)).toEqual(['late', ...Array.from({ length: 5 }, (_, i) => `word-${i}`)])
  await table.refresh()
  expect((await stored()).filter((path) => !table.names(path))).toEqual(['2020-01-01-of-another.parquet'])
  expect(await memory.get('_fleetlake/marks/0.json')).toHaveLength(1)
})
