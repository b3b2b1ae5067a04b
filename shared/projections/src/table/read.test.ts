import { createMemoryStore, type ObjectStore } from '@fleetlake/archive'
import { mix32 } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALL_BUCKETS, bucketOf } from '../buckets.ts'
import { LATEST } from '../latest/latest.ts'
import { PRESENCE } from '../presence/presence.ts'
import { type PresenceRow, presenceOfRows, rowsOfPresence } from '../presence/presence-rows.ts'
import { arbitraryLatestBatch, arbitraryPresenceBatch } from '../testing/arbitrary-rows.ts'
import { plainRows } from '../testing/plain-rows.ts'
import { mergeProjection } from '../tidy/merge-files.ts'
import type { Batch } from './batch.ts'
import type { ProjectionKind } from './projection-kind.ts'
import { entryOf, type FileEntry } from './file-entry.ts'
import { openProjectionTable, type ProjectionTable } from './projection-table.ts'
import { createFileReader } from './read-file.ts'
import { bindSelection, type RowSelection } from './selection.ts'
import { GROUP_ROWS, startDataFile } from './write-file.ts'

const DAY_MS = 86_400_000
const FIRST_DAY = 20_787
const signal = new AbortController().signal

const open = async (store: ObjectStore, kind: ProjectionKind = PRESENCE): Promise<ProjectionTable> =>
  (await openProjectionTable(store, kind, { create: true }))!

const append = async (table: ProjectionTable, add: Batch): Promise<void> => {
  const from = (await table.refresh()).offset(0)
  const to = { version: (from?.version ?? 0) + 1, commit: 1, frontier: FIRST_DAY }
  await table.commit({ buckets: ALL_BUCKETS, from, to, add, operation: 'WRITE' })
}

let days = 0
/** As if two days later, when whatever is fresh is merged. */
const mergeAll = (table: ProjectionTable): Promise<number> => {
  days += 2
  const nowMs = Date.now() + days * DAY_MS
  return mergeProjection(table, { nowMs: () => nowMs, signal })
}

/** What a selection has of all rows, without any files. */
const chosen = (batch: Batch, { buckets, dates, keys }: RowSelection): unknown[][] =>
  plainRows(batch).filter(
    ([bucket, key, day]) =>
      (buckets?.includes(bucket as number) ?? true) &&
      (dates === undefined || ((day as number) >= dates.from && (day as number) < dates.to)) &&
      (keys?.includes(key as string) ?? true),
  )

const selection: fc.Arbitrary<RowSelection> = fc.record(
  {
    buckets: fc.subarray(['v-1', 'v-2', 'ä', '\u{ffff}', '\u{1f68c}'].map(bucketOf)),
    dates: fc
      .tuple(fc.integer({ min: -2, max: 42 }), fc.nat(20))
      .map(([from, length]) => ({ from: FIRST_DAY + from, to: FIRST_DAY + from + length })),
    keys: fc.subarray(['v-1', 'v-10', 'ä', '\u{feff}v', '\u{ffff}', '\u{1f68c}', 'nobody']),
  },
  { requiredKeys: [] },
)

test('a selection has the rows that brute force finds, however they lie in files', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(arbitraryPresenceBatch, fc.boolean()), { minLength: 1, maxLength: 8 }),
      fc.array(selection, { minLength: 1, maxLength: 5 }),
      async (steps, selections) => {
        const table = await open(createMemoryStore())
        for (const [batch, isMerged] of steps) {
          await append(table, batch)
          if (isMerged) await mergeAll(table)
        }
        const all = PRESENCE.merge(steps.map(([batch]) => batch))
        for (const one of [{}, ...selections]) {
          expect(plainRows(await table.rows(table.state, one))).toEqual(chosen(all, one))
        }
      },
    ),
    { numRuns: 30 },
  )
})

/** Enough rows for several row groups in a file. */
const manyRows = (vehicles: number, dates: number, idOf = (vehicle: number) => `v-${vehicle}`): PresenceRow[] =>
  Array.from({ length: vehicles * dates }, (_, i) => {
    const day = FIRST_DAY - 20 + (i % dates)
    const first = day * DAY_MS + (mix32(i) % 80_000_000)
    return {
      vehicleId: idOf(Math.floor(i / dates)),
      day,
      cell: `u33d${i % 3}`,
      first,
      last: first + 60_000,
      rows: 4,
      intervals: new Map([[20, 3]]),
    }
  })

interface Counted {
  readonly store: ObjectStore
  readonly gets: { readonly path: string; readonly bytes: number }[]
}

/** Counts reads of data files. */
const counting = (store: ObjectStore): Counted => {
  const gets: { path: string; bytes: number }[] = []
  const get: ObjectStore['get'] = async (path, range) => {
    const bytes = await store.get(path, range)
    if (path.startsWith('files/')) gets.push({ path, bytes: bytes?.length ?? 0 })
    return bytes
  }
  return { store: { ...store, get }, gets }
}

test('a vehicle is found by its id, whatever its characters, in a file of its own', async () => {
  for (const vehicleId of ['\u{feff}v', '\u{feff}', '\0', 'ä'.repeat(100), '\u{10ffff}'.repeat(100)]) {
    const table = await open(createMemoryStore())
    const rows = manyRows(1, 1).map((row) => ({ ...row, vehicleId }))
    await append(table, presenceOfRows(rows))
    expect(rowsOfPresence(await table.rows(table.state, { keys: [vehicleId] }))).toEqual(rows)
  }
})

test('of a large file only the row groups are read that may have a vehicle and a date', async () => {
  const memory = createMemoryStore()
  const rows = manyRows(1_800, 20)
  await append(await open(memory), presenceOfRows(rows))
  const counted = counting(memory)
  const table = await open(counted.store)
  const [[path, { size }]] = [...table.state.files]
  expect(rows.length).toBeGreaterThan(4 * GROUP_ROWS)
  const dates = { from: FIRST_DAY - 10, to: FIRST_DAY - 5 }
  const found = rowsOfPresence(await table.rows(table.state, { keys: ['v-77'], dates }))
  expect(found).toEqual(
    rows.filter(({ vehicleId, day }) => vehicleId === 'v-77' && day >= dates.from && day < dates.to),
  )
  // The end of the file, in which the footer is, and a row group.
  expect(counted.gets.map((get) => get.path)).toEqual([path, path])
  expect(counted.gets.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(size / 2)
  expect(await table.rows(table.state, { keys: ['nobody'] })).toMatchObject({ length: 0 })
})

test('the footer of a large file stays known, however many small files are read', async () => {
  const { store, gets } = counting(createMemoryStore())
  const fileOf = async (rows: readonly PresenceRow[]): Promise<FileEntry> => {
    const file = startDataFile(store, PRESENCE, { month: undefined, level: 0 })
    file.add(PRESENCE.merge([presenceOfRows(rows)]))
    return entryOf((await file.finish({ nowMs: 0, dataChange: true }))!, PRESENCE.keyColumn)
  }
  const reader = createFileReader(store, PRESENCE)
  const read = async (entry: FileEntry): Promise<unknown[][]> => {
    const batches = await Array.fromAsync(reader.read(entry, bindSelection(PRESENCE, { keys: ['v-77'] })))
    return batches.flatMap(plainRows)
  }
  const large = await fileOf(manyRows(1_800, 20))
  const found = await read(large)
  for (let i = 0; i < 300; i++) await read(await fileOf(manyRows(1, 1)))
  gets.length = 0
  expect(await read(large)).toEqual(found)
  // The row group alone.
  expect(gets).toHaveLength(1)
})

test('a row group is read for keys of its own buckets alone', async () => {
  const memory = createMemoryStore()
  const ids = Array.from({ length: 100_000 }, (_, i) => `v-${i}`)
  const ofBucket = ids.filter((id) => bucketOf(id) === 7)
  const rows = manyRows(ofBucket.length, 20, (vehicle) => ofBucket[vehicle])
  expect(rows.length).toBeGreaterThan(3 * GROUP_ROWS)
  await append(await open(memory), presenceOfRows(rows))
  const counted = counting(memory)
  const table = await open(counted.store)
  const [{ size }] = table.state.files.values()
  const others = ids.filter((id, i) => i % 100 === 0 && bucketOf(id) !== 7)
  const found = await table.rows(table.state, { keys: [ofBucket[0], ...others] })
  expect(rowsOfPresence(found)).toEqual(rows.filter(({ vehicleId }) => vehicleId === ofBucket[0]))
  expect(counted.gets.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(size / 2)
})

test('a file with a byte that is not as it was written is told, by its name, or reads as before', async () => {
  const memory = createMemoryStore()
  const table = await open(memory)
  const rows = manyRows(50, 10)
  await append(table, presenceOfRows(rows))
  const [path] = table.state.files.keys()
  const whole = (await memory.get(path))!
  const expected = plainRows(await table.rows(table.state, {}))
  const read = async (bytes: Uint8Array): Promise<unknown> => {
    await memory.put(path, bytes)
    const fresh = await open(memory)
    return fresh.rows(fresh.state, {}).then(plainRows)
  }
  let told = 0
  for (let at = 0; at < whole.length; at += Math.max(1, Math.floor(whole.length / 150))) {
    const bytes = whole.slice()
    bytes[at] ^= 1 << (at % 8)
    await read(bytes).then(
      (found) => expect(found).toEqual(expected),
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'table.invalid', message: expect.stringContaining(path) })
        told++
      },
    )
  }
  expect(told).toBeGreaterThan(145)
  const advice = / can't be read: .*\. Delete the folder memory:: the projector makes the table anew$/
  await expect(read(whole.slice(0, -1))).rejects.toThrow(fault('table.invalid', advice))
  // A whole file of other rows.
  await append(table, presenceOfRows(rows.map((row) => ({ ...row, rows: 5 }))))
  const [, other] = table.state.files.keys()
  await expect(read((await memory.get(other))!)).rejects.toThrow(fault('table.invalid', advice))
  await memory.delete(path)
  await expect(table.rows(table.state, {})).rejects.toThrow(fault('table.invalid', / can't be read: it is missing/))
})

test('merged files of many rows have the rows that they had, one sorted run a month, in bounded parts', async () => {
  const memory = createMemoryStore()
  const table = await open(memory)
  const rows = manyRows(100, 40)
  for (let i = 0; i < 9; i++) await append(table, presenceOfRows(rows.filter((_, row) => row % 9 === i)))
  const before = plainRows(await table.rows(table.state, {}))
  expect([await mergeAll(table), await mergeAll(table)]).toEqual([9, 2])
  expect(plainRows(await table.rows(table.state, {}))).toEqual(before)
  await append(table, presenceOfRows(rows.slice(0, 40)))
  await mergeAll(table)
  const sums = rowsOfPresence(await table.rows(table.state, {})).reduce((sum, row) => sum + row.rows, 0)
  expect(sums).toBe(4 * (rows.length + 40))
  const levels = table.files(table.state, {}).map(({ month, level }) => `${month} ${level}`)
  expect(levels.toSorted()).toEqual(['2026-11 1', '2026-11 base', '2026-12 1', '2026-12 base'])
})

test('one call merges files for a while only, and the next goes on', async () => {
  const table = await open(createMemoryStore())
  const rows = manyRows(1, 70).map((row, i) => ({ ...row, day: FIRST_DAY + 31 * i }))
  await append(table, presenceOfRows(rows))
  expect([await mergeAll(table), await mergeAll(table), await mergeAll(table)]).toEqual([1, 64, 6])
  expect(rowsOfPresence(await table.rows(table.state, {}))).toEqual(rows)
})

test.each([
  { kind: PRESENCE, batch: arbitraryPresenceBatch },
  { kind: LATEST, batch: arbitraryLatestBatch },
])(
  'what replaces all rows of $kind.name reads no file, so that it gets over one that is damaged',
  async ({ kind, batch }) => {
    const [first, second] = fc.sample(batch, { numRuns: 2, seed: 4 })
    const counted = counting(createMemoryStore())
    const table = await open(counted.store, kind)
    await append(table, first)
    for (const path of table.state.files.keys()) await counted.store.delete(path)
    const from = table.state.offset(0)!
    const to = { ...from, version: from.version + 1 }
    await table.commit({ buckets: ALL_BUCKETS, from, to, replace: {}, add: second, operation: 'WRITE' })
    expect(counted.gets).toEqual([])
    expect(plainRows(await table.rows(table.state, {}))).toEqual(plainRows(kind.merge([second])))
  },
)
