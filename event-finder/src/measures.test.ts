import { readFile, writeFile } from 'node:fs/promises'
import { CHUNK_FORMATS, encodePositions, type PositionRow, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import { parseFooter } from '@fleetlake/columnar/parquet'
import { filters, selectsRow, writtenFilter } from '@fleetlake/columnar/testing'
import { CONTENT_TYPES, configSchema, subjects } from '@fleetlake/contracts'
import { type Hub, provision, storeMessage, type VehicleQueryInput } from '@fleetlake/hub'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startMemoryBroker, startMemoryFixture } from '../../shared/hub/src/testing/memory-hub.ts'
import { startFinder } from './start-finder.ts'
import { START_MS } from './testing/archive.ts'
import { ALL as EVERYWHERE, askAll, iso, MINUTE, startTestFinder, type TestAnswer } from './testing/finder.ts'
import {
  createMeasuredArchive,
  filterRowOf,
  type MeasuredArchive,
  MEASURES,
  rowAt,
  SOURCES,
} from './testing/measured-archive.ts'

const ALL: VehicleQueryInput = { ...EVERYWHERE, to: iso(START_MS + 30 * 24 * 60 * MINUTE) }
const NAMES = MEASURES.map(({ name }) => name)

const broker = startMemoryBroker()
const connect = (service: string): Promise<Hub> => broker.connect({ service })
let hub: Hub
let archive: MeasuredArchive
/** All that is archived. */
const rows: PositionRow[] = []

const some = (from: number, count: number, minute: number, names: readonly string[]): PositionRow[] =>
  Array.from({ length: count }, (_, i) => rowAt(from + i, minute, names))

beforeAll(async () => {
  hub = await connect('test')
  archive = await createMeasuredArchive()
  const chunks = [
    // As they were before the table had any measure.
    { rows: some(0, 400, 0, []), specs: [] },
    { rows: some(400, 400, 10, ['temperature', 'driver_id']), specs: [MEASURES[0], MEASURES[4]] },
    { rows: some(1_000, 30_000, 20, NAMES), specs: MEASURES },
    ...CHUNK_FORMATS.map((format, i) => ({
      rows: some(40_000 + i * 200, 200, 70 + i, NAMES),
      specs: MEASURES,
      format,
    })),
    // A file of narrower types than the table's.
    {
      rows: some(50_000, 200, 120, ['odometer', 'temperature']).map((row, i) => ({
        ...row,
        measures: { odometer: i, temperature: 0.25 },
      })),
      specs: [
        { name: 'odometer', type: 'int' as const },
        { name: 'temperature', type: 'float' as const },
      ],
    },
  ]
  await archive.add(chunks)
  rows.push(...chunks.flatMap((chunk) => chunk.rows))
})
afterAll(async () => {
  await archive.table.close()
  await hub.close()
})

const withFinder = async (
  use: () => Promise<void>,
  options: { path?: string; batchRows?: number } = {},
): Promise<void> => {
  const finder = await startTestFinder({ connect, path: archive.path, batchRows: 1_000, ...options })
  await hub.flush()
  try {
    await use()
  } finally {
    await finder.stop()
  }
}

const ask = (query: Partial<VehicleQueryInput> = {}): Promise<TestAnswer> => askAll(hub, { ...ALL, ...query })

const keyOf = ({ vehicleId, eventTime, measures = {} }: PositionRow, select: readonly string[]): string =>
  JSON.stringify([vehicleId, eventTime, ...select.map((name) => measures[name] ?? null)])

const found = ({ batches }: TestAnswer): PositionRow[] => batches.flatMap((batch) => rowsOfPositions(batch.rows))
/** One text, which is compared quickly. */
const keysOf = (all: readonly PositionRow[], select: readonly string[]): string =>
  all
    .map((row) => keyOf(row, select))
    .toSorted()
    .join('\n')

const isFilled = { status: 'complete', reason: undefined }

test('an answer carries the measures that were selected, in that order, and all of them in each batch', () =>
  withFinder(async () => {
    const names = ['driver_id', 'temperature', 'ignition']
    const answer = await ask({ select: names })
    expect(answer.outcome).toMatchObject(isFilled)
    for (const { rows: batch } of answer.batches) {
      expect(batch.measures.map(({ spec }) => spec.unit)).toEqual([undefined, '°C', undefined])
      expect(batch.measures.map(({ spec }) => `${spec.name} ${spec.type}`)).toEqual([
        'driver_id string',
        'temperature double',
        'ignition boolean',
      ])
    }
    expect(keysOf(found(answer), names)).toEqual(keysOf(rows, names))
    const all = await ask({ select: ['*'] })
    expect(keysOf(found(all), NAMES)).toEqual(keysOf(rows, NAMES))
    const none = await ask()
    expect([none.outcome.rows, none.batches.flatMap((batch) => batch.rows.measures)]).toEqual([rows.length, []])
  }))

test('a well-known measure that the table does not have is null everywhere, and a name twice is one', () =>
  withFinder(async () => {
    const answer = await ask({ select: ['fuel', 'level', 'fuel'], where: 'fuel is null and level = 2' })
    expect(answer.batches[0].rows.measures.map(({ spec }) => spec.name)).toEqual(['fuel', 'level'])
    expect(keysOf(found(answer), ['fuel', 'level'])).toEqual(
      keysOf(
        rows.filter(({ measures }) => measures?.['level'] === 2),
        ['fuel', 'level'],
      ),
    )
    expect((await ask({ where: 'fuel > 3 or not fuel > 3' })).outcome).toMatchObject({ ...isFilled, rows: 0 })
  }))

test('filters find what a look at every row finds, in files with and without the measures', () =>
  withFinder(async () => {
    for (const filter of fc.sample(filters(SOURCES), { numRuns: 30, seed: 3 })) {
      const where = writtenFilter(filter)
      const answer = await ask({ where, select: ['temperature', 'driver_id'] })
      const expected = rows.filter((row) => selectsRow(filter, filterRowOf(row), MEASURES))
      expect([where, answer.outcome.status, answer.outcome.rows]).toEqual([where, 'complete', expected.length])
      const select = ['temperature', 'driver_id']
      expect(keysOf(found(answer), select)).toEqual(keysOf(expected, select))
    }
  }))

test('a limit counts what the filter leaves, and order is that of the rows', () =>
  withFinder(async () => {
    const query: Partial<VehicleQueryInput> = { where: 'temperature > 8', mode: 'serialised' }
    const all = found(await ask(query))
    expect(all.length).toBe(rows.filter(({ measures }) => Number(measures?.['temperature'] ?? -1) > 8).length)
    for (const limit of [1, 999, 1_000, 1_001, all.length]) {
      const answer = await ask({ ...query, limit })
      expect(answer.outcome).toMatchObject({ status: limit < all.length ? 'limit-reached' : 'complete', rows: limit })
      expect(found(answer)).toEqual(all.slice(0, limit))
    }
  }))

test('files that can hold no match are not opened, whatever their format', () =>
  withFinder(async () => {
    const { outcome } = await ask({ where: 'temperature > 100' })
    expect(outcome).toMatchObject({ ...isFilled, rows: 0 })
    expect(outcome.stats).toMatchObject({ files: { pruned: outcome.stats!.files.total, read: 0 }, rows: { read: 0 } })
    const others = 200 * (CHUNK_FORMATS.length - 1)
    const narrow = await ask({ where: 'temperature = 0.25' })
    expect([narrow.outcome.rows, narrow.outcome.stats!.rows.read]).toEqual([200, others + 200 + 200 + 400 + 30_000])
  }))

test('row groups that can hold no match are not read, where the log tells nothing of their file', async () => {
  const untold = await createMeasuredArchive()
  const warm = some(0, 500, 0, ['temperature']).map((row) => ({ ...row, measures: { temperature: 20 } }))
  const bare = some(500, 500, 0, [])
  await untold.add(
    [
      { rows: warm, specs: [MEASURES[0]] },
      { rows: bare, specs: [] },
    ],
    { hasStats: false },
  )
  await withFinder(
    async () => {
      const read = async (where: string): Promise<number> => (await ask({ where })).outcome.stats!.rows.read
      expect(await read('temperature > 20')).toBe(0)
      expect(await read('temperature >= 20')).toBe(500)
      expect(await read('temperature is null')).toBe(1_000)
    },
    { path: untold.path },
  )
  await untold.table.close()
})

test('texts of measures make smaller batches', async () => {
  const note = { name: 'note', type: 'string' } as const
  const long = await createMeasuredArchive([note])
  const notes = some(0, 1_000, 0, []).map((row, i) => ({ ...row, measures: { note: `${i}`.padEnd(4_000, 'ü') } }))
  await long.add([{ rows: notes, specs: [note] }])
  await withFinder(
    async () => {
      const answer = await ask({ select: ['note'], vehicleTypes: ['taxi'] })
      expect(answer.outcome).toMatchObject({ ...isFilled, rows: 500 })
      const taxis = notes.filter(({ vehicleType }) => vehicleType === 'taxi')
      expect(keysOf(found(answer), ['note'])).toEqual(keysOf(taxis, ['note']))
      for (const { rows: batch } of answer.batches) expect(encodePositions(batch).length).toBeLessThan(520 * 1024)
    },
    { path: long.path },
  )
  await long.table.close()
})

test.each<[string, Partial<VehicleQueryInput>, string]>([
  ['a filter that can’t be read', { where: 'temperature >' }, 'the filter, character 14: expected a number'],
  ['a filter of other types', { where: `temperature > 'a'` }, '"temperature" is a number and \'a\' is a text'],
  ['a column that is not there', { where: 'temprature > 8' }, 'did you mean "temperature"?'],
  ['a place in a filter', { where: 'longitude > 8' }, 'use the area of the search for it'],
  ['a measure that is not there', { select: ['loud'] }, 'there is no measure "loud": did you mean "load"?'],
  ['a column that each has', { select: ['speed'] }, '"speed" is a column of every position'],
])('%s is refused, with what is wrong', (_, bad, reason) =>
  withFinder(async () => {
    const { outcome, batches } = await ask(bad)
    expect(batches).toEqual([])
    expect(outcome).toMatchObject({ status: 'refused', reason: expect.stringContaining(reason) })
  }),
)

test('a file whose column is of another type is a fault where the filter needs it, and told where it is selected', async () => {
  const other = await createMeasuredArchive()
  const right = some(0, 100, 0, ['temperature', 'level'])
  const wrong = some(100, 100, 10, ['level']).map((row) => ({
    ...row,
    measures: { ...row.measures, temperature: 'hot' },
  }))
  await other.add([
    { rows: right, specs: [MEASURES[0], MEASURES[3]] },
    { rows: wrong, specs: [{ name: 'temperature', type: 'string' }, MEASURES[3]] },
  ])
  await withFinder(
    async () => {
      const filtered = await ask({ where: 'temperature is null or temperature < 1e9' })
      expect(filtered.outcome).toMatchObject({
        status: 'partial',
        rows: 100,
        reason: expect.stringContaining('its column temperature is of type string, not double'),
      })
      const selected = await ask({ select: ['temperature', 'level'], where: 'level is not null' })
      expect(selected.outcome).toMatchObject({
        status: 'partial',
        reason: expect.stringContaining(
          "its rows are without the columns that can't be read: its column temperature is of type",
        ),
      })
      const without = wrong.map(({ measures: { temperature: _temperature, ...measures }, ...row }) => ({
        ...row,
        measures,
      }))
      const expected = [...right, ...without].filter(({ measures }: PositionRow) => measures?.['level'] !== undefined)
      expect(keysOf(found(selected), ['temperature', 'level'])).toEqual(keysOf(expected, ['temperature', 'level']))
      expect((await ask({ where: 'level = 2' })).outcome).toMatchObject(isFilled)
    },
    { path: other.path },
  )
  await other.table.close()
})

test('a column that is selected stays packed where the filter leaves no row, and is a fault of its file where one is damaged', async () => {
  const other = await createMeasuredArchive()
  await other.add([{ rows: some(0, 300, 0, NAMES), specs: MEASURES }])
  const [{ path }] = other.table.snapshot.files()
  const file = `${other.path}/moves/${path}`
  const bytes = await readFile(file)
  const { offset, bytes: length } = parseFooter(bytes).rowGroups[0].measures.get('driver_id')!
  await writeFile(file, bytes.fill(0x55, offset, offset + length))
  await withFinder(
    async () => {
      const select = ['driver_id', 'level']
      expect((await ask({ select: ['level'] })).outcome).toMatchObject({ ...isFilled, rows: 300 })
      expect((await ask({ select, where: 'temperature = 7' })).outcome).toMatchObject({ ...isFilled, rows: 0 })
      for (const query of [{ select }, { where: 'driver_id is null' }]) {
        expect((await ask(query)).outcome).toMatchObject({
          status: 'partial',
          rows: 0,
          reason: expect.stringContaining(path),
        })
      }
    },
    { path: other.path },
  )
  await other.table.close()
})

test('what is not archived yet has its measures, and is filtered as what is', async () => {
  const own = startMemoryFixture()
  const client = await own.connect()
  const config = configSchema.parse({
    hub: { maxBytesPerPartition: '32 MiB' },
    partitioning: { count: 2 },
    archive: { path: archive.path },
  })
  await provision(client, config)
  let sent = 0
  const publish = (partition: number, batch: readonly PositionRow[]): Promise<void> =>
    storeMessage(
      client,
      'move',
      subjects.move(partition),
      encodePositions(positionsOfRows(batch)) as Uint8Array<ArrayBuffer>,
      {
        id: `test/${sent++}`,
        contentType: CONTENT_TYPES.arrow,
      },
    )
  /** One that has no column, and one that does not fit its column. */
  const beside = (row: PositionRow, i: number): PositionRow => ({
    ...row,
    measures: { ...row.measures, humidity: i, level: 2.5 },
  })
  const hot = [
    ...some(60_000, 300, 130, ['temperature', 'driver_id']),
    ...some(61_000, 300, 131, ['driver_id', 'ignition']),
    ...some(62_000, 50, 132, []),
  ]
  await publish(0, hot.slice(0, 300))
  await publish(1, hot.slice(300, 600))
  await publish(0, hot.slice(600))
  const strange = some(63_000, 20, 133, ['temperature']).map(beside)
  await publish(1, strange)
  const finder = await startFinder(await own.connect({ service: 'event-finder' }), { config, version: 'test' })
  onTestFinished(() => finder.stop())
  await client.flush()
  const kept = strange.map(({ measures: { level: _level, humidity: _humidity, ...measures } = {}, ...row }, i) => ({
    ...row,
    measures: { ...measures, attributes: `{"humidity":${i},"level":2.5}` },
  }))
  const all: PositionRow[] = [...rows, ...hot, ...kept]
  const select = ['temperature', 'driver_id', 'attributes']
  for (const filter of fc.sample(filters(SOURCES), { numRuns: 25, seed: 4 })) {
    const where = writtenFilter(filter)
    const answer = await askAll(client, { ...ALL, where, select })
    const expected = all.filter((row) => selectsRow(filter, filterRowOf(row), MEASURES))
    expect([where, answer.outcome.status]).toEqual([where, 'complete'])
    expect(keysOf(found(answer), select)).toEqual(keysOf(expected, select))
  }
  const answer = await askAll(client, { ...ALL, where: 'attributes is not null', select })
  expect(keysOf(found(answer), select)).toEqual(keysOf(kept, select))
  const plain = await askAll(client, ALL)
  expect([plain.outcome.rows, plain.batches.flatMap((batch) => batch.rows.measures)]).toEqual([all.length, []])
  expect(plain.outcome.stats!.hot.rows).toBe(hot.length + strange.length)
})
