import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { Snapshot } from '../snapshot.ts'
import { openTable, type Table } from '../table.ts'
import type { AddFile } from './actions.ts'
import { NOW_MS, SETTINGS } from '../testing/log-table.ts'

const commitOf = (version: number): string => `_delta_log/${String(version).padStart(20, '0')}.json`
const copyOf = (version: number): string => `_fleetlake/log/${String(version).padStart(20, '0')}.json`
const checkpointOf = (version: number): string => `_delta_log/${String(version).padStart(20, '0')}.checkpoint.parquet`
const LAST = '_delta_log/_last_checkpoint'
const OPTIONS = { now: () => NOW_MS, settleMs: 0, checkEveryMs: 0 }

const fileOf = (version: number): AddFile => ({
  path: `date=2026-11-${String(1 + (version % 9)).padStart(2, '0')}/cell=69y7p/20261121T100000Z-${version}.parquet`,
  partitionValues: { date: `2026-11-${String(1 + (version % 9)).padStart(2, '0')}`, cell: '69y7p' },
  size: 10 + version,
  modificationTime: NOW_MS,
  stats: JSON.stringify({ numRecords: version }),
})

/** Each version adds a file and moves an offset; some take a file out. */
const commitTo = async (table: Table): Promise<void> => {
  const version = table.snapshot.version + 1
  const [old] = table.snapshot.files()
  await table.commit({
    parts: [
      {
        add: [fileOf(version)],
        offset: { appId: `P${version % 3}`, from: table.snapshot.txn(`P${version % 3}`), to: version },
      },
    ],
    remove: version % 7 === 0 ? [old.path] : [],
    operation: 'WRITE',
  })
}

/** Versions 0 to 24, checkpoints at 10 and 20. */
const LAST_VERSION = 24
const log = new Map<string, Uint8Array>()
let whole: unknown

const contentOf = (snapshot: Snapshot): unknown => ({
  version: snapshot.version,
  files: [...snapshot.files()].map(({ path, rows }) => [path, rows]).toSorted(),
  offsets: [...snapshot.txns].toSorted(),
})

beforeAll(async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { ...OPTIONS, create: SETTINGS, checkpointEvery: 10 })
  for (let i = 0; i < LAST_VERSION; i++) await commitTo(table)
  await table.close()
  for await (const { path } of store.list('')) log.set(path, (await store.get(path))!)
  whole = contentOf(table.snapshot)
})

/** The log as it was written; with what a test changes of it. */
const storeWith = async (change: (files: Map<string, Uint8Array>) => void): Promise<ObjectStore> => {
  const files = new Map(log)
  change(files)
  const store = createMemoryStore()
  for (const [path, bytes] of files) await store.put(path, bytes)
  return store
}

const EMPTY = new Uint8Array()
const withoutCheckpoints = (files: Map<string, Uint8Array>): void => {
  for (const path of [LAST, checkpointOf(10), checkpointOf(20)]) files.delete(path)
}
const cutOff = (files: Map<string, Uint8Array>, path: string, share = 0.5): void => {
  const bytes = files.get(path)!
  files.set(path, bytes.subarray(0, Math.floor(bytes.length * share)))
}
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

test.each<[string, string, (files: Map<string, Uint8Array>) => void]>([
  [
    'an empty commit',
    `${commitOf(22)} is empty. It is whole up to version 21;`,
    (files) => files.set(commitOf(22), EMPTY),
  ],
  [
    'a commit without any action',
    `${commitOf(22)} is empty. It is whole up to version 21;`,
    (files) => files.set(commitOf(22), new TextEncoder().encode('\n\n')),
  ],
  [
    'a commit of lines that are not actions',
    `${commitOf(22)} holds no action`,
    (files) => files.set(commitOf(22), log.get(LAST)!),
  ],
  ['a commit that was cut off', commitOf(23), (files) => cutOff(files, commitOf(23))],
  [
    'a newest commit that was cut off',
    '(if another program is writing it just now, this passes by itself)',
    (files) => cutOff(files, commitOf(24)),
  ],
  ['an empty newest commit', `${commitOf(24)} is empty`, (files) => files.set(commitOf(24), EMPTY)],
  [
    'a commit that is gone',
    `${commitOf(22)} is missing, though version 24 was written`,
    (files) => files.delete(commitOf(22)),
  ],
  [
    'a commit that is gone, of a log without checkpoints',
    `${commitOf(5)} is missing, though version 24 was written. It is whole up to version 4;`,
    (files) => (withoutCheckpoints(files), files.delete(commitOf(5))),
  ],
  [
    'a newest commit that is gone',
    `${commitOf(24)} is missing, though version 24 was written`,
    (files) => files.delete(commitOf(24)),
  ],
  [
    'commits that are gone from one on',
    `${commitOf(23)} is missing, though version 24 was written`,
    (files) => (files.delete(commitOf(23)), files.delete(commitOf(24))),
  ],
  [
    'a commit in the place of another',
    `${commitOf(23)} is damaged: its checksum does not match`,
    (files) => files.set(commitOf(23), log.get(commitOf(22))!),
  ],
  [
    'a log whose beginning is gone',
    'the log begins at version 1',
    (files) => (withoutCheckpoints(files), files.delete(commitOf(0))),
  ],
  [
    'a log that is gone',
    'is gone, though _fleetlake/log/00000000000000000024.json is there. No version of it is known to be whole',
    (files) => {
      for (const path of log.keys()) if (path.startsWith('_delta_log/')) files.delete(path)
    },
  ],
  [
    'checkpoints that can’t be read, the commits before them gone',
    'has no checkpoint that can be read',
    (files) => {
      cutOff(files, checkpointOf(10))
      cutOff(files, checkpointOf(20))
      files.delete(commitOf(0))
    },
  ],
])('%s makes the table a damaged one: it is not opened, not made, and says what to do', async (_, found, change) => {
  const store = await storeWith(change)
  for (const create of [{}, { create: SETTINGS }]) {
    const opening = openTable(store, { ...OPTIONS, ...create })
    await expect(opening).rejects.toMatchObject({ code: 'table.damaged', message: expect.stringContaining(found) })
    await expect(opening).rejects.toThrow('`fleet table repair` shows what can be done')
  }
})

test.each<[string, (files: Map<string, Uint8Array>) => void]>([
  ['is not there', (files) => files.delete(LAST)],
  ['is empty', (files) => files.set(LAST, EMPTY)],
  ['was cut off', (files) => cutOff(files, LAST)],
  ['names an older checkpoint', (files) => files.set(LAST, text({ version: 10 }))],
  ['names a checkpoint that is not there', (files) => files.set(LAST, text({ version: 15 }))],
  ['names a version that never was', (files) => files.set(LAST, text({ version: 4e9 }))],
  ['names an invalid number', (files) => files.set(LAST, text({ version: 1e300 }))],
  ['tells of more parts than there can be', (files) => files.set(LAST, text({ version: 20, parts: 9e8 }))],
  ['has parts that are not a number', (files) => files.set(LAST, text({ version: 20, parts: 'many', size: null }))],
  ['is of other types', (files) => files.set(LAST, text({ version: '20' }))],
  ['is a list', (files) => files.set(LAST, text([20]))],
  ['is nothing', (files) => files.set(LAST, text(null))],
])('a `_last_checkpoint` that %s changes nothing', async (_, change) => {
  const store = await storeWith(change)
  const { snapshot } = await openTable(store, OPTIONS)
  expect([contentOf(snapshot), snapshot.warnings]).toEqual([whole, []])
})

test.each<[string, (files: Map<string, Uint8Array>) => void]>([
  ['was cut off', (files) => cutOff(files, checkpointOf(20))],
  ['is empty', (files) => files.set(checkpointOf(20), EMPTY)],
  ['lost its end', (files) => cutOff(files, checkpointOf(20), 0.99)],
  ['has other bytes in the middle', (files) => files.get(checkpointOf(20))!.fill(7, 100, 101)],
  ['is text', (files) => files.set(checkpointOf(20), text({ version: 20 }))],
])('a checkpoint that %s is told, and an older one and the commits are read', async (_, change) => {
  const original = log.get(checkpointOf(20))!.slice()
  const store = await storeWith((files) => {
    files.set(checkpointOf(20), original.slice())
    change(files)
  })
  const { snapshot } = await openTable(store, OPTIONS)
  expect(contentOf(snapshot)).toEqual(whole)
  expect(snapshot.warnings).toEqual([expect.stringContaining(`${checkpointOf(20)} can't be read`)])
  await store.put(checkpointOf(10), EMPTY)
  const fromCommits = (await openTable(store, OPTIONS)).snapshot
  expect(contentOf(fromCommits)).toEqual(whole)
  expect(fromCommits.warnings).toHaveLength(2)
})

test('a checkpoint is written though the one before can’t be read, and then all is well', async () => {
  const store = await storeWith((files) => cutOff(files, checkpointOf(20)))
  const table = await openTable(store, { ...OPTIONS, checkpointEvery: 25 })
  await commitTo(table)
  await table.close()
  const { snapshot } = await openTable(store, OPTIONS)
  expect([contentOf(snapshot), snapshot.warnings]).toEqual([contentOf(table.snapshot), []])
})

test('stray files of the log with names beyond all versions are passed over', async () => {
  const store = await storeWith((files) => {
    files.set(`_delta_log/${'9'.repeat(20)}.json`, EMPTY)
    files.set(`_delta_log/${'9'.repeat(20)}.checkpoint.parquet`, EMPTY)
    files.set(`${checkpointOf(22).slice(0, -8)}.0000000001.0900000000.parquet`, EMPTY)
  })
  const { snapshot } = await openTable(store, OPTIONS)
  expect([contentOf(snapshot), snapshot.warnings]).toEqual([whole, []])
})

/** A reader that was there before. */
const follow = async (): Promise<{ store: ObjectStore; writer: Table; reader: Table }> => {
  const store = createMemoryStore()
  const writer = await openTable(store, { ...OPTIONS, create: SETTINGS, checkpointEvery: 100 })
  for (let i = 0; i < 4; i++) await commitTo(writer)
  await writer.close()
  return { store, writer, reader: await openTable(store, OPTIONS) }
}

test('a reader that follows the log tells of a gap, stays where it was, and goes on once it is filled', async () => {
  const { store, writer, reader } = await follow()
  for (let i = 0; i < 12; i++) await commitTo(writer)
  await writer.close()
  const eighth = (await store.get(commitOf(8)))!
  await store.delete(commitOf(8))
  await expect(reader.refresh()).rejects.toThrow(`${commitOf(8)} is missing, though version 16 was written`)
  await store.put(commitOf(8), eighth)
  expect(contentOf(await reader.refresh())).toEqual(contentOf(writer.snapshot))
})

test('a reader does not take the absence of the next version for no news when later ones are there', async () => {
  const { store, writer, reader } = await follow()
  for (let i = 0; i < 12; i++) await commitTo(writer)
  await writer.close()
  await store.delete(commitOf(5))
  await expect(reader.refresh()).rejects.toThrow(`${commitOf(5)} is missing, though version 16 was written`)
  expect(reader.snapshot.version).toBe(4)
})

test('a checkpoint beyond a gap makes good for it', async () => {
  const { store, writer, reader } = await follow()
  const late = await openTable(store, { ...OPTIONS, checkpointEvery: 12 })
  for (let i = 0; i < 12; i++) await commitTo(late)
  await late.close()
  await store.delete(commitOf(6))
  expect(contentOf(await reader.refresh())).toEqual(contentOf(late.snapshot))
  expect((await writer.refresh()).version).toBe(16)
})

test('a reader tells of a newest commit that is not whole, and reads it once it is', async () => {
  const { store, writer, reader } = await follow()
  await commitTo(writer)
  await writer.close()
  const bytes = (await store.get(commitOf(5)))!
  for (const length of [0, 1, Math.floor(bytes.length / 2), bytes.length - 1]) {
    await store.put(commitOf(5), bytes.subarray(0, length))
    await expect(reader.refresh()).rejects.toMatchObject({ code: 'table.damaged' })
  }
  await store.put(commitOf(5), bytes)
  expect(contentOf(await reader.refresh())).toEqual(contentOf(writer.snapshot))
})

test('a commit that another program is writing is waited for', async () => {
  const { store, writer } = await follow()
  await commitTo(writer)
  await writer.close()
  const bytes = (await store.get(commitOf(5)))!
  await store.put(commitOf(5), bytes.subarray(0, 9))
  let looks = 0
  const get: ObjectStore['get'] = async (path, range) => {
    // It is whole at the third look.
    if (path === commitOf(5) && ++looks === 3) await store.put(path, bytes)
    return store.get(path, range)
  }
  const { snapshot } = await openTable({ ...store, get }, { now: () => NOW_MS })
  expect(contentOf(snapshot)).toEqual(contentOf(writer.snapshot))
})

test.each<[string, (store: ObjectStore) => Promise<void>]>([
  ['has a gap right after it', (store) => store.delete(commitOf(5))],
  [
    'was cut off before it',
    async (store) => {
      for (let version = 3; version <= 9; version++) await store.delete(commitOf(version))
    },
  ],
  ['goes on with an empty commit', (store) => store.put(commitOf(5), EMPTY)],
])('nothing is committed upon a version when the log %s', async (_, damage) => {
  const { store, reader: late, writer } = await follow()
  for (let i = 0; i < 5; i++) await commitTo(writer)
  await writer.close()
  await damage(store)
  const before = (await Array.fromAsync(store.list(''))).map(({ path, size }) => [path, size])
  await expect(commitTo(late)).rejects.toMatchObject({ code: 'table.damaged' })
  expect((await Array.fromAsync(store.list(''))).map(({ path, size }) => [path, size])).toEqual(before)
})

type Wound = (bytes: Uint8Array) => Uint8Array | undefined

const wound: fc.Arbitrary<Wound> = fc.oneof(
  fc.constant<Wound>(() => undefined),
  fc.constant<Wound>(() => EMPTY),
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((share): Wound => (bytes) => bytes.subarray(0, Math.floor(bytes.length * share))),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, by]): Wound => (bytes) => {
    const changed = new Uint8Array(bytes) // A Buffer's own `slice` is not a copy.
    changed[at % bytes.length] ^= by
    return changed
  }),
) // prettier-ignore

test('whatever happens to one file of a log, what is read is right, or it is told that the table is damaged', async () => {
  const names = [...log.keys()].filter((path) => path.startsWith('_delta_log/'))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.constantFrom(undefined, ...names),
      wound,
      async (name, other, change) => {
        const bytes = log.get(name)!
        const changed = other === undefined || other === name ? change(bytes) : log.get(other)
        const store = await storeWith((files) =>
          changed === undefined ? files.delete(name) : files.set(name, changed),
        )
        try {
          expect(contentOf((await openTable(store, OPTIONS)).snapshot)).toEqual(whole)
        } catch (error) {
          if (error instanceof Error && 'matcherResult' in error) throw error
          expect(error).toMatchObject({ code: expect.stringMatching(/^table\.(?:damaged|invalid|unsupported)$/) })
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('a checkpoint or a commit in the place of another is not believed', async () => {
  const places = [
    [checkpointOf(20), checkpointOf(10)],
    [commitOf(21), commitOf(16)],
    [commitOf(24), commitOf(23)],
  ]
  for (const [name, other] of places) {
    const store = await storeWith((files) => files.set(name, log.get(other)!))
    const opened = await openTable(store, OPTIONS).then(
      ({ snapshot }) => contentOf(snapshot),
      (error: unknown) => error,
    )
    if (name === checkpointOf(20)) expect(opened).toEqual(whole)
    else expect(opened).toMatchObject({ code: 'table.damaged' })
  }
})

test('copies are of what was committed', () => {
  for (let version = 0; version <= LAST_VERSION; version++) {
    expect(log.get(copyOf(version))).toEqual(log.get(commitOf(version)))
  }
})

test('a table that is made while it is looked for is not a damaged one', async () => {
  const store = createMemoryStore()
  let isMade = false
  /** Another makes the table after the log was listed, and before the copies of commits are. */
  const late: ObjectStore = {
    ...store,
    list: async function* (folder, options) {
      if (folder.startsWith('_fleetlake/') && !isMade) {
        isMade = true
        await (await openTable(store, { ...OPTIONS, create: SETTINGS })).close()
      }
      yield* store.list(folder, options)
    },
  }
  const table = await openTable(late, OPTIONS)
  expect(table.snapshot.version).toBe(0)
  await table.close()
})
