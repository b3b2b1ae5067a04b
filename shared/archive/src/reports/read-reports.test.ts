import { measureValue, type Rows, textAt } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import { openTable } from '../table.ts'
import { NOW_MS, type Row, SETTINGS, someRows, writeRows } from '../testing/log-table.ts'
import { readReports } from './read-reports.ts'

const [first, second] = someRows(2)

const told = (rows: Rows): unknown[] =>
  Array.from({ length: rows.length }, (_, i) => ({
    vehicle: textAt(rows.vehicleIds, rows.vehicle[i]),
    time: rows.eventTime[i],
    x: rows.longitude[i],
    measures: Object.fromEntries(rows.measures.map((column) => [column.spec.name, measureValue(column, i)])),
  }))

const reportsOf = async (...files: readonly (readonly Row[])[]): Promise<unknown[]> => {
  const store = createMemoryStore()
  const columns = [
    { name: 'temperature', type: 'double' as const },
    { name: 'revision', type: 'long' as const },
  ]
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  await table.commit({ parts: [], columns, operation: 'ADD COLUMNS' })
  for (const rows of files) await table.commit({ parts: [{ add: await writeRows(store, rows) }], operation: 'WRITE' })
  const { measures } = table.snapshot
  const isWanted = (rows: Rows, i: number): boolean => textAt(rows.vehicleIds, rows.vehicle[i]) === first.vehicleId
  return told(
    await readReports(store, [...table.snapshot.files()], {
      measures,
      choose: (rows) => Uint32Array.from({ length: rows.length }, (_, i) => i).filter((i) => isWanted(rows, i)),
    }),
  )
}
const report = ({ vehicleId: vehicle, time, x }: Row, measures: object): unknown => ({ vehicle, time, x, measures })

test('a report that is in several files is one, by time; others of the vehicle are their own', async () => {
  const warm = { ...first, measures: { temperature: 20 } }
  expect(await reportsOf([second], [first, { ...first, vehicleId: 'other' }], [{ ...first, speed: 7 }, warm])).toEqual([
    report(first, { temperature: null }),
    report(warm, { temperature: 20 }),
    report(second, { temperature: null }),
  ])
})

test('of rows that differ in the revision alone the smallest is the report', async () => {
  const revised = (revision: number, row: Row = first): Row => ({ ...row, measures: { revision } })
  expect(await reportsOf([revised(5)], [revised(3), revised(9)])).toEqual([report(first, { revision: 3 })])
})

test('of no files there are none', async () => {
  expect(await reportsOf()).toEqual([])
})
