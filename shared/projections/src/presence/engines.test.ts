import { createFileStore } from '@fleetlake/archive'
import { DuckDBInstance } from '@duckdb/node-api'
import { askClickHouse, temporaryFolder } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALL_BUCKETS } from '../buckets.ts'
import { openProjectionTable } from '../table/projection-table.ts'
import { arbitraryPresenceBatch } from '../testing/arbitrary-rows.ts'
import { mergeProjection } from '../tidy/merge-files.ts'
import { PRESENCE } from './presence.ts'
import { rowsOfPresence } from './presence-rows.ts'

const DAY_MS = 86_400_000

/** As docs/other-engines.md has it. */
const DUCKDB_SQL = (files: string): string => `
  SELECT vehicle_id, date - DATE '1970-01-01' AS day, cell, epoch_ms(min(first)) AS first, epoch_ms(max(last)) AS last, sum(rows)::INT AS rows
  FROM read_parquet([${files}]) GROUP BY ALL`
const DUCKDB_INTERVALS = (files: string): string => `
  SELECT vehicle_id, date - DATE '1970-01-01' AS day, cell, split_part(part, ':', 1)::INT AS seconds, sum(split_part(part, ':', 2)::INT)::INT AS times
  FROM (SELECT *, unnest(string_split(coalesce(intervals, cadence || ':' || (rows - 1)), ',')) AS part FROM read_parquet([${files}]))
  WHERE part IS NOT NULL GROUP BY ALL HAVING sum(split_part(part, ':', 2)::INT) <> 0`
const CLICKHOUSE_SQL = (folder: string): string => `
  SELECT vehicle_id, toUInt32(date) AS day, cell, toUnixTimestamp64Milli(min(first)) AS first, toUnixTimestamp64Milli(max(last)) AS last, sum(rows) AS rows
  FROM deltaLakeLocal('${folder}') GROUP BY vehicle_id, date, cell`

/** Ids by their bytes: DuckDB's client passes over a byte order mark at the beginning of a text. */
const byBytes = (sql: string, but: 'EXCLUDE' | 'EXCEPT'): string =>
  `SELECT hex(vehicle_id) AS vehicle, * ${but} (vehicle_id) FROM (${sql})`
const bytesOf = (text: string): string => Buffer.from(text).toString('hex').toUpperCase()

const inOrder = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map((row) => row.map(String).join(' ')).toSorted()

test('other engines read by GROUP BY what our own merge gives, before and after files were merged', async () => {
  const folder = `${await temporaryFolder()}/presence`
  const table = (await openProjectionTable(createFileStore(folder), PRESENCE, { create: true }))!
  const batches = fc.sample(arbitraryPresenceBatch, { numRuns: 10, seed: 14 })
  for (const [i, add] of batches.entries()) {
    const offset = { version: i + 1, commit: 1, frontier: 0 }
    const from = i === 0 ? undefined : { ...offset, version: i }
    await table.commit({ buckets: ALL_BUCKETS, from, to: offset, add, operation: 'WRITE' })
  }
  const database = await DuckDBInstance.create()
  const connection = await database.connect()
  const askDuckDb = async (sql: (files: string) => string): Promise<string[]> => {
    const files = [...table.state.files.keys()].map((path) => `'${folder}/${path}'`).join()
    return inOrder((await connection.runAndReadAll(byBytes(sql(files), 'EXCLUDE'))).getRows())
  }
  const check = async (): Promise<void> => {
    const rows = rowsOfPresence(await table.rows(table.state, {}))
    const plain = rows.map(({ vehicleId, day, cell, first, last, rows: count }) => [
      bytesOf(vehicleId),
      day,
      cell,
      first,
      last,
      count,
    ])
    expect(await askDuckDb(DUCKDB_SQL)).toEqual(inOrder(plain))
    const [asked] = await askClickHouse(folder, [byBytes(CLICKHOUSE_SQL(folder), 'EXCEPT')])
    expect(inOrder(asked.map((row) => Object.values(row)))).toEqual(inOrder(plain))
    const intervals = rows.flatMap(({ vehicleId, day, cell, intervals: counted }) =>
      Array.from(counted, ([seconds, times]) => [bytesOf(vehicleId), day, cell, seconds, times]),
    )
    expect(await askDuckDb(DUCKDB_INTERVALS)).toEqual(inOrder(intervals))
  }
  await check()
  const nowMs = Date.now() + 2 * DAY_MS
  await mergeProjection(table, { nowMs: () => nowMs, signal: new AbortController().signal })
  expect(table.state.files.size).toBe(3)
  await check()
  await table.close()
})
