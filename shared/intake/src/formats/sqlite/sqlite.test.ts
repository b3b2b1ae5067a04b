import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '@fleetlake/core/testing'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll, type Row } from '../../testing/read-all.ts'
import { START } from '../block.ts'
import type { Input, ReadOptions } from '../format.ts'
import { SQLITE } from './read-sqlite.ts'
import { databaseOf } from './testing/database-of.ts'

const read = (bytes: Uint8Array, options: Partial<ReadOptions> = {}): ReturnType<typeof readAll> =>
  readAll(SQLITE, inputOf(bytes, { name: 'a.db' }), options)
const rowsOf = async (sql: string, table?: string): Promise<readonly Row[]> =>
  (await read(databaseOf(sql), { table })).rows

const POSITIONS = `CREATE TABLE positions (device TEXT, at INTEGER, lat REAL, lon REAL, time TEXT, photo BLOB, note);
  INSERT INTO positions VALUES ('007', 9007199254740993, 50.5, 8.25, '2026-01-05 08:00:00', x'00ff', 'é'),
    ('b', -5, 50.75, NULL, NULL, NULL, 1.5), ('c', NULL, 51, 1e300, '', NULL, 3);`

conformsToFormat(SQLITE, [
  {
    title: 'a table with all that SQLite keeps',
    bytes: databaseOf(
      `CREATE TABLE devices (id TEXT, name TEXT); INSERT INTO devices VALUES ('007', 'van'); ${POSITIONS}`,
    ),
    rows: [
      { device: '007', at: 9007199254740993n, lat: 50.5, lon: 8.25, time: '2026-01-05 08:00:00', note: 'é' },
      { device: 'b', at: -5, lat: 50.75, note: 1.5 },
      { device: 'c', lat: 51, lon: 1e300, time: '', note: 3 },
    ],
  },
  {
    title: 'a table without row ids, with a name that needs quotes, in the order of its key',
    bytes: databaseOf(
      'CREATE TABLE "a ""b""" (rowid TEXT, n INT, PRIMARY KEY (n DESC)) WITHOUT ROWID; INSERT INTO "a ""b""" VALUES (\'x\', 1), (\'y\', 3), (\'z\', 2)',
    ),
    rows: [1, 2, 3].map((n) => ({ rowid: ' xzy'[n], n })),
  },
])

test('rows come in the order of their ids, though an index has all columns, and a column is called rowid', async () => {
  const sql = `CREATE TABLE t (rowid TEXT, n INT); CREATE INDEX i ON t (n, rowid); INSERT INTO t VALUES ('a', 3), ('b', 1), ('c', 2);`
  expect(await rowsOf(sql)).toEqual([
    { rowid: 'a', n: 3 },
    { rowid: 'b', n: 1 },
    { rowid: 'c', n: 2 },
  ])
})

test('a table is asked for, or the only one with columns of positions', async () => {
  const two = `${POSITIONS} CREATE TABLE "old" (lat, lon, ts); INSERT INTO "old" VALUES (1, 2, 3);`
  await expect(rowsOf(two)).rejects.toThrow(
    fault(
      'import.invalid',
      'a.db: more than one of its tables has positions; say which one with --table: "positions", "old"',
    ),
  )
  expect(await rowsOf(two, 'OLD')).toEqual([{ lat: 1, lon: 2, ts: 3 }])
  await expect(rowsOf(two, 'x')).rejects.toThrow('a.db: it has no table "x"; there are "positions", "old"')
  await expect(rowsOf('CREATE TABLE a (b); CREATE TABLE c (d)')).rejects.toThrow(/say which one with --table: "a", "c"/)
  await expect(rowsOf('')).rejects.toThrow(/a\.db/)
  expect(await rowsOf('CREATE TABLE a (b); INSERT INTO a VALUES (1)')).toEqual([{ b: 1 }])
})

/** As sources give a file: where it lies. */
const inFolder = async (
  files: Readonly<Record<string, Uint8Array>>,
): Promise<{ input: Input; list: () => string[] }> => {
  const folder = await temporaryFolder()
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
  const input = inputOf(files['a.db'], { name: 'a.db' })
  return { input: { ...input, file: () => Promise.resolve(join(folder, 'a.db')) }, list: () => readdirSync(folder) }
}

test('a database with a log for writing is read and nothing is made beside it; one whose log is not empty is refused', async () => {
  const bytes = databaseOf(`PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)`)
  expect(bytes[18]).toBe(2)
  const { input, list } = await inFolder({ 'a.db': bytes })
  expect((await readAll(SQLITE, input)).rows).toEqual([{ b: 1 }])
  expect(list()).toEqual(['a.db'])
  const unfinished = await inFolder({ 'a.db': bytes, 'a.db-wal': new Uint8Array(100) })
  await expect(readAll(SQLITE, unfinished.input)).rejects.toThrow(/a\.db: its last changes lie in a\.db-wal/)
})

test('rows before a damaged page are given', async () => {
  const rows = Array.from({ length: 500 }, (_, i) => `(${i}, '${'x'.repeat(40)}')`)
  const bytes = databaseOf(`CREATE TABLE a (b INT, c TEXT); INSERT INTO a VALUES ${rows.join()}`)
  bytes.fill(0xff, bytes.length - 512)
  const seen: Row[] = []
  const reading = (async () => {
    for await (const block of SQLITE.read(inputOf(bytes), {
      from: START,
      blockBytes: 100,
      signal: new AbortController().signal,
    }))
      seen.push(...Array.from({ length: block.rows }, (_, row) => ({ row })))
  })()
  await expect(reading).rejects.toThrow(/SQLite can't read it: database disk image is malformed: recover it/)
  expect(seen.length).toBeGreaterThan(400)
})
