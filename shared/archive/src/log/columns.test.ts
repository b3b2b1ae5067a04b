import fc from 'fast-check'
import { type MeasureSpec, MAX_MEASURES } from '@fleetlake/columnar'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { cleanLog } from '../maintain/clean-log.ts'
import { commitPath } from '../paths.ts'
import { SCHEMA_STRING, schemaWith, columnsBesideOf } from '../schema.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { openTable, type Table } from '../table.ts'
import { NOW_MS, SETTINGS, someRows, writeRows } from '../testing/log-table.ts'
import { type Action, formatCommit, type MetaData, parseCommit } from './actions.ts'
import type { CommitResult } from './commit.ts'

const TEMPERATURE: MeasureSpec = { name: 'temperature', type: 'double', unit: '°C', description: 'of the load' }
const DOORS: MeasureSpec = { name: 'doors', type: 'int' }

const open = (store: ObjectStore, checkpointEvery = 100): Promise<Table> =>
  openTable(store, { create: SETTINGS, now: () => NOW_MS, checkpointEvery })

const add = (table: Table, ...columns: MeasureSpec[]): Promise<CommitResult> =>
  table.commit({ parts: [], columns, operation: 'ADD COLUMNS' })

const write = async (table: Table, store: ObjectStore): Promise<CommitResult> =>
  table.commit({ parts: [{ add: await writeRows(store, someRows(5)) }], operation: 'WRITE' })

const actionsAt = async (store: ObjectStore, version: number): Promise<readonly Action[]> =>
  parseCommit((await store.get(commitPath(version)))!, 'a commit', version)

const metaDataAt = async (store: ObjectStore, version: number): Promise<MetaData> =>
  (await actionsAt(store, version)).find((action) => action.metaData)!.metaData!

test('a column is added by one commit of metaData, and every reader knows it from then on', async () => {
  const store = createMemoryStore()
  const table = await open(store)
  const before = (await actionsAt(store, 0)).flatMap(({ metaData }) => metaData ?? [])
  expect(table.snapshot.measures).toEqual([])
  expect(await add(table, TEMPERATURE, DOORS)).toEqual({ status: 'committed', version: 1 })
  for (const { measures, otherColumns } of [table.snapshot, (await open(store)).snapshot]) {
    expect({ measures, otherColumns }).toEqual({ measures: [TEMPERATURE, DOORS], otherColumns: [] })
  }
  const after = (await actionsAt(store, 1)).flatMap(({ metaData }) => metaData ?? [])
  expect(after.map((metaData) => ({ ...metaData, schemaString: '' }))).toEqual(
    before.map((metaData) => ({ ...metaData, schemaString: '' })),
  )
  const { fields } = JSON.parse(after[0].schemaString) as { fields: unknown[] }
  expect(fields.slice(0, -2)).toEqual((JSON.parse(SCHEMA_STRING) as { fields: unknown[] }).fields)
  expect(fields.slice(-2)).toEqual([
    {
      name: 'temperature',
      type: 'double',
      nullable: true,
      metadata: { 'fleetlake.unit': '°C', comment: 'of the load' },
    },
    { name: 'doors', type: 'integer', nullable: true, metadata: {} },
  ])
})

test('what other programs wrote into the metaData stays as it is, also what is not known here', async () => {
  const store = createMemoryStore()
  const table = await open(store)
  const metaData = await metaDataAt(store, 0)
  const foreign =
    '{"name":"Inside","type":{"type":"struct","fields":[]},"nullable":true,"metadata":{"x":1.0,"y":12345678901234567890}}'
  const schemaString = `${SCHEMA_STRING.slice(0, -2)}, ${foreign} ]}`
  const configuration = { ...metaData.configuration, 'other.key': 'a]}' }
  const changed = { ...metaData, schemaString, configuration, description: 'ours', tomorrow: { a: [1] } }
  await store.put(commitPath(1), formatCommit([{ commitInfo: {} }, { metaData: changed }], 1))
  expect((await table.refresh()).otherColumns).toEqual(['Inside'])
  expect(await add(table, DOORS)).toEqual({ status: 'committed', version: 2 })
  expect((await actionsAt(store, 2)).flatMap((action) => action.metaData ?? [])).toEqual([
    {
      ...changed,
      schemaString: `${schemaString.slice(0, -2)},{"name":"doors","type":"integer","nullable":true,"metadata":{}}]}`,
    },
  ])
  expect(table.snapshot).toMatchObject({ measures: [DOORS], otherColumns: ['Inside'] })
})

test('a schema whose fields are not last takes a column as well', () => {
  const { fields } = JSON.parse(SCHEMA_STRING) as { fields: unknown[] }
  for (const schema of [
    { fields, type: 'struct' },
    { fields, type: 'struct', more: ['a]'] },
  ]) {
    const text = schemaWith(JSON.stringify(schema), [DOORS])
    expect(columnsBesideOf(text).measures).toEqual([DOORS])
    expect(JSON.parse(text)).toMatchObject({ ...schema, fields: [...fields, { name: 'doors' }] })
  }
})

test('fields of other engines are measures by their type and name, all others are listed', () => {
  const field = (name: string, type: unknown, metadata: object = {}): object => ({
    name,
    type,
    nullable: true,
    metadata,
  })
  const { fields, ...schema } = JSON.parse(SCHEMA_STRING) as { fields: object[] }
  const more = [
    field('fuel', 'integer', { 'fleetlake.unit': 'l', comment: 'left' }),
    field('a', 'float', { 'fleetlake.unit': 5 }),
    field('b', 'long'),
    field('c', 'string'),
    field('d', 'boolean'),
    field('Fuel2', 'double'),
    field('_x', 'double'),
    field('reason', 'string'),
    field('price', 'decimal(9,2)'),
    field('days', 'short'),
    field('parts', { type: 'array', elementType: 'string', containsNull: true }),
  ]
  expect(columnsBesideOf(JSON.stringify({ ...schema, fields: [...more, ...fields] }))).toEqual({
    measures: [
      { name: 'fuel', type: 'int', unit: 'l', description: 'left' },
      { name: 'a', type: 'float' },
      { name: 'b', type: 'long' },
      { name: 'c', type: 'string' },
      { name: 'd', type: 'boolean' },
    ],
    otherColumns: ['Fuel2', '_x', 'reason', 'price', 'days', 'parts'],
  })
  const many = Array.from({ length: MAX_MEASURES + 2 }, (_, i) => field(`m${i}`, 'double'))
  const { measures, otherColumns } = columnsBesideOf(JSON.stringify({ ...schema, fields: [...fields, ...many] }))
  expect([measures.length, otherColumns]).toEqual([MAX_MEASURES, [`m${MAX_MEASURES}`, `m${MAX_MEASURES + 1}`]])
})

test('a column that is there is no change; another type, unit or case is refused with what is there', async () => {
  const store = createMemoryStore()
  const table = await open(store)
  await add(table, TEMPERATURE, DOORS)
  expect(await add(table, DOORS, { name: 'temperature', type: 'double' })).toEqual({ status: 'committed', version: 1 })
  expect(await store.get(commitPath(2))).toBeUndefined()
  const wrong: MeasureSpec[] = [
    { name: 'doors', type: 'long' },
    { name: 'temperature', type: 'double', unit: '°F' },
    { name: 'wheels', type: 'int' },
  ]
  expect(await add(table, ...wrong)).toEqual({
    status: 'column-conflict',
    columns: [
      { name: 'doors', type: 'integer' },
      { name: 'temperature', type: 'double', unit: '°C' },
    ],
  })
  const metaData = await metaDataAt(store, 1)
  const schemaString = metaData.schemaString.replace('"doors"', '"Doors"')
  await store.put(commitPath(2), formatCommit([{ commitInfo: {} }, { metaData: { ...metaData, schemaString } }], 2))
  expect(await add(table, DOORS)).toEqual({
    status: 'column-conflict',
    columns: [{ name: 'Doors', type: 'integer' }],
  })
})

test.each<[string, readonly MeasureSpec[], RegExp]>([
  ['a name of a position', [{ name: 'speed', type: 'double' }], /"speed" is a column of every position/],
  ['an invalid name', [{ name: 'Fuel', type: 'double' }], /"Fuel" is not a name of a measure/],
  ['a partition', [{ name: 'cell', type: 'string' }], /"cell" is a reserved name/],
  ['an unknown type', [{ name: 'fuel', type: 'decimal' as 'double' }], /type decimal, which is none of/],
  ['one name twice', [DOORS, { ...DOORS, type: 'long' }], /named twice/],
  ['a long unit', [{ ...DOORS, unit: 'x'.repeat(41) }], /the unit of "doors" has more than 40/],
  ['a long description', [{ ...DOORS, description: 'x'.repeat(1_001) }], /the description of "doors" has more/],
])('a request to add %s is a fault of the caller', async (_, columns, reason) => {
  const table = await open(createMemoryStore())
  await expect(add(table, ...columns)).rejects.toThrow(fault('table.conflict', reason))
  expect(table.snapshot.version).toBe(0)
})

test('a table has a maximum number of measures', async () => {
  const table = await open(createMemoryStore())
  const many = (from: number, to: number): MeasureSpec[] =>
    Array.from({ length: to - from }, (_, i) => ({ name: `m${from + i}`, type: 'double' }))
  expect(await add(table, ...many(0, MAX_MEASURES - 1))).toMatchObject({ status: 'committed' })
  expect(await add(table, ...many(MAX_MEASURES - 1, MAX_MEASURES + 1))).toEqual({
    status: 'too-many-columns',
    most: MAX_MEASURES,
  })
  expect(await add(table, ...many(MAX_MEASURES - 2, MAX_MEASURES))).toEqual({ status: 'committed', version: 2 })
})

test('a table whose columns are mapped takes none, and says so', async () => {
  const store = createMemoryStore()
  const table = await open(store)
  const metaData = await metaDataAt(store, 0)
  const configuration = { ...metaData.configuration, 'delta.columnMapping.mode': 'name' }
  await store.put(commitPath(1), formatCommit([{ commitInfo: {} }, { metaData: { ...metaData, configuration } }], 1))
  await expect(add(table, DOORS)).rejects.toThrow(fault('table.unsupported', /mapped to other names/))
})

test('an added column survives a checkpoint, the cleaning of the log, and opening again', async () => {
  const store = createMemoryStore()
  const table = await open(store, 4)
  await add(table, TEMPERATURE, DOORS)
  for (let i = 0; i < 4; i++) await write(table, store)
  await table.close()
  const dayMs = 86_400_000
  const signal = new AbortController().signal
  expect(await cleanLog(store, { retentionMs: dayMs, nowMs: Date.now() + 40 * dayMs, signal })).toBeGreaterThan(3)
  expect(await store.get(commitPath(1))).toBeUndefined()
  const { snapshot } = await openTable(store)
  expect([snapshot.version, snapshot.measures]).toEqual([5, [TEMPERATURE, DOORS]])
})

test('of writers that add columns and files at once each succeeds, in whatever order, and nothing is lost', async () => {
  const names = ['fuel', 'doors', 'load']
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(fc.constantFrom('files', ...names), { maxLength: 3 }), { minLength: 2, maxLength: 4 }),
      async (scheduler, plans) => {
        const memory = createMemoryStore()
        await open(memory)
        const files = await Promise.all(
          plans.map((plan) =>
            Promise.all(plan.map(async (step) => (step === 'files' ? writeRows(memory, someRows(2)) : []))),
          ),
        )
        const store = {
          ...memory,
          get: scheduler.scheduleFunction(memory.get),
          putIfAbsent: scheduler.scheduleFunction(memory.putIfAbsent),
        }
        const done = Promise.all(
          plans.map(async (plan, writer) => {
            const table = await open(store)
            for (const [i, step] of plan.entries()) {
              const result =
                step === 'files'
                  ? await table.commit({ parts: [{ add: files[writer][i] }], operation: 'WRITE' })
                  : await add(table, { name: step, type: 'double' })
              expect(result.status).toBe('committed')
            }
          }),
        )
        await scheduler.waitFor(done)
        const { snapshot } = await open(memory)
        const steps = plans.flat()
        expect(snapshot.totals.files).toBe(steps.filter((step) => step === 'files').length)
        expect(snapshot.measures.map(({ name }) => name).toSorted()).toEqual(
          names.filter((name) => steps.includes(name)).toSorted(),
        )
      },
    ),
    { numRuns: 100 },
  )
})
