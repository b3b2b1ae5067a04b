import type { SearchRecord } from '@fleetlake/contracts'
import { askClickHouse, temporaryFolder } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFileStore } from '../store/file-store.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { decodeRows, encodeRows } from '../small/small-file.ts'
import { FANOUT, KEPT, type MergeFile, planMerge } from './plan-merge.ts'
import { type AuditEntry, auditOf, periodOfAudit, recordsIn } from './read-searches.ts'
import { flatSearch, SEARCH_COLUMNS, searchOfFlat } from './search-row.ts'
import { openSearchTable, type SearchTable } from './search-table.ts'
import { tidySearches } from './tidy-searches.ts'

const NOW_MS = Date.UTC(2026, 10, 30, 23, 59)
const APP = 'SEARCHES@2026-11-30T00:00:00Z#0'
const ALWAYS = { from: -Infinity, to: Infinity }

const open = async (store: ObjectStore): Promise<SearchTable> => (await openSearchTable(store, { create: true }))!
const collect = async <Value>(values: AsyncIterable<Value>): Promise<Value[]> => Array.fromAsync(values)
const recordsOf = (table: SearchTable, period = ALWAYS, pending: readonly SearchRecord[] = []) =>
  collect(recordsIn(table.files(period), pending))

const ended = (sequence: number, at: number, query = `q${sequence}`): SearchRecord => ({
  kind: 'ended',
  sequence,
  at,
  person: 'anna',
  query,
  status: 'complete',
  rows: sequence,
  elapsedMs: 7,
})
const asked = (sequence: number, at: number, query = `q${sequence}`, person = 'anna'): SearchRecord => ({
  kind: 'asked',
  sequence,
  at,
  person,
  query,
  bounds: { west: -56.2, south: -34.9, east: -56.1, north: -34.8 },
  corners: 5,
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-02T00:00:00.000Z',
  types: 0,
  ids: 0,
  endsWithinMs: 80_000,
})

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((one) => one.isWellFormed())
const count = fc.nat()
const instant = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2999-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
const degrees = fc.double({ min: -540, max: 540, noNaN: true })
const place = { sequence: count, at: fc.nat(4e12), person: text, query: text }
const record: fc.Arbitrary<SearchRecord> = fc.oneof(
  fc.record(
    {
      ...place,
      kind: fc.constant('asked' as const),
      area: text,
      bounds: fc.record({ west: degrees, south: degrees, east: degrees, north: degrees }),
      corners: count,
      from: instant,
      to: instant,
      vehicleTypes: fc.array(text),
      types: count,
      vehicleIds: fc.array(text),
      ids: count,
      select: fc.array(text),
      where: text,
      limit: count,
      endsWithinMs: count,
    },
    {
      requiredKeys: [
        ...(Object.keys(place) as (keyof typeof place)[]),
        'kind',
        'bounds',
        'corners',
        'from',
        'to',
        'types',
        'ids',
        'endsWithinMs',
      ],
    },
  ),
  fc.record({
    ...place,
    kind: fc.constant('ended' as const),
    status: fc.constantFrom('complete' as const, 'refused' as const),
    rows: count,
    elapsedMs: count,
  }),
  fc.record(
    { ...place, kind: fc.constant('exported' as const), format: text, rows: count },
    { requiredKeys: [...(Object.keys(place) as (keyof typeof place)[]), 'kind', 'format'] },
  ),
  fc.record({ ...place, query: fc.constant('' as const), kind: fc.constant('unreadable' as const), reason: text }),
)

test('a row holds all that its record says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 5 }), async (records) => {
      const bytes = encodeRows(SEARCH_COLUMNS, records.map(flatSearch), { isPacked: true })
      const rows = await decodeRows(SEARCH_COLUMNS, bytes, 'test')
      expect(rows.map((row) => searchOfFlat(row, 'test'))).toEqual(records)
    }),
  )
})

test('seven years of searches are some hundred files, of one month each, and a row is rewritten a few times', () => {
  let files: MergeFile[] = []
  let [written, rewritten] = [0, 0]
  for (let month = 0; month < 84; month++) {
    const name = new Date(Date.UTC(2020, month)).toISOString().slice(0, 7)
    for (let i = 0; i < 500; i++) {
      const rows = 1 + ((i * 7) % 100)
      files.push({ path: `${month}-${i}`, month: name, level: 0, bytes: rows * 100, rows })
      written += rows
      const merge = planMerge(files)
      if (merge === undefined) continue
      const gone = files.filter(({ path }) => merge.paths.includes(path))
      expect([gone.length <= FANOUT, new Set(gone.map((file) => file.month))]).toEqual([true, new Set([merge.month])])
      const sum = gone.reduce((total, file) => total + file.rows, 0)
      expect(gone.every((file) => file.rows < KEPT.rows && file.bytes < KEPT.bytes)).toBe(true)
      rewritten += sum
      const one = { ...merge, path: `${month}-${i}-merged`, rows: sum, bytes: sum * 100 }
      files = [...files.filter(({ path }) => !merge.paths.includes(path)), one]
    }
  }
  expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(written)
  expect(files.length).toBeLessThan(84 * 5)
  expect(rewritten / written).toBeLessThan(5)
})

test('collectors that bring in the same stream at once, in any order, add each record once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 25 }), async (s, sizes) => {
      const memory = createMemoryStore()
      await open(memory)
      const store: ObjectStore = {
        ...memory,
        putIfAbsent: s.scheduleFunction(memory.putIfAbsent),
        get: s.scheduleFunction(memory.get),
      }
      const opening = Promise.all([open(store), open(store), open(store)])
      await s.waitFor(opening)
      const last = sizes.reduce((sum, size) => sum + size, 0)
      const at = (sequence: number): number => NOW_MS + sequence * 20_000
      const bringIn = async (table: SearchTable): Promise<void> => {
        for (const size of sizes) {
          await table.refresh()
          const from = table.txns.get(APP) ?? 0
          const to = Math.min(last, from + size)
          if (from === to) return
          const records = Array.from({ length: to - from }, (_, i) => ended(from + 1 + i, at(from + 1 + i)))
          await table.append(records, { appId: APP, from, to, timestampMs: at(to) })
        }
      }
      await s.waitFor(Promise.all((await opening).map(bringIn)))
      const table = await open(memory)
      const held = table.txns.get(APP) ?? 0
      const expected = Array.from({ length: held }, (_, i) => held - i)
      expect((await recordsOf(table)).map(({ sequence }) => sequence)).toEqual(expected)
      expect(held).toBe(last)
    }),
    { numRuns: 40 },
  )
})

test('what is read is what brute force over all records gives, however they lie in files and in the stream', async () => {
  const HOUR_MS = 3_600_000
  const one = fc.record({
    kind: fc.constantFrom('asked', 'ended', 'exported'),
    hour: fc.nat(60),
    query: fc.nat(6),
    person: fc.constantFrom('anna', 'bob'),
    file: fc.nat(4),
    isPending: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 30 }), fc.nat(60), fc.nat(60), async (drawn, from, hours) => {
      const records = drawn.map(({ kind, hour, query, person }, i): SearchRecord => {
        const [sequence, at, id] = [i + 1, NOW_MS + hour * HOUR_MS, `q${query}`]
        if (kind === 'asked') return { ...asked(sequence, at, id), person }
        if (kind === 'ended') return { ...ended(sequence, at, id), person }
        return { kind: 'exported', sequence, at, query: id, person, format: 'csv', rows: 1 }
      })
      const files = [0, 1, 2, 3, 4].flatMap((file) => {
        const rows = records.filter((_, i) => drawn[i].file === file)
        const last = Math.max(...rows.map(({ at }) => at))
        return rows.length === 0 ? [] : [{ last, read: async () => rows }]
      })
      const pending = records.filter((_, i) => drawn[i].isPending)
      const all = await collect(
        recordsIn(
          files.toSorted((a, b) => b.last - a.last),
          pending,
        ),
      )
      const sorted = records.toSorted((a, b) => b.at - a.at || b.sequence - a.sequence)
      expect(all).toEqual(sorted)

      const filter = { from: NOW_MS + from * HOUR_MS, to: NOW_MS + (from + hours) * HOUR_MS, person: 'anna' }
      const entries = await collect(
        auditOf(
          recordsIn(
            files.toSorted((a, b) => b.last - a.last),
            pending,
          ),
          filter,
        ),
      )
      const isIn = ({ at, person }: SearchRecord): boolean => person === 'anna' && at >= filter.from && at < filter.to
      const key = ({ kind, sequence }: Pick<AuditEntry, 'kind' | 'sequence'> | SearchRecord): string =>
        `${kind} ${sequence}`
      expect(entries.map(key)).toEqual(sorted.filter((each) => each.kind !== 'ended' && isIn(each)).map(key))
    }),
  )
})

test('a search is told with its end and its exports, also when they are stored after the period', async () => {
  const table = await open(createMemoryStore())
  const records = [
    asked(1, NOW_MS),
    asked(2, NOW_MS + 500),
    ended(3, NOW_MS + 90_000, 'q1'),
    {
      kind: 'exported',
      sequence: 4,
      at: NOW_MS + 95_000,
      person: 'anna',
      query: 'q1',
      format: 'csv',
      rows: 1,
    } as const,
    { kind: 'unreadable', sequence: 5, at: NOW_MS + 96_000, person: 'bob', query: '', reason: 'no JSON' } as const,
  ]
  await table.append(records.slice(0, 3), { appId: APP, from: 0, to: 3, timestampMs: NOW_MS + 90_000 })
  const tell = (filter: { from: number; to: number; person?: string; query?: string }): Promise<AuditEntry[]> =>
    collect(auditOf(recordsIn(table.files(periodOfAudit(filter)), records.slice(2)), filter))
  const first = {
    ...asked(1, NOW_MS),
    ended: { status: 'complete', rows: 3, elapsedMs: 7 },
    exports: 1,
  }
  const second = { ...asked(2, NOW_MS + 500), ended: undefined, exports: 0 }
  expect(await tell({ from: NOW_MS, to: NOW_MS + 1_000 })).toEqual([second, first])
  expect(await tell(ALWAYS)).toEqual([records[4], records[3], second, first])
  expect(await tell({ ...ALWAYS, query: 'q1' })).toEqual([records[3], first])
  expect(await tell({ ...ALWAYS, person: 'bob' })).toEqual([records[4]])
})

test('another engine reads it, before and after files were merged', async () => {
  const folder = await temporaryFolder()
  const table = await open(createFileStore(`${folder}/searches`))
  const add = (from: number): Promise<unknown> =>
    table.append([asked(from + 1, NOW_MS + from)], { appId: APP, from, to: from + 1, timestampMs: NOW_MS + from })
  const sum = async (): Promise<unknown> => {
    const sql = `SELECT count() AS n, sum(sequence) AS s, min(west) AS w, any(person) AS p FROM deltaLakeLocal('${folder}/searches')`
    const [[{ n, s, w, p }]] = (await askClickHouse(folder, [sql])) as [[Record<string, unknown>]]
    return [Number(n), Number(s), w, p]
  }
  await add(0)
  expect(await sum()).toEqual([1, 1, -56.2, 'anna'])
  for (let i = 1; i < 20; i++) await add(i)
  expect(table.files(ALWAYS).length).toBeLessThan(FANOUT + 2)
  expect(await sum()).toEqual([20, 210, -56.2, 'anna'])
  await table.close()
})

test('files and versions that nobody needs go after the grace, and nothing that is named, was, or may come to be', async () => {
  const DAY_MS = 86_400_000
  const folder = await temporaryFolder()
  const store = createFileStore(folder)
  const openAt = async (nowMs: number): Promise<SearchTable> =>
    (await openSearchTable(store, { create: true, now: () => nowMs, checkpointEvery: 5 }))!
  const table = await openAt(Date.now())
  const add = (into: SearchTable, from: number): Promise<unknown> =>
    into.append([asked(from + 1, NOW_MS + from)], { appId: APP, from, to: from + 1, timestampMs: NOW_MS + from })
  for (let i = 0; i < 30; i++) await add(table, i)
  await table.close()
  const stored = async (): Promise<string[]> => (await collect(store.list('2026'))).map(({ path }) => path)
  const tidy = (days: number): Promise<number> =>
    tidySearches(table, store, {
      graceMs: DAY_MS,
      logRetentionMs: 2 * DAY_MS,
      nowMs: Date.now() + days * DAY_MS,
      signal: new AbortController().signal,
    })
  const before = await stored()
  expect([await tidy(0), await stored()]).toEqual([0, before])

  // A collector that has written its file, and sleeps before it commits.
  const { promise: asleep, resolve: wake } = Promise.withResolvers<void>()
  const { promise: fell, resolve: fall } = Promise.withResolvers<void>()
  let isFirst = true
  const sleepy: ObjectStore = {
    ...store,
    putIfAbsent: async (path, bytes) => {
      if (isFirst) {
        isFirst = false
        fall()
        await asleep
      }
      return store.putIfAbsent(path, bytes)
    },
  }
  const adding = add((await openSearchTable(sleepy))!, 30)
  await fell
  expect(await tidy(3)).toBeGreaterThan(20)
  wake()
  await adding
  await table.refresh()
  expect((await recordsOf(table)).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 31 }, (_, i) => 31 - i))
  expect((await stored()).filter((path) => !table.names(path))).toEqual([])
  const fresh = (await openSearchTable(store))!
  expect(await recordsOf(fresh)).toEqual(await recordsOf(table))
  await Promise.all([table.close(), fresh.close()])
})
