import { expect, test } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openTable } from '../table.ts'
import { MEASURES, NOW_MS, type Row, SETTINGS, someRows, writeRows } from '../testing/log-table.ts'
import { compact } from '../testing/maintained-table.ts'
import { differencesOf, digestRows, type RowsDigest } from './digest-rows.ts'

const { signal } = new AbortController()

const ROWS: readonly Row[] = [
  ...someRows(30).map((row, i): Row => (i % 3 === 0 ? { ...row, measures: { temperature: i, state: `s-${i}` } } : row)),
  ...someRows(30, '69y7r'),
]

/** @param parts one commit each */
const tableOf = async (...parts: readonly (readonly Row[])[]) => {
  const store: ObjectStore = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  await table.commit({ parts: [], columns: MEASURES, operation: 'ADD COLUMNS' })
  for (const rows of parts) {
    await table.commit({ parts: [{ add: await writeRows(store, rows) }], operation: 'WRITE' })
  }
  return { folder: '', store, table }
}
type TestTable = Awaited<ReturnType<typeof tableOf>>

const digestOf = ({ store, table }: TestTable): Promise<ReadonlyMap<string, RowsDigest>> =>
  digestRows(store, table.snapshot.files(), { signal })

test('equal rows are equal whatever their order, commits and files', async () => {
  const one = await tableOf(ROWS)
  const other = await tableOf(ROWS.slice(40), ROWS.slice(0, 15).toReversed(), ROWS.slice(15, 40))
  const expected = await digestOf(one)
  expect([...expected].map(([key, { rows }]) => `${key} ${rows}`).toSorted()).toEqual([
    '2026-11-21 69y7p 30',
    '2026-11-21 69y7r 30',
  ])
  expect(differencesOf(expected, await digestOf(other))).toEqual([])
  await compact(other, { now: () => NOW_MS + 864e5 })
  expect(differencesOf(expected, await digestOf(other))).toEqual([])
})

test('a row that is missing, that is there twice, or of which any value is another, is told with its date and cell', async () => {
  const expected = await digestOf(await tableOf(ROWS))
  const [first, ...others] = ROWS
  const changed: readonly (readonly Row[])[] = [
    others,
    [first, ...ROWS],
    ...(
      [
        { vehicleId: 'other' },
        { vehicleType: 'other' },
        { time: first.time + 1 },
        { x: first.x + 1 },
        { y: first.y + 1 },
        { speed: 99 },
        { heading: 99 },
        { measures: { temperature: 1, state: 's-0' } },
        { measures: { temperature: 0 } },
      ] satisfies Partial<Row>[]
    ).map((some) => [{ ...first, ...some }, ...others]),
  ]
  for (const rows of changed)
    expect(differencesOf(expected, await digestOf(await tableOf(rows)))).toEqual(['2026-11-21 69y7p'])
  const fewer = await digestOf(await tableOf(ROWS.slice(0, 30)))
  expect(differencesOf(expected, fewer)).toEqual(['2026-11-21 69y7r'])
})
