import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkOf } from './chunk.ts'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { columnsOf, MEASURES, NOW_MS, type Row, someRows } from './testing/log-table.ts'
import { parseChunkPath } from './paths.ts'
import { createMemoryStore } from './store/memory-store.ts'
import { compareUtf8 } from './utf8-order.ts'
import { formatStats, joinStats, statsOf } from './chunk-stats.ts'
import { writeChunk } from './write-chunk.ts'

const place = { cell: '69y7p', windowStart: NOW_MS }

test('a chunk is where its name says, as large as it is told to be', async () => {
  const store = createMemoryStore()
  const file = await writeChunk(columnsOf(someRows(30)), place, { store, codec: parquetCodec, now: () => 7 })
  const bytes = (await store.get(file.path))!
  expect(parseChunkPath(file.path)).toMatchObject({
    date: '2026-11-21',
    cell: '69y7p',
    windowStart: NOW_MS,
    extension: '.parquet',
  })
  expect(file).toMatchObject({
    partitionValues: { date: '2026-11-21', cell: '69y7p' },
    size: bytes.length,
    modificationTime: 7,
  })
})

test('two chunks of one place have two names', async () => {
  const store = createMemoryStore()
  const deps = { store, codec: parquetCodec }
  const [a, b] = await Promise.all([1, 2].map(() => writeChunk(columnsOf(someRows(3)), place, deps)))
  expect(a.path).not.toBe(b.path)
})

test('a name that is taken is not written over', async () => {
  const store = createMemoryStore()
  const taken: string[] = []
  const putIfAbsent = async (path: string, bytes: Uint8Array): Promise<'created' | 'exists'> => {
    if (taken.push(path) === 1) return 'exists'
    return store.putIfAbsent(path, bytes)
  }
  const file = await writeChunk(columnsOf(someRows(3)), place, {
    store: { ...store, putIfAbsent },
    codec: parquetCodec,
  })
  expect(taken).toHaveLength(2)
  expect([file.path, await store.size(taken[0])]).toEqual([taken[1], undefined])
})

test('rows of two dates and no rows are refused', async () => {
  const deps = { store: createMemoryStore(), codec: parquetCodec }
  const late = someRows(20, '69y7p', Date.UTC(2026, 10, 21, 23, 59, 58))
  await expect(writeChunk(columnsOf(late), place, deps)).rejects.toMatchObject({ code: 'table.invalid' })
  await expect(writeChunk(columnsOf([]), place, deps)).rejects.toMatchObject({ code: 'table.invalid' })
})

const rowOf: fc.Arbitrary<Row> = fc.record({
  vehicleId: fc.string({ unit: fc.constantFrom('a', 'é', '\uffff', '😀', '\u{10ffff}'), maxLength: 70 }),
  vehicleType: fc.string({ unit: 'grapheme', maxLength: 5 }).filter((text) => text.isWellFormed()),
  time: fc.integer({ min: NOW_MS, max: NOW_MS + 10_000 }),
  x: fc.integer({ min: -180e6, max: 180e6 }),
  y: fc.integer({ min: -90e6, max: 90e6 }),
  speed: fc.oneof(fc.constant(Number.NaN), fc.constant(Infinity), fc.float({ noNaN: true })),
  heading: fc.oneof(fc.constant(Number.NaN), fc.float({ min: 0, max: 359, noNaN: true })),
})

test('what the log tells of a chunk holds for each of its rows, times and coordinates exactly', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rowOf, { minLength: 1, maxLength: 20 }), async (rows) => {
      const file = await writeChunk(columnsOf(rows), place, { store: createMemoryStore(), codec: parquetCodec })
      const chunk = chunkOf({ ...file })
      const least = (of: (row: Row) => number): number => Math.min(...rows.map(of)) + 0
      const most = (of: (row: Row) => number): number => Math.max(...rows.map(of)) + 0
      expect([chunk.rows, chunk.from, chunk.to]).toEqual([rows.length, least((r) => r.time), most((r) => r.time)])
      expect(chunk.bounds).toEqual({
        west: least((r) => r.x),
        south: least((r) => r.y),
        east: most((r) => r.x),
        north: most((r) => r.y),
      })
      for (const { vehicleId, vehicleType } of rows) {
        expect(compareUtf8(chunk.vehicleIdMin!, vehicleId)).toBeLessThanOrEqual(0)
        expect(compareUtf8(chunk.vehicleIdMax!, vehicleId)).toBeGreaterThanOrEqual(0)
        expect(compareUtf8(chunk.vehicleTypeMin!, vehicleType)).toBeLessThanOrEqual(0)
        expect(compareUtf8(chunk.vehicleTypeMax!, vehicleType)).toBeGreaterThanOrEqual(0)
      }
      const { minValues, maxValues, nullCount } = JSON.parse(file.stats!) as Record<
        string,
        Record<string, number | undefined>
      >
      for (const column of ['speed', 'heading'] as const) {
        const known = rows.map((row) => Math.fround(row[column])).filter((value) => !Number.isNaN(value))
        expect(nullCount[column]).toBe(rows.length - known.length)
        for (const value of known) {
          expect(value).toBeGreaterThanOrEqual(minValues[column] ?? -Infinity)
          expect(value).toBeLessThanOrEqual(maxValues[column] ?? Infinity)
        }
      }
    }),
  )
})

test('what the log tells of rows without measures is this text', () => {
  const row = { vehicleId: 'v-1', vehicleType: 'bus', time: NOW_MS, x: -58_403_320, y: -34_628_906, speed: NaN }
  const rows = [
    { ...row, heading: 0 },
    { ...row, x: row.x + 1, heading: Infinity },
  ]
  expect(formatStats(statsOf(columnsOf(rows)))).toBe(
    [
      '{"numRecords":2,',
      '"minValues":{"vehicle_id":"v-1","vehicle_type":"bus","event_time":"2026-11-21T10:00:00.000Z",',
      '"longitude":-58.40332,"latitude":-34.628906,"heading":0},',
      '"maxValues":{"vehicle_id":"v-1","vehicle_type":"bus","event_time":"2026-11-21T10:00:00.000Z",',
      '"longitude":-58.403319,"latitude":-34.628906},',
      '"nullCount":{"vehicle_id":0,"vehicle_type":0,"event_time":0,"longitude":0,"latitude":0,"speed":2,"heading":0}}',
    ].join(''),
  )
})

const measures = fc.record(
  {
    temperature: fc.oneof(fc.double({ noNaN: true }), fc.constant(-0)),
    load: fc.float({ noNaN: true }),
    pulses: fc.maxSafeInteger(),
    doors: fc.integer(),
    state: fc.string({ unit: fc.constantFrom('a', '\uffff', '😀', '\u{10ffff}'), maxLength: 70 }),
    ignition: fc.boolean(),
  },
  { requiredKeys: [] },
)
const measuredRows = fc.array(fc.tuple(rowOf, fc.option(measures)), { minLength: 1, maxLength: 15 })
const rowsOf = (some: readonly (readonly [Row, NonNullable<Row['measures']> | null])[]): Row[] =>
  some.map(([row, values]) => (values === null ? row : { ...row, measures: values }))

test('what the log tells of measures holds for each row, whether of one row group or of two; one that no row has is not named', () => {
  fc.assert(
    fc.property(measuredRows, fc.option(measuredRows, { nil: undefined }), (first, second) => {
      const groups = [first, second].flatMap((some) => (some === undefined ? [] : [rowsOf(some)]))
      const [one, two] = groups.map((rows) => statsOf(columnsOf(rows)))
      const { minValues, maxValues, nullCount } = JSON.parse(
        formatStats(two === undefined ? one : joinStats(one, two)),
      ) as Record<string, Record<string, string | number | undefined>>
      const rows = groups.flat()
      for (const { name, type } of MEASURES) {
        const values = rows.flatMap((row) => row.measures?.[name] ?? [])
        expect(nullCount[name]).toBe(values.length === 0 ? undefined : rows.length - values.length)
        const [min, max] = [minValues[name], maxValues[name]]
        if (type === 'boolean' || values.length === 0) expect([min, max]).toEqual([undefined, undefined])
        for (const value of type === 'boolean' ? [] : values) {
          if (typeof value === 'string') {
            expect(compareUtf8(min as string, value)).toBeLessThanOrEqual(0)
            expect(compareUtf8(max as string, value)).toBeGreaterThanOrEqual(0)
          } else {
            expect(value).toBeGreaterThanOrEqual((min as number | undefined) ?? -Infinity)
            expect(value).toBeLessThanOrEqual((max as number | undefined) ?? Infinity)
          }
        }
        const finite = values.filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[]
        if (finite.length === values.length && finite.length > 0)
          expect([min, max]).toEqual([Math.min(...finite) + 0, Math.max(...finite) + 0])
      }
    }),
  )
})
