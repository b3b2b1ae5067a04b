import { dirname } from 'node:path'
import { dateOf } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import type { AddFile } from '../log/actions.ts'
import { NOW_MS, someRows } from '../testing/log-table.ts'
import { CELL, FORMS } from '@fleetlake/columnar/testing'
import { append, compact, DAY_MS, keyOf, keysOf, openTestTable, type TestTable } from '../testing/maintained-table.ts'

/** All dates have ended long ago. */
const NOW = NOW_MS + 30 * DAY_MS
const small = FORMS[0]

/** Adds a file as another engine would. */
const addFile = async (
  { store, table }: TestTable,
  bytes: Uint8Array,
  { date, cell = CELL, stats, name = 'part-0' }: { date: string; cell?: string; stats?: string; name?: string },
): Promise<AddFile> => {
  const path = `date=${date}/cell=${cell}/${name}.parquet`
  await store.putIfAbsent(path, bytes)
  const add = {
    path,
    partitionValues: { date, cell },
    size: bytes.length,
    modificationTime: NOW_MS,
    stats: stats ?? '',
  }
  expect(await table.commit({ parts: [{ add: [add] }], operation: 'WRITE' })).toMatchObject({ status: 'committed' })
  return add
}

const run = (table: TestTable) => compact(table, { now: () => NOW })

const keysOfForm = (rows: (typeof small)['rows']): string[] =>
  rows.map(([vehicleId, , time, x, y]) => keyOf({ vehicleId, time, x, y })).toSorted()

test.each(FORMS)('$name: each row keeps its instant and place through a compaction', async ({ write, rows }) => {
  const table = await openTestTable()
  const date = dateOf(rows[0][2])
  await addFile(table, await write(), { date })
  expect(await run(table)).toMatchObject({ skipped: [], commits: 1, rows: rows.length, duplicates: 0, isDone: true })
  const files = [...table.table.snapshot.files()]
  expect(files.map((file) => [file.date, file.cell])).toEqual([[date, CELL]])
  expect(files[0]).toMatchObject({
    rows: rows.length,
    from: Math.min(...rows.map(([, , ms]) => ms)),
    to: Math.max(...rows.map(([, , ms]) => ms)),
  })
  expect(await keysOf(table)).toEqual(keysOfForm(rows))
})

const DATE = dateOf(small.rows[0][2])
const good = (): Promise<Uint8Array> => small.write()
const statsOf = (values: { numRecords?: number; min?: object; max?: object }): string =>
  JSON.stringify({
    numRecords: values.numRecords ?? small.rows.length,
    minValues: { event_time: '2026-11-28T04:00:00.000Z', longitude: -56.1743, latitude: -34.9042, ...values.min },
    maxValues: { event_time: '2026-11-28T06:00:00.000Z', longitude: -56.16, latitude: -34.89, ...values.max },
  })

/** With bytes that are not UTF-8 in place of the first vehicle's id. */
const withBadText = async (): Promise<Uint8Array> => {
  const bytes = await FORMS.find(({ name }) => name === 'DuckDB, uncompressed, V1')!.write()
  const text = Buffer.from('v-1-ü')
  for (let at = Buffer.from(bytes).indexOf(text); at >= 0; at = Buffer.from(bytes).indexOf(text, at + 1))
    bytes[at] = 255
  return bytes
}

test.each([
  [
    'of another date',
    { date: '2026-11-27' },
    good,
    'hold 3000 rows, of which 0 lie in the period that the log has of them',
  ],
  [
    'of another date, without statistics',
    { date: DATE },
    FORMS.at(-1)!.write,
    'it has rows of 2026-11-29, the log says 2026-11-28',
  ],
  ['of another cell', { date: DATE, cell: '6cb11' }, good, 'it has rows of the cell 6cb13, the log says 6cb11'],
  ['of more rows', { date: DATE, stats: statsOf({ numRecords: 7 }) }, good, 'it has 3000 rows, the log says 7'],
  [
    'earlier than the log tells',
    { date: DATE, stats: statsOf({ min: { event_time: '2026-11-28T04:30:00.000Z' } }) },
    good,
    'outside the minimum and maximum values',
  ],
  [
    'further east than the log tells',
    { date: DATE, stats: statsOf({ max: { longitude: -56.1742 } }) },
    good,
    'outside the minimum and maximum values',
  ],
  ['that are no Parquet', { date: DATE }, async () => new Uint8Array(100).fill(80), 'it is not a Parquet file'],
  ['cut off', { date: DATE }, async () => (await good()).slice(0, -100), 'it is not a Parquet file'],
  [
    'whose pages are damaged',
    { date: DATE },
    async () => (await good()).map((byte, i) => (i > 100 && i < 400 ? byte ^ 85 : byte)),
    "can't be read",
  ],
  ['whose ids are not texts', { date: DATE }, withBadText, 'not valid for encoding'],
])('a file %s costs its own date and cell only, and is named', async (_, place, write, reason) => {
  const table = await openTestTable()
  await append(table, someRows(50))
  const { path } = await addFile(table, await write(), { name: 'bad', ...place })
  const report = await run(table)
  expect(report).toMatchObject({ commits: 1, filesBefore: 1, isDone: true })
  expect(report.skipped).toHaveLength(1)
  expect(report.skipped[0]).toMatchObject({ date: place.date, cell: 'cell' in place ? place.cell : CELL })
  expect(report.skipped[0].reason).toContain(path)
  expect(report.skipped[0].reason).toContain(reason)
  expect(table.table.snapshot.find(path)).toBeDefined()
})

test('a cell that the store does not give is passed over; a store that gives none ends the run', async () => {
  const table = await openTestTable()
  const cells = ['69y7p', '69y7m', '69y7r', '69y7n']
  await append(
    table,
    cells.flatMap((cell) => someRows(20, cell)),
  )
  const failing = (isGone: (path: string) => boolean): TestTable => ({
    ...table,
    store: {
      ...table.store,
      get: (path, range) => (isGone(path) ? table.store.get(dirname(path), range) : table.store.get(path, range)),
    },
  })
  await expect(run(failing((path) => path.startsWith('date=')))).rejects.toThrow(fault('store.failed'))
  const report = await run(failing((path) => path.includes('69y7m')))
  expect(report).toMatchObject({ filesBefore: 3 })
  expect(report.skipped).toMatchObject([{ cell: '69y7m' }])
})
