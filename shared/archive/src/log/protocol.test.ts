import { expect, test } from 'vitest'
import { fault } from '@fleetlake/core/testing'
import { SCHEMA_STRING } from '../schema.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openTable } from '../table.ts'
import { type Action, formatCommit, type MetaData, type Protocol } from './actions.ts'
import { checkReader, checkWriter, mayCheckpoint } from './protocol.ts'
import { NOW_MS, SETTINGS, someRows, writeRows } from '../testing/log-table.ts'
import { dropOldDates } from '../maintain/drop-old-dates.ts'

const CONFIGURATION = { 'fleetlake.geohashLength': '5', 'fleetlake.windowMs': '600000' }

const metaDataOf = (configuration: Record<string, string>, schemaString = SCHEMA_STRING): MetaData => ({
  id: 'a',
  format: { provider: 'parquet', options: {} },
  schemaString,
  partitionColumns: ['date', 'cell'],
  configuration: { ...CONFIGURATION, ...configuration },
})

/** The schema with a column more. */
const schemaWith = (column: Record<string, unknown>): string => {
  const schema = JSON.parse(SCHEMA_STRING) as { fields: unknown[] }
  return JSON.stringify({
    ...schema,
    fields: [...schema.fields, { name: 'driver', type: 'string', nullable: true, metadata: {}, ...column }],
  })
}

const versions = (minReaderVersion: number, minWriterVersion: number, features: string[] = []): Protocol => ({
  minReaderVersion,
  minWriterVersion,
  ...(minReaderVersion < 3 ? {} : { readerFeatures: features }),
  ...(minWriterVersion < 7 ? {} : { writerFeatures: features }),
})

const MAPPED = { 'delta.columnMapping.mode': 'name' }

/** What each table asks for, and what stops readers and writers: '' for nothing. */
test.each<[string, Protocol, MetaData, string, string]>([
  ['ours', versions(1, 2), metaDataOf({}), '', ''],
  ['version 1', versions(1, 1), metaDataOf({}), '', ''],
  ['a CHECK constraint', versions(1, 3), metaDataOf({ 'delta.constraints.slow': 'speed < 90' }), '', 'CHECK constraint slow'],
  ['writer version 3 without a constraint', versions(1, 3), metaDataOf({}), '', ''],
  ['change data feed', versions(1, 4), metaDataOf({ 'delta.enableChangeDataFeed': 'true' }), '', ''],
  ['a generated column', versions(1, 4), metaDataOf({}, schemaWith({ metadata: { 'delta.generationExpression': 'x' } })), '', '"driver" is generated'],
  ['writer version 6', versions(2, 6), metaDataOf({}), '', ''],
  ['an identity column', versions(1, 6), metaDataOf({}, schemaWith({ metadata: { 'delta.identity.start': 1 } })), '', '"driver" is an identity'],
  ['mapped columns', versions(2, 5), metaDataOf(MAPPED), 'columns are mapped', 'columns are mapped'],
  ['a mapping that no version asks for', versions(1, 2), metaDataOf(MAPPED), '', ''],
  ['an invariant', versions(1, 2), metaDataOf({}, schemaWith({ metadata: { 'delta.invariants': 'x' } })), '', 'has an invariant'],
  ['a column that must not be null', versions(1, 2), metaDataOf({}, schemaWith({ nullable: false })), '', '"driver" must not be null'],
  ['a column that can be null', versions(1, 2), metaDataOf({}, schemaWith({})), '', ''],
  ['features that ask for nothing', versions(3, 7, ['timestampNtz', 'v2Checkpoint', 'vacuumProtocolCheck', 'deletionVectors', 'columnMapping']), metaDataOf({}), '', ''],
  ['features of writers', versions(1, 7, ['appendOnly', 'invariants', 'checkConstraints', 'changeDataFeed', 'generatedColumns', 'identityColumns', 'allowColumnDefaults', 'domainMetadata', 'inCommitTimestamp']), metaDataOf({}), '', ''],
  ['a constraint as a feature', versions(1, 7, ['checkConstraints']), metaDataOf({ 'delta.constraints.slow': 'x' }), '', 'CHECK constraint slow'],
  ['a default', versions(1, 7, ['allowColumnDefaults']), metaDataOf({}, schemaWith({ metadata: { CURRENT_DEFAULT: '1' } })), '', 'has a default'],
  ['rows that are tracked', versions(1, 7, ['rowTracking']), metaDataOf({}), '', 'rowTracking'],
  ['rows that are not tracked any more', versions(1, 7, ['rowTracking']), metaDataOf({ 'delta.rowTrackingSuspended': 'true' }), '', ''],
  ['timestamps in commits', versions(1, 7, ['inCommitTimestamp']), metaDataOf({ 'delta.enableInCommitTimestamps': 'true' }), '', 'timestamps in commits'],
  ['clusters', versions(1, 7, ['clustering']), metaDataOf({}), '', 'clustering'],
  ['an Iceberg twin', versions(1, 7, ['icebergCompatV2']), metaDataOf({ 'delta.enableIcebergCompatV2': 'true' }), '', 'Iceberg'],
  ['a writers’ feature of tomorrow', versions(1, 7, ['teleport']), metaDataOf({}), '', 'its feature teleport is not known'],
  ['a readers’ feature of tomorrow', versions(3, 7, ['teleport']), metaDataOf({}), 'its feature teleport is not known', 'its feature teleport is not known'],
  ['a catalog', versions(3, 7, ['catalogManaged']), metaDataOf({}), 'catalogManaged', 'catalogManaged'],
  ['reader version 4', versions(4, 7), metaDataOf({}), 'reader version 4', ''],
  ['writer version 8', versions(1, 8), metaDataOf({}), '', 'writer version 8'],
  ['offsets that expire', versions(1, 2), metaDataOf({ 'delta.setTransactionRetentionDuration': 'interval 7 days' }), '', 'delta.setTransactionRetentionDuration (interval 7 days)'],
])('%s: readers are stopped only by what readers need, writers by name', (_, protocol, metaData, reader, writer) => {
  const refusal = (check: () => void): string => {
    try {
      check()
      return ''
    } catch (error) {
      expect(error).toMatchObject({ code: 'table.unsupported' })
      return (error as Error).message
    }
  }
  const [read, written] = [checkReader, checkWriter].map((check) => refusal(() => check(protocol, metaData)))
  expect([read === '', read]).toEqual([reader === '', expect.stringContaining(reader)])
  expect([written === '', written]).toEqual([writer === '', expect.stringContaining(writer)])
}) // prettier-ignore

const alter = async (store: ObjectStore, version: number, ...actions: Action[]): Promise<void> =>
  store.put(
    `_delta_log/${String(version).padStart(20, '0')}.json`,
    formatCommit([{ commitInfo: { engineInfo: 'other' } }, ...actions]),
  )

const makeTable = async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS, checkEveryMs: 0 })
  await table.commit({ parts: [{ add: await writeRows(store, someRows(5)) }], operation: 'WRITE' })
  await table.close()
  return { store, table }
}

test('a constraint of the table stops writers, with its name, and no reader', async () => {
  const { store, table } = await makeTable()
  const metaData = metaDataOf({ 'delta.constraints.slow': 'speed < 90' })
  await alter(store, 2, { protocol: versions(1, 3) }, { metaData })
  const add = await writeRows(store, someRows(7))
  await expect(table.commit({ parts: [{ add }], operation: 'WRITE' })).rejects.toThrow(
    'the table can be read, but not written to: its CHECK constraint slow',
  )
  await expect(openTable(store, { isWriter: true })).rejects.toThrow(fault('table.unsupported'))
  const { snapshot } = await openTable(store)
  expect([snapshot.version, snapshot.totals.rows]).toEqual([2, 5])
  expect((await table.refresh()).version).toBe(2)
  await alter(store, 3, { metaData: metaDataOf({}) })
  expect(await table.commit({ parts: [{ add }], operation: 'WRITE' })).toEqual({ status: 'committed', version: 4 })
})

test('of a table that is append-only nothing is removed, and its rows may be rearranged', async () => {
  const { store, table } = await makeTable()
  await alter(store, 2, { metaData: metaDataOf({ 'delta.appendOnly': 'true' }) })
  const options = { retentionMs: 86_400_000, nowMs: NOW_MS + 5 * 86_400_000 }
  await expect(dropOldDates(table, options)).rejects.toThrow(
    fault('table.unsupported', /^1 or more dates are past retention and stay/),
  )
  const remove = [...table.snapshot.files()].map(({ path }) => path)
  await expect(table.commit({ parts: [], remove, operation: 'DELETE' })).rejects.toThrow('delta.appendOnly is true')
  const add = await writeRows(store, someRows(5))
  const rearranged = await table.commit({ parts: [{ add }], remove, dataChange: false, operation: 'OPTIMIZE' })
  expect(rearranged).toEqual({ status: 'committed', version: 3 })
})

test('a table with features has checkpoints that say so, and none where ours would say too little', async () => {
  const { store, table } = await makeTable()
  const features = ['appendOnly', 'timestampNtz']
  const protocol = {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['timestampNtz'],
    writerFeatures: features,
  }
  await alter(store, 2, { protocol })
  const writer = await openTable(store, { now: () => NOW_MS, checkpointEvery: 3 })
  await writer.commit({ parts: [{ add: await writeRows(store, someRows(7)) }], operation: 'WRITE' })
  await writer.close()
  for (const version of [0, 1, 2, 3]) await store.delete(`_delta_log/${String(version).padStart(20, '0')}.json`)
  expect((await openTable(store)).snapshot.totals.rows).toBe(12)
  expect((await table.refresh()).totals.rows).toBe(12)
  expect(mayCheckpoint(protocol, metaDataOf({}))).toBe(true)
  expect(mayCheckpoint(versions(1, 7, ['domainMetadata']), metaDataOf({}))).toBe(false)
  expect(mayCheckpoint(versions(1, 3), metaDataOf({ 'delta.checkpoint.writeStatsAsStruct': 'true' }))).toBe(false)
  expect(mayCheckpoint(versions(1, 2), metaDataOf({ 'delta.checkpoint.writeStatsAsStruct': 'true' }))).toBe(true)
})

test('a deleted row that only a vector tells of stops readers while the file is there', async () => {
  const { store, table } = await makeTable()
  const [{ path, bytes, date, cell }] = table.snapshot.files()
  const file = { path, partitionValues: { date, cell }, size: bytes, modificationTime: NOW_MS, dataChange: true }
  const deletionVector = { storageType: 'u', pathOrInlineDv: 'x', sizeInBytes: 5, cardinality: 1 }
  await alter(store, 2, { protocol: versions(3, 7, ['deletionVectors']) })
  expect((await table.refresh()).totals.files).toBe(1)
  // The file with the vector takes the place of the one without, in any order.
  await alter(store, 3, { add: { ...file, deletionVector } }, { remove: { path, dataChange: true } })
  await expect(table.refresh()).rejects.toThrow(
    fault('table.unsupported', /^some rows of date=.* were deleted by a deletion vector/),
  )
  await expect(openTable(store)).rejects.toThrow('deletion vector')
  await alter(store, 4, { remove: { path, dataChange: true, deletionVector } })
  expect((await table.refresh()).totals.files).toBe(0)
})
