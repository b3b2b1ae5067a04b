import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { zstdDecompressSync } from 'node:zlib'
import pl from 'nodejs-polars'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyMeasure, measureValue } from '../rows/measure-columns.ts'
import { type Rows, rowsOfArrays, sliceOfRows } from '../rows/rows.ts'
import { textsOfStrings } from '../rows/text-list.ts'
import { createArena, parseFooter, rowsOfGroup } from '../parquet/index.ts'
import { columnsOfSamples, type MeasureSample, measureSamples } from '../testing/measures.ts'
import { CHUNK_FORMATS } from './chunk-format.ts'
import { rowsOfFrame } from './frame-rows.ts'
import { openCodec, readChunkFile } from './open-codec.ts'
import { parquetCodec, startParquetFile } from './parquet.ts'

let folder: string
let duckdb: DuckDBConnection

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlake-measures-'))
  duckdb = await (await DuckDBInstance.create()).connect()
})
afterAll(() => {
  duckdb.closeSync()
  rmSync(folder, { recursive: true })
})

const rowsWith = (length: number, samples: readonly MeasureSample[]): Rows =>
  rowsOfArrays({
    length,
    vehicleIds: textsOfStrings(['v']),
    vehicle: new Int32Array(length),
    vehicleTypes: ['bus'],
    vehicleType: new Int32Array(length),
    eventTime: Float64Array.from({ length }, (_, i) => 1.7e12 + i),
    longitude: Int32Array.from({ length }, (_, i) => i),
    latitude: Int32Array.from({ length }, (_, i) => -i),
    measures: columnsOfSamples(samples),
  })

const valuesOf = (rows: Rows): unknown[][] =>
  rows.measures.map((column) => Array.from({ length: rows.length }, (_, row) => measureValue(column, row)))

const someRows = fc
  .oneof({ arbitrary: fc.integer({ min: 1, max: 20 }), weight: 5 }, fc.constant(700))
  .chain((length) => measureSamples(length).map((samples) => ({ length, samples })))

/** Measures of which some row has a value: the others are not in the file. */
const written = (samples: readonly MeasureSample[]): MeasureSample[] =>
  samples.filter(({ values }) => values.some((value) => value !== null))

const plainly = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : (value ?? null))

test('measures of every type are read from Parquet by our reader, DuckDB, polars and hyparquet', async () => {
  let files = 0
  await fc.assert(
    fc.asyncProperty(someRows, async ({ length, samples }) => {
      const bytes = parquetCodec.encode(rowsWith(length, samples))
      const kept = written(samples)
      const footer = parseFooter(bytes)
      expect(footer.measures).toEqual(kept.map(({ spec }) => spec))
      expect(footer.others).toEqual([])
      const specs = samples.map(({ spec }) => spec)
      const rows = rowsOfGroup(footer.rowGroups[0], { bytes, start: 0 }, createArena(), specs)
      expect(valuesOf(rows)).toEqual(samples.map(({ values }) => values))
      if (kept.length === 0) return
      const file = join(folder, `${files++}.parquet`)
      writeFileSync(file, bytes)
      const names = kept.map(({ spec }) => spec.name)
      const expected = kept.map(({ values }) => values)
      const read = await duckdb.runAndReadAll(`select ${names.join()} from '${file}'`)
      expect(read.getColumns().map((column) => column.map(plainly))).toEqual(expected)
      const frame = pl.readParquet(file)
      expect(names.map((name) => (frame.getColumn(name).toArray() as unknown[]).map(plainly))).toEqual(expected)
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
      const compressors = { ZSTD: (packed: Uint8Array): Uint8Array => new Uint8Array(zstdDecompressSync(packed)) }
      const objects = await parquetReadObjects({ file: buffer, columns: names, compressors })
      expect(names.map((name) => objects.map((row) => plainly(row[name])))).toEqual(expected)
    }),
    { numRuns: 80 },
  )
})

test('DuckDB prunes by the statistics of measures', async () => {
  const values = Array.from({ length: 50 }, (_, i) => i - 20)
  const samples: MeasureSample[] = [
    { spec: { name: 'd', type: 'double' }, values },
    { spec: { name: 'l', type: 'long' }, values: values.map((value) => value * 1e13) },
    { spec: { name: 'n', type: 'int' }, values },
    { spec: { name: 's', type: 'string' }, values: values.map((value) => (value < 0 ? null : `s-${value}`)) },
  ]
  const file = join(folder, 'stats.parquet')
  writeFileSync(file, parquetCodec.encode(rowsWith(50, samples)))
  const read = await duckdb.runAndReadAll(
    `select path_in_schema, stats_min_value, stats_max_value, stats_null_count from parquet_metadata('${file}') where length(path_in_schema) = 1`,
  )
  expect(read.getRows().map((row) => row.map(plainly))).toEqual([
    ['d', '-20.0', '29.0', 0],
    ['l', '-200000000000000', '290000000000000', 0],
    ['n', '-20', '29', 0],
    ['s', 's-0', 's-9', 20],
  ])
})

test('every format of data files gives measures back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CHUNK_FORMATS), someRows, async (format, { length, samples }) => {
      const codec = await openCodec(format)
      const bytes = codec.encode(rowsWith(length, samples))
      if (format === 'parquet') return
      const specs = samples.map(({ spec }) => spec)
      const parts = [...rowsOfFrame(await readChunkFile(`x.${format}`, bytes), specs)].map((rows) => valuesOf(rows))
      expect(specs.map((_, m) => parts.flatMap((part) => part[m]))).toEqual(samples.map(({ values }) => values))
    }),
    { numRuns: 100 },
  )
})

test('row groups of one file have the same measures, with values or without', () => {
  const spec = { name: 'fuel', type: 'double' } as const
  const first = rowsWith(3, [{ spec, values: [1, null, 3] }])
  const file = startParquetFile(1 << 14)
  file.add(first)
  file.add({ ...rowsWith(2, []), measures: [emptyMeasure(spec, 2)] })
  const bytes = file.finish().slice()
  const read = parseFooter(bytes).rowGroups.map((group) =>
    valuesOf(rowsOfGroup(group, { bytes, start: 0 }, createArena(), [spec])),
  )
  expect(read).toEqual([[[1, null, 3]], [[null, null]]])
})

test('a column that can be widened is read, one that can not is a fault, and asking for no measures reads none', () => {
  const values = [1, null, 3]
  const bytes = parquetCodec.encode(rowsWith(3, [{ spec: { name: 'n', type: 'int' }, values }]))
  const [group] = parseFooter(bytes).rowGroups
  const read = (type: 'double' | 'long' | 'string' | 'boolean'): unknown =>
    valuesOf(rowsOfGroup(group, { bytes, start: 0 }, createArena(), [{ name: 'n', type }]))
  expect(read('double')).toEqual([values])
  expect(read('long')).toEqual([values])
  expect(() => read('string')).toThrow('its column n is of type int, not string')
  expect(() => read('boolean')).toThrow('its column n is of type int, not boolean')
  const rows = rowsOfGroup(group, { bytes, start: 0 }, createArena())
  expect(rows.measures).toEqual([])
  expect(sliceOfRows(rows, 0, 2).measures).toEqual([])
})
