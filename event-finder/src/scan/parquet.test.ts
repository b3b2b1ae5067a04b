import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { COLUMN_NAMES, COLUMNS, type Rows, rowsOfArrays, textsOfStrings, textsToStrings } from '@fleetlake/columnar'
import { parquetCodec, readChunkFile, rowsOfFrame } from '@fleetlake/columnar/formats'
import { createArena, parseFooter, rowsOfGroup } from '@fleetlake/columnar/parquet'
import { createFileStore } from '@fleetlake/archive'
import { areaOf } from '@fleetlake/core'
import { temporaryFolder } from '@fleetlake/testing'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import pl from 'nodejs-polars'
import { expect, test } from 'vitest'
import { createRowSelector } from '../core/select-rows.ts'
import { writeForeign } from '../testing/foreign-file.ts'
import { readChunk } from './read-chunk.ts'
import { mayHoldMatches } from './prune-groups.ts'

type Row = readonly (string | number)[]

const rowsOf = (rows: Rows): Row[] => {
  const ids = textsToStrings(rows.vehicleIds)
  const { vehicle, vehicleType, vehicleTypes, eventTime, longitude, latitude, speed, heading } = rows
  return Array.from({ length: rows.length }, (_, i) => [
    ids[vehicle[i]],
    vehicleTypes[vehicleType[i]],
    eventTime[i],
    longitude[i],
    latitude[i],
    speed[i],
    heading[i],
  ])
}

const arena = createArena()

/** The rows as unpacked here. */
const unpack = (bytes: Uint8Array): Row[] =>
  parseFooter(bytes).rowGroups.flatMap((group) => rowsOf(rowsOfGroup(group, { bytes, start: 0 }, arena)))

const readByPolars = async (bytes: Uint8Array): Promise<Row[]> => {
  const frame = await readChunkFile('chunk.parquet', bytes, [...COLUMN_NAMES])
  return [...rowsOfFrame(frame)].flatMap(rowsOf)
}

const anyFloat = fc.oneof(
  fc.constant(NaN),
  fc.integer({ min: 0, max: 20 }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
)
const anyColumns = fc
  .record({
    ids: fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1, maxLength: 9 }),
    types: fc.uniqueArray(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 3 }),
    start: fc.integer({ min: -2e12, max: 3e12 }),
    /** Far apart as well as evenly, so that differences need few bits, more than 32 and none. */
    stepMs: fc.constantFrom(0, 1, 5_000, 86_400_000, 40_000_000_000),
    rows: fc.array(
      fc.record({
        vehicle: fc.nat(),
        jitter: fc.integer({ min: 0, max: 3 }),
        x: fc.oneof(fc.integer({ min: -180e6, max: 180e6 }), fc.integer({ min: -56_000_010, max: -56_000_000 })),
        y: fc.integer({ min: -90e6, max: 90e6 }),
        speed: anyFloat,
        heading: anyFloat,
      }),
      { minLength: 1, maxLength: 300 },
    ),
    times: fc.constantFrom(1, 3),
  })
  .map(({ ids, types, start, stepMs, rows: some, times }): Rows => {
    const rows = Array.from({ length: times }, () => some).flat()
    return rowsOfArrays({
      length: rows.length,
      vehicleIds: textsOfStrings(ids),
      vehicle: Int32Array.from(rows, ({ vehicle }) => vehicle % ids.length),
      vehicleTypes: types,
      vehicleType: Int32Array.from(rows, ({ vehicle }) => vehicle % types.length),
      eventTime: Float64Array.from(rows, ({ jitter }, i) => start + (i % 50) * stepMs + jitter * Math.min(stepMs, 1)),
      longitude: Int32Array.from(rows, ({ x }) => x),
      latitude: Int32Array.from(rows, ({ y }) => y),
      speed: Float32Array.from(rows, ({ speed }) => speed),
      heading: Float32Array.from(rows, ({ heading }) => heading),
    })
  })

test('what our own writer writes is read as polars reads it', () =>
  fc.assert(
    fc.asyncProperty(anyColumns, async (columns) => {
      const bytes = parquetCodec.encode(columns)
      expect(unpack(bytes)).toEqual(await readByPolars(bytes))
    }),
    { numRuns: 200 },
  ))

test('columns of several pages are read as polars reads them', async () => {
  const length = 300_000
  const bytes = parquetCodec.encode(
    rowsOfArrays({
      length,
      vehicleIds: textsOfStrings(Array.from({ length: 700 }, (_, i) => `v${i}`)),
      vehicle: Int32Array.from({ length }, (_, i) => Math.floor(i / 450)),
      vehicleTypes: ['bus', 'taxi'],
      vehicleType: Int32Array.from({ length }, (_, i) => i & 1),
      eventTime: Float64Array.from({ length }, (_, i) => 1.7e12 + (i % 450) * 5_000 + (i % 7)),
      longitude: Int32Array.from({ length }, (_, i) => -56_000_000 + ((i * 7919) % 100_000)),
      latitude: Int32Array.from({ length }, (_, i) => -34_000_000 - ((i * 104_729) % 90_000_000)),
      speed: Float32Array.from({ length }, (_, i) => (i % 11 === 0 ? NaN : (i % 300) / 10)),
      heading: Float32Array.from({ length }, (_, i) => ((i * 31) % 3_600) / 10),
    }),
  )
  const [found, expected] = [unpack(bytes), await readByPolars(bytes)]
  expect(found.length).toBe(length)
  for (let i = 0; i < length; i += 997) expect(found[i]).toEqual(expected[i])
  const sum = (rows: readonly Row[]): number => rows.reduce((total, row) => total + Number(row[3]) + Number(row[4]), 0)
  expect(sum(found)).toBe(sum(expected))
})

test.each([
  [
    'polars, zstd',
    async (file: string, to: string) =>
      pl.scanParquet(file).sinkParquet(to, { compression: 'zstd', rowGroupSize: 700 }).collect(),
  ],
  ['DuckDB', (file: string, to: string) => copyByDuckdb(file, to, 'COMPRESSION zstd')],
  ['DuckDB, V2', (file: string, to: string) => copyByDuckdb(file, to, 'COMPRESSION zstd, PARQUET_VERSION V2')],
  [
    'DuckDB, V2, few texts alike',
    (file: string, to: string) =>
      copyByDuckdb(file, to, 'COMPRESSION zstd, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1'),
  ],
])('what %s writes is unpacked here too, as polars reads it', async (_, write) => {
  const { file } = await writeForeign(5_000)
  const to = join(await temporaryFolder(), 'other.parquet')
  await write(file, to)
  const bytes = new Uint8Array(await readFile(to))
  const expected = await readByPolars(bytes)
  expect(expected.length).toBe(5_000)
  expect(unpack(bytes)).toEqual(expected)
})

const copyByDuckdb = async (file: string, to: string, options: string): Promise<void> => {
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`COPY (SELECT * FROM '${file}') TO '${to}' (FORMAT parquet, ROW_GROUP_SIZE 2048, ${options})`)
  connection.closeSync()
}

test('a search reads what another engine has compressed in its own way', async () => {
  const { file } = await writeForeign(50)
  const to = join(await temporaryFolder(), 'snappy.parquet')
  await pl.scanParquet(file).sinkParquet(to, { compression: 'snappy' }).collect()
  const bytes = new Uint8Array(await readFile(to))
  const chunk = { path: basename(to), bytes: (await stat(to)).size, inside: true }
  const read = await readChunk(createFileStore(dirname(to)), chunk, { search: everything, arena })
  if ('fault' in read) throw new Error(read.fault)
  const { value } = await read.pieces.next()
  expect(rowsOf(value!.rows)).toEqual(await readByPolars(bytes))
})

const box = (west: number, south: number, east: number, north: number) =>
  areaOf({
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  })
const everything = {
  area: box(-89, -89, 89, 89),
  period: { from: 0, to: 4e12 },
  vehicleTypes: undefined,
  vehicleIds: undefined,
}

test('row groups that are passed over hold no match', async () => {
  const { file } = await writeForeign(20_000)
  const bytes = new Uint8Array(await readFile(file))
  const groups = parseFooter(bytes).rowGroups
  const rows = groups.map((group) => rowsOfGroup(group, { bytes, start: 0 }, createArena()))
  let passedOver = 0
  fc.assert(
    fc.property(
      fc.integer({ min: -10, max: 20_010 }),
      fc.integer({ min: 1, max: 9_000 }),
      fc.integer({ min: 0, max: 990 }),
      (start, length, west) => {
        const search = {
          ...everything,
          area: box(-56 - (west + 9) / 1e6, -35, -56 - west / 1e6, -34),
          period: { from: 1.7e12 + start, to: 1.7e12 + start + length },
        }
        const select = createRowSelector(search)
        groups.forEach((group, i) => {
          if (mayHoldMatches(group, search)) return
          passedOver++
          expect(select(rows[i], false).length).toBe(0)
        })
      },
    ),
  )
  expect(passedOver).toBeGreaterThan(100)
})

const damageable = rowsOfArrays({
  length: 400,
  vehicleIds: textsOfStrings(['a', 'b', 'c']),
  vehicle: Int32Array.from({ length: 400 }, (_, i) => Math.floor(i / 150)),
  vehicleTypes: ['bus'],
  vehicleType: new Int32Array(400),
  eventTime: Float64Array.from({ length: 400 }, (_, i) => 1.7e12 + (i % 150) * 4_999),
  longitude: Int32Array.from({ length: 400 }, (_, i) => -56_000_000 + i * i),
  latitude: Int32Array.from({ length: 400 }, (_, i) => -34_000_000 - i * 77),
  speed: Float32Array.from({ length: 400 }, (_, i) => (i % 5 === 0 ? NaN : i % 9)),
  heading: Float32Array.from({ length: 400 }, (_, i) => i / 2),
})

test.each(COLUMNS)('a column $name of more or fewer rows than its row group is noticed', ({ key }) => {
  const bytes = parquetCodec.encode(damageable)
  const [group] = parseFooter(bytes).rowGroups
  const read = (rows: number): unknown => rowsOfGroup({ ...group, rows }, { bytes, start: 0 }, arena)[key]
  expect(read(400)).toHaveProperty('length')
  expect(() => read(399)).toThrow('rows')
  expect(() => read(401)).toThrow('a column has 400 rows, its row group 401')
})
