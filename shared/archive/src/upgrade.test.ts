import { createHash } from 'node:crypto'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type MeasureSpec, measureValue } from '@fleetlake/columnar'
import { temporaryFolder } from '@fleetlake/testing'
import pl from 'nodejs-polars'
import { expect, test } from 'vitest'
import { readRows } from './maintain/read-rows.ts'
import { createFileStore } from './store/file-store.ts'
import { openTable } from './table.ts'
import { type Row, someRows, writeRows } from './testing/log-table.ts'
import { compact, DAY_MS, keysOf, type TestTable } from './testing/maintained-table.ts'

/**
 * A table that version 0.1.0 wrote, before there were measures: four commits of one file of 20 rows each, a checkpoint after the third. Made by the code of
 * commit d70bf9a; never to be made again.
 */
const OLD_TABLE = join(import.meta.dirname, 'testing/cases/table-0.1.0')
const OLD_NOW_MS = Date.UTC(2026, 10, 21, 12)
/** Of vehicle, time and place of its rows, sorted, one a line. */
const OLD_ROWS = '90e86a48698059e9f7d46204a7d07976ebea497e8d9ffb7f6fa9c7e0a89e541f'

const COLUMNS: readonly MeasureSpec[] = [
  { name: 'temperature', type: 'double', unit: '°C' },
  { name: 'state', type: 'string' },
]

const openOldTable = async (): Promise<TestTable> => {
  const folder = join(await temporaryFolder(), 'moves')
  await cp(OLD_TABLE, folder, { recursive: true })
  const store = createFileStore(folder)
  return { folder, store, table: await openTable(store, { now: () => OLD_NOW_MS, checkpointEvery: 3, isWriter: true }) }
}

const digestOf = (keys: readonly string[]): string => createHash('sha256').update(keys.join('\n')).digest('hex')

/** Rows with both values, rows with one, and, in a cell of their own, rows without any. */
const newRows: Row[] = [
  ...someRows(20, '69y7p', OLD_NOW_MS - 3_600_000).map((row, i): Row => ({
    ...row,
    measures: i % 2 === 0 ? { temperature: i, state: `s-${i}` } : { temperature: -i },
  })),
  ...someRows(10, '69y7r', OLD_NOW_MS - 3_600_000),
]

interface Counts {
  readonly rows: number
  readonly temperatures: number
  readonly states: number
  readonly degrees: number
}
const EXPECTED: Counts = { rows: 110, temperatures: 20, states: 10, degrees: -10 }

const countsOfOurs = async ({ store, table }: TestTable): Promise<Counts> => {
  let [rows, temperatures, states, degrees] = [0, 0, 0, 0]
  const period = { from: -Infinity, to: Infinity }
  for (const chunk of table.snapshot.files()) {
    for await (const part of readRows(store, chunk, { period, measures: table.snapshot.measures })) {
      rows += part.length
      for (const column of part.measures) {
        for (let row = 0; row < part.length; row++) {
          const value = measureValue(column, row)
          if (value === null) continue
          if (typeof value === 'number') {
            temperatures++
            degrees += value
          } else states++
        }
      }
    }
  }
  return { rows, temperatures, states, degrees }
}

const pathsOf = ({ store, table }: TestTable): string[] =>
  Array.from(table.snapshot.files(), ({ path }) => store.url(path))

const countsOfDuckDb = async (world: TestTable): Promise<Counts> => {
  const connection = await (await DuckDBInstance.create()).connect()
  const files = pathsOf(world).map((path) => `'${path}'`)
  const found = await connection.runAndReadAll(
    `SELECT count(*)::INT AS rows, count(temperature)::INT AS temperatures, count(state)::INT AS states, sum(temperature) AS degrees
     FROM read_parquet([${files.join()}], union_by_name = true, hive_partitioning = false)`,
  )
  return found.getRowObjects()[0] as unknown as Counts
}

const countsOfPolars = (world: TestTable): Counts => {
  const frame = pl.concat(
    pathsOf(world).map((path) => pl.readParquet(path)),
    { how: 'diagonal' },
  )
  const known = (name: string): number => frame.height - frame.getColumn(name).nullCount()
  const degrees = frame.getColumn('temperature').sum() as number
  return { rows: frame.height, temperatures: known('temperature'), states: known('state'), degrees }
}

const expectAll = async (world: TestTable): Promise<void> => {
  expect(await countsOfOurs(world)).toEqual(EXPECTED)
  expect(await countsOfDuckDb(world)).toEqual(EXPECTED)
  expect(countsOfPolars(world)).toEqual(EXPECTED)
}

test('a table of version 0.1.0 opens with every row, and takes columns: old rows are null for every reader', async () => {
  const world = await openOldTable()
  const { store, table } = world
  expect(table.snapshot).toMatchObject({ version: 4, measures: [], otherColumns: [], totals: { files: 4, rows: 80 } })
  expect(digestOf(await keysOf(world))).toBe(OLD_ROWS)
  expect(await table.commit({ parts: [], columns: COLUMNS, operation: 'ADD COLUMNS' })).toEqual({
    status: 'committed',
    version: 5,
  })
  const add = await writeRows(store, newRows, OLD_NOW_MS)
  expect(await table.commit({ parts: [{ add }], operation: 'WRITE' })).toEqual({ status: 'committed', version: 6 })
  await expectAll(world)
  const before = await keysOf(world)
  expect(await compact(world, { now: () => OLD_NOW_MS + 30 * DAY_MS })).toMatchObject({ skipped: [], isDone: true })
  await expectAll(world)
  expect(await keysOf(world)).toEqual(before)
  await table.close()
  const again = await openTable(store)
  expect(again.snapshot).toMatchObject({ version: 7, measures: COLUMNS, totals: { rows: 110 } })
  expect(again.snapshot.txn('MOVES_0@2026-11-20T00:00:00Z#0')).toBe(80)
})
