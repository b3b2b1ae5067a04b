import { expect, test } from 'vitest'
import { toldMeasures } from '../told-measures.ts'
import { fault } from '@fleetlake/core/testing'
import { SCHEMA_STRING } from '../schema.ts'
import type { Action, MetaData } from './actions.ts'
import { reconcile } from './reconcile.ts'
import { applyVersions } from './state.ts'

const DAY_MS = 86_400_000
const protocol = { minReaderVersion: 1, minWriterVersion: 2 }
const metaData: MetaData = {
  id: 'a',
  format: { provider: 'parquet', options: {} },
  schemaString: SCHEMA_STRING,
  partitionColumns: ['date', 'cell'],
  configuration: {},
}
const add = (
  path: string,
  partitionValues: Record<string, string | null> = { date: '2026-11-21', cell: '69y7p' },
): Action => ({
  add: { path, partitionValues, size: 1, modificationTime: 5, dataChange: true },
})
const remove = (path: string, deletionTimestamp: number): Action => ({
  remove: { path, deletionTimestamp, dataChange: true },
})

const stateOf = (...actions: Action[]): ReturnType<typeof applyVersions> =>
  applyVersions(undefined, [{ version: 0, actions: [{ protocol }, { metaData }, ...actions] }])

test.each([
  ['other partition columns', [{ metaData: { ...metaData, partitionColumns: ['date'] } }]],
  ['another type', [{ metaData: { ...metaData, schemaString: SCHEMA_STRING.replace('decimal(9,6)', 'double') } }]],
  ['a missing column', [{ metaData: { ...metaData, schemaString: SCHEMA_STRING.replace('"speed"', '"velocity"') } }]],
  ['a file outside the table', [add('s3://bucket/x.parquet')]],
])('a table with %s is refused', (_, actions: Action[]) => {
  expect(() => stateOf(...actions)).toThrow(fault('table.unsupported'))
})

test.each([
  ['a path that leaves the table', add('../x.parquet')],
  ['a file without a date', add('x.parquet', { cell: '69y7p' })],
  ['a file with a null date', add('x.parquet', { date: null, cell: '69y7p' })],
  ['an invalid date', add('x.parquet', { date: 'monday', cell: '69y7p' })],
  ['a name that contradicts its partition', add('date=2026-11-20/cell=69y7p/20261121T100000Z-a.parquet')],
])('a log with %s is refused', (_, action) => {
  expect(() => stateOf(action)).toThrow(fault('table.invalid'))
})

test('a log without protocol and metadata is refused', () => {
  expect(() => applyVersions(undefined, [{ version: 0, actions: [add('x.parquet')] }])).toThrow(fault('table.invalid'))
})

test('another writer may add columns that can be null', () => {
  const schema = JSON.parse(SCHEMA_STRING) as { fields: unknown[] }
  schema.fields.push({ name: 'driver', type: 'string', nullable: true, metadata: {} })
  const wider = stateOf({ metaData: { ...metaData, schemaString: JSON.stringify(schema) } })
  expect(wider.version).toBe(0)
})

test('a file of another writer, without stats, may hold anything of its date', () => {
  const { files } = stateOf(add('part%20one.parquet'))
  expect(files.dates.get('2026-11-21')?.cells.get('69y7p')).toEqual([
    {
      path: 'part one.parquet',
      bytes: 1,
      date: '2026-11-21',
      cell: '69y7p',
      rows: undefined,
      from: Date.UTC(2026, 10, 21),
      to: Date.UTC(2026, 10, 22) - 1,
      bounds: { west: -180e6, south: -90e6, east: 180e6, north: 90e6 },
      measures: toldMeasures({}),
    },
  ])
})

test('the latest wins', () => {
  const state = stateOf(
    { txn: { appId: 'P1', version: 5 } },
    add('a.parquet'),
    add('b.parquet'),
    { txn: { appId: 'P1', version: 9 } },
    remove('a.parquet', 7),
    remove('b%2Eparquet', 7),
    add('b.parquet'),
  )
  expect(state.txns).toEqual(new Map([['P1', 9]]))
  expect(state.files.totals.files).toBe(1)
})

test('a checkpoint holds what is live and the tombstones of the last 7 days', () => {
  const nowMs = 100 * DAY_MS
  const actions: Action[] = [
    { commitInfo: { operation: 'WRITE' } },
    { protocol },
    { metaData },
    add('old.parquet'),
    add('recent.parquet'),
    add('again.parquet'),
    { txn: { appId: 'P1', version: 5 } },
    remove('old.parquet', nowMs - 7 * DAY_MS),
    remove('recent.parquet', nowMs - 7 * DAY_MS + 1),
    remove('again.parquet', nowMs),
    { txn: { appId: 'P1', version: 9 } },
    add('again.parquet'),
  ]
  expect(reconcile(actions, nowMs)).toEqual([
    { protocol },
    { metaData },
    { txn: { appId: 'P1', version: 9 } },
    { remove: { path: 'recent.parquet', deletionTimestamp: nowMs - 7 * DAY_MS + 1, dataChange: false } },
    { add: { ...add('again.parquet').add, dataChange: false } },
  ])
})

test.each([
  ['interval 1 day', 0],
  ['interval 2 weeks', 1],
  ['interval 1 month', 1],
])('tombstones are kept as long as the table says: %s', (property, kept) => {
  const nowMs = 100 * DAY_MS
  const configuration = { 'delta.deletedFileRetentionDuration': property }
  const actions = [{ protocol }, { metaData: { ...metaData, configuration } }, remove('a.parquet', nowMs - 8 * DAY_MS)]
  expect(reconcile(actions, nowMs).filter((action) => action.remove)).toHaveLength(kept)
})
