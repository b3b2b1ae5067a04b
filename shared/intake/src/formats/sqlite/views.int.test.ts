import { fault } from '@fleetlake/core/testing'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { inputOf, readAll, type Row } from '../../testing/read-all.ts'
import { START } from '../block.ts'
import type { ReadOptions } from '../format.ts'
import { readInProcess } from './read-in-process.ts'
import { SQLITE } from './read-sqlite.ts'
import { databaseOf } from './testing/database-of.ts'

/** What a schema has SQLite compute is read in processes of their own. */
const read = (bytes: Uint8Array, options: Partial<ReadOptions>): ReturnType<typeof readAll> =>
  readAll(SQLITE, inputOf(bytes, { name: 'a.db' }), options)
const rowsOf = async (sql: string, table: string): Promise<readonly Row[]> =>
  (await read(databaseOf(sql), { table })).rows

test('views and computed columns are read where they are asked for', async () => {
  const sql = `CREATE TABLE positions (device, lat); INSERT INTO positions VALUES ('007', 50.5), ('b', 50.75), ('c', 51);
    CREATE VIEW v AS SELECT device, lat, lat AS lat FROM positions ORDER BY lat DESC;
    CREATE TABLE g (a INT, b INT AS (a + 1)); INSERT INTO g VALUES (1);
    CREATE VIRTUAL TABLE f USING fts5 (x);`
  expect(await rowsOf(sql, 'v')).toEqual([
    { device: 'c', lat: 51, 'lat:1': 51 },
    { device: 'b', lat: 50.75, 'lat:1': 50.75 },
    { device: '007', lat: 50.5, 'lat:1': 50.5 },
  ])
  expect(await rowsOf(sql, 'g')).toEqual([{ a: 1, b: 2 }])
  await expect(rowsOf(sql, 'f')).rejects.toThrow(/^a\.db: it has no table "f"; there are "positions", "v", "g"/)
  const bytes = databaseOf(sql)
  const whole = await read(bytes, { table: 'v', blockBytes: 1 })
  expect((await read(bytes, { table: 'v', blockBytes: 1, from: whole.cursors[1] })).rows).toEqual(whole.rows.slice(1))
})

/** A row, and then none for ever. */
const ENDLESS = `CREATE VIEW v AS
  SELECT 1 AS x UNION ALL SELECT * FROM (WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x < 0)`
const hasProcess = (): boolean => process.getActiveResourcesInfo().includes('ProcessWrap')

test('a view that gives no more rows ends with the signal or its time, and so does its process', async () => {
  const abort = new AbortController()
  const input = inputOf(databaseOf(ENDLESS), { name: 'a.db' })
  const options = { from: START, table: 'v', blockBytes: 1, signal: abort.signal }
  const reading = SQLITE.read(input, options)[Symbol.asyncIterator]()
  expect((await reading.next()).value).toMatchObject({ rows: 1 })
  expect(hasProcess()).toBe(true)
  const next = reading.next()
  abort.abort(new Error('stopped'))
  await expect(next).rejects.toThrow('stopped')
  await eventually(() => !hasProcess())

  const { signal } = new AbortController()
  const request = { path: await input.file(signal), file: 'a.db', table: 'v', skip: 1, bytes: 1 }
  await expect(readInProcess(request, { signal, limitMs: 500 }).next()).rejects.toThrow(
    fault('import.invalid', 'a.db: SQLite found no row within 1 s: export the view into a table'),
  )
  await eventually(() => !hasProcess())
})

test('a view that makes what does not fit, or asks for what is not allowed, is refused', async () => {
  const sql = "CREATE VIEW v AS SELECT hex(zeroblob(500000000)) AS x; CREATE VIEW w AS SELECT load_extension('x') AS y"
  await expect(rowsOf(sql, 'v')).rejects.toThrow(/a\.db: SQLite can't read it: string or blob too big/)
  await expect(rowsOf(sql, 'w')).rejects.toThrow(
    /a\.db: SQLite can't read it: (?:unsafe use|no such function|not authorized)/,
  )
})
