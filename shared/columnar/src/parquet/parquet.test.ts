import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { fault } from '@fleetlake/core/testing'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import pl from 'nodejs-polars'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Rows, rowsOfArrays } from '../rows/rows.ts'
import { textsOfStrings } from '../rows/text-list.ts'
import { COLUMNS } from '../columns.ts'
import { parquetCodec, startParquetFile } from '../formats/parquet.ts'
import { encodeParquet } from './write-file.ts'

let folder: string
let duckdb: DuckDBConnection

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlake-parquet-'))
  duckdb = await (await DuckDBInstance.create()).connect()
})

afterAll(() => {
  duckdb.closeSync()
  rmSync(folder, { recursive: true })
})

type Row = [
  id: string,
  type: string,
  micros: number,
  x: number,
  y: number,
  speed: number | null,
  heading: number | null,
]

const ids = ['v-1', 'v-22', 'çé', '', '𝄞', 'v-000001']
const types = ['bus', 'taxi']
const coordinate = fc.oneof(fc.integer({ min: -180e6, max: 180e6 }), fc.integer({ min: -56_200_000, max: -56_190_000 }))
const time = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_600_000 }),
  fc.integer({ min: 0, max: 4_400_000_000_000 }),
)
const measure = fc.oneof(
  fc.constant(NaN),
  fc.integer({ min: 0, max: 30 }),
  fc.float({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
)
const row: fc.Arbitrary<Sample> = fc.record({
  id: fc.nat(ids.length - 1),
  type: fc.nat(1),
  time,
  x: coordinate,
  y: coordinate,
  speed: measure,
  heading: measure,
})

interface Sample {
  readonly id: number
  readonly type: number
  readonly time: number
  readonly x: number
  readonly y: number
  readonly speed: number
  readonly heading: number
}

const columnsOf = (rows: readonly Sample[]): Rows =>
  rowsOfArrays({
    length: rows.length,
    vehicleIds: textsOfStrings(ids),
    vehicle: Int32Array.from(rows, ({ id }) => id),
    vehicleTypes: types,
    vehicleType: Int32Array.from(rows, ({ type }) => type),
    eventTime: Float64Array.from(rows, (r) => r.time),
    longitude: Int32Array.from(rows, ({ x }) => x),
    latitude: Int32Array.from(rows, ({ y }) => y),
    speed: Float32Array.from(rows, ({ speed }) => speed),
    heading: Float32Array.from(rows, ({ heading }) => heading),
  })

const samplesOf = (from: number): Sample[] =>
  Array.from({ length: 3 }, (_, i) => ({
    id: from + i,
    type: i % 2,
    time: 1_700_000_000_000 + i,
    x: i,
    y: -i,
    speed: i,
    heading: NaN,
  }))

const expectedOf = (c: Rows): Row[] =>
  Array.from({ length: c.length }, (_, i) => [
    ids[c.vehicle[i]],
    c.vehicleTypes[c.vehicleType[i]],
    c.eventTime[i] * 1000,
    c.longitude[i],
    c.latitude[i],
    Number.isNaN(c.speed[i]) ? null : c.speed[i],
    Number.isNaN(c.heading[i]) ? null : c.heading[i],
  ])

const byDuckdb = async (file: string): Promise<Row[]> => {
  const read = await duckdb.runAndReadAll(
    `select vehicle_id, vehicle_type, epoch_us(event_time)::double, (longitude * 1000000)::int, (latitude * 1000000)::int,
     speed, heading from '${file}'`,
  )
  return read.getRows() as Row[]
}

const byPolars = (file: string): Row[] => {
  const frame = pl
    .readParquet(file)
    .withColumns(
      pl.col('event_time').cast(pl.Int64).cast(pl.Float64),
      ...['longitude', 'latitude'].map((name) => pl.col(name).cast(pl.Float64).mul(1e6).round(0)),
    )
  return frame.rows() as Row[]
}

const byHyparquet = async (bytes: Uint8Array): Promise<Row[]> => {
  const rows = await parquetReadObjects({
    file: bytes.slice().buffer,
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
  })
  return rows.map((r) => [
    r['vehicle_id'],
    r['vehicle_type'],
    Number(r['event_time']) * 1000,
    Math.round(r['longitude'] * 1e6),
    Math.round(r['latitude'] * 1e6),
    r['speed'] ?? null,
    r['heading'] ?? null,
  ])
}

test('DuckDB, Polars and hyparquet read back every row, nulls included', async () => {
  let files = 0
  const size = fc
    .oneof({ arbitrary: fc.constant(40), weight: 4 }, fc.constant(1_500))
    .chain((maxLength) => fc.array(row, { minLength: 1, maxLength, size: 'max' }))
  await fc.assert(
    fc.asyncProperty(size, async (rows) => {
      const columns = columnsOf(rows)
      const bytes = parquetCodec.encode(columns)
      // DuckDB caches what it has read of a name.
      const file = join(folder, `${files++}.parquet`)
      writeFileSync(file, bytes)
      const expected = expectedOf(columns)
      expect(await byDuckdb(file)).toEqual(expected)
      expect(byPolars(file)).toEqual(expected)
      expect(await byHyparquet(bytes)).toEqual(expected)
    }),
    { numRuns: 120 },
  )
})

test('a row group is written when it is added: its arrays may be overwritten before the file is finished', () => {
  const groups = [columnsOf(samplesOf(0)), columnsOf(samplesOf(3))]
  const expected = startParquetFile(1 << 12)
  for (const rows of groups) expected.add(rows)
  const whole = expected.finish().slice()
  const file = startParquetFile(1 << 12)
  for (const rows of groups) {
    const { vehicleIds } = rows
    const reused = { ...rows, vehicleIds: { ...vehicleIds, bytes: vehicleIds.bytes.slice() } }
    for (const { key } of COLUMNS) reused[key] = rows[key].slice() as never
    file.add(reused)
    reused.vehicleIds.bytes.fill(0x7a)
    for (const { key } of COLUMNS) reused[key].fill(1)
  }
  expect(Buffer.compare(file.finish(), whole)).toBe(0)
})

test('many pages, with nulls in some of them, read back as one', async () => {
  const file = join(folder, 'pages.parquet')
  const values = Float32Array.from({ length: 1_000 }, (_, i) => (i % 7 === 3 || (i > 300 && i < 520) ? NaN : i % 50))
  const millis = Float64Array.from(values, (_, i) => 1_700_000_000_000 + i * 5_000)
  writeFileSync(
    file,
    encodeParquet({
      columns: [
        { name: 'event_time', type: 'timestamp', millis },
        { name: 'speed', type: 'float', values, encoding: 'dictionary' },
        { name: 'heading', type: 'float', values, encoding: 'plain' },
      ],
      compress: (bytes) => zstdCompressSync(bytes),
      createdBy: 'test',
      pageRows: 100,
    }),
  )
  const known = Array.from(values, (value) => (Number.isNaN(value) ? null : value))
  const read = await duckdb.runAndReadAll(`select epoch_ms(event_time)::double, speed, heading from '${file}'`)
  expect(read.getColumns()).toEqual([[...millis], known, known])
  expect(pl.readParquet(file).getColumn('speed').toArray()).toEqual(known)
})

test('engines see the types of the table and statistics to prune by', async () => {
  const file = join(folder, 'types.parquet')
  const rows = [
    { id: 1, type: 0, time: 1_700_000_000_000, x: -56_000_001, y: -34_000_000, speed: 12.5, heading: NaN },
    { id: 4, type: 1, time: 1_700_000_005_000, x: -55_999_999, y: 34_000_000, speed: NaN, heading: NaN },
  ]
  writeFileSync(file, parquetCodec.encode(columnsOf(rows)))
  const described = await duckdb.runAndReadAll(
    `select column_name, column_type, "null" from (describe select * from '${file}')`,
  )
  expect(described.getRows()).toEqual([
    ['vehicle_id', 'VARCHAR', 'YES'],
    ['vehicle_type', 'VARCHAR', 'YES'],
    ['event_time', 'TIMESTAMP WITH TIME ZONE', 'YES'],
    ['longitude', 'DECIMAL(9,6)', 'YES'],
    ['latitude', 'DECIMAL(9,6)', 'YES'],
    ['speed', 'FLOAT', 'YES'],
    ['heading', 'FLOAT', 'YES'],
  ])
  const statistics = await duckdb.runAndReadAll(
    `select stats_min_value, stats_max_value, stats_null_count from parquet_metadata('${file}')`,
  )
  expect(statistics.getRows().map((r) => [r[0], r[1], Number(r[2])])).toEqual([
    ['v-22', '𝄞', 0],
    ['bus', 'taxi', 0],
    ['2023-11-14 22:13:20+00', '2023-11-14 22:13:25+00', 0],
    ['-56.000001', '-55.999999', 0],
    ['-34.000000', '34.000000', 0],
    ['12.5', '12.5', 1],
    [null, null, 2],
  ])
})

test('what no file can hold is refused', () => {
  expect(() => parquetCodec.encode(columnsOf([]))).toThrow(fault('table.invalid'))
  const late = [{ id: 0, type: 0, time: 5e12, x: 0, y: 0, speed: 0, heading: 0 }]
  expect(() => parquetCodec.encode(columnsOf(late))).toThrow('142 years')
})
