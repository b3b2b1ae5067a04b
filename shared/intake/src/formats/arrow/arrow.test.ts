import { readFileSync } from 'node:fs'
import { FleetError } from '@fleetlake/core'
import { mutantsOf } from '@fleetlake/columnar/testing'
import {
  Binary,
  Bool,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  LargeUtf8,
  List,
  Map_,
  Null,
  RecordBatchStreamWriter,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Table,
  tableFromArrays,
  tableToIPC,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  TimeMicrosecond,
  Uint64,
  Uint8,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import pl from 'nodejs-polars'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { readsNeededFields } from '../../testing/needed-fields.ts'
import { inputOf, readAll, type ReadResult, type Row } from '../../testing/read-all.ts'
import { START } from '../block.ts'
import { arrow } from './arrow.ts'

const readBytes = (bytes: Uint8Array, options: Parameters<typeof readAll>[2] = {}): Promise<ReadResult> =>
  readAll(arrow, inputOf(bytes), options)

const reasonFor = (bytes: Uint8Array): Promise<unknown> =>
  readBytes(bytes).then(
    () => undefined,
    (error: unknown) => (error instanceof FleetError && error.code === 'import.invalid' ? error.message : error),
  )

const structType = new Struct<never>([new Field('x', new Float64(), true), new Field('fix', new Utf8(), true)] as never)

/** Rows `from` to `to` of a table in which every second row lacks something. */
const tableOf = (from: number, to: number): Table => {
  const rows = Array.from({ length: to - from }, (_, k) => from + k)
  const orNull = <Value>(i: number, value: Value): Value | null => (i % 2 === 0 ? value : null)
  return new Table({
    vehicle_id: vectorFromArray(
      rows.map((i) => `v-${i % 3}`),
      new Dictionary(new Utf8(), new Int8()),
    ),
    event_time: vectorFromArray(
      rows.map((i) => orNull(i, 1_795_838_400_000 + i * 1_237)),
      new TimestampMillisecond('UTC'),
    ),
    longitude: vectorFromArray(
      rows.map((i) => i / 4 - 56),
      new Float64(),
    ),
    speed: vectorFromArray(
      rows.map((i) => orNull(i, i / 8)),
      new Float32(),
    ),
    ignition: vectorFromArray(
      rows.map((i) => orNull(i, i % 4 === 0)),
      new Bool(),
    ),
    gears: vectorFromArray(
      rows.map((i) => orNull(i, [i, null])),
      new List(new Field('item', new Int32(), true)),
    ),
    place: vectorFromArray(
      rows.map((i) => (i % 3 === 0 ? null : { x: i, fix: orNull(i, `gps ${i}`) })),
      structType,
    ),
  } as never)
}

const rowOf = (i: number): Row => {
  const isEven = i % 2 === 0
  return {
    vehicle_id: `v-${i % 3}`,
    ...(isEven ? { event_time: 1_795_838_400_000 + i * 1_237 } : {}),
    longitude: i / 4 - 56,
    ...(isEven ? { speed: i / 8, ignition: i % 4 === 0, gears: [i, null] } : {}),
    ...(i % 3 === 0 ? {} : { 'place.x': i, ...(isEven ? { 'place.fix': `gps ${i}` } : {}) }),
  }
}

const rows = Array.from({ length: 11 }, (_, i) => rowOf(i))
const table = tableOf(0, 11)
/** Each batch has a dictionary of its own. */
const twoBatches = tableOf(0, 5).concat(tableOf(5, 11))

conformsToFormat(arrow, [
  { title: 'a stream of the Arrow library', bytes: tableToIPC(twoBatches, 'stream'), rows },
  { title: 'a file of the Arrow library', bytes: tableToIPC(table, 'file'), rows },
])

const polarsRows = Array.from({ length: 1_000 }, (_, i): Row => ({
  id: `vehicle ${'x'.repeat(i % 20)} ${i}`,
  ...(i % 3 === 0 ? {} : { x: i / 4 }),
  n: i,
  ...(i % 4 === 0 ? {} : { note: 'n'.repeat(i % 15) }),
}))

test.each(['uncompressed', 'lz4', 'zstd'] as const)('what polars writes is read: %s', async (compression) => {
  const frame = pl.DataFrame({
    id: polarsRows.map(({ id }) => id),
    x: polarsRows.map(({ x }) => x ?? null),
    n: polarsRows.map(({ n }) => n),
    note: polarsRows.map(({ note }) => note ?? null),
  } as never)
  const bytes = new Uint8Array(frame.writeIPC({ compression }))
  expect((await readBytes(bytes)).rows).toEqual(polarsRows)
  expect((await readBytes(bytes, { blockBytes: 3_000 })).rows).toEqual(polarsRows)
})

test('values of every type are what they mean', async () => {
  const at = Date.UTC(2008, 1, 2, 7, 36, 8, 999)
  const columns = {
    i8: vectorFromArray([-7], new Int8()),
    u8: vectorFromArray([200], new Uint8()),
    i16: vectorFromArray([-30_000], new Int16()),
    i64: vectorFromArray([9_007_199_254_740_993n], new Int64()),
    small: vectorFromArray([-5n], new Int64()),
    u64: vectorFromArray([18_446_744_073_709_551_615n], new Uint64()),
    half: vectorFromArray([0.5], new Float16()),
    d128: vectorFromArray([Uint32Array.of(12_345, 0, 0, 0)], new Decimal(3, 9)),
    negative: vectorFromArray([Uint32Array.of(0xfffffffb, 0xffffffff, 0xffffffff, 0xffffffff)], new Decimal(2, 9)),
    long: vectorFromArray([Uint32Array.of(0, 0, 1, 0)], new Decimal(2, 38)),
    day: vectorFromArray([new Date(at)], new DateDay()),
    date: vectorFromArray([new Date(Date.UTC(2008, 1, 2))], new DateMillisecond()),
    dated: vectorFromArray([new Date(at)], new DateMillisecond()),
    clock: vectorFromArray([27_368_123_456n], new TimeMicrosecond()),
    local: vectorFromArray([at - 999], new TimestampSecond()),
    micros: vectorFromArray([at], new TimestampMicrosecond('Asia/Shanghai')),
    nanos: vectorFromArray([at], new TimestampNanosecond('UTC')),
    large: vectorFromArray(['ü'], new LargeUtf8()),
    bytes: vectorFromArray([Uint8Array.of(1, 2)], new Binary()),
    fixed: vectorFromArray([Uint8Array.of(3, 4)], new FixedSizeBinary(2)),
    nothing: vectorFromArray([null], new Null()),
    map: vectorFromArray(
      [new Map([['a', 1]])],
      new Map_(
        new Field(
          'entries',
          new Struct([new Field('key', new Utf8(), false), new Field('value', new Int32(), true)] as never),
          false,
        ) as never,
      ),
    ),
  }
  const expected: Row = {
    i8: -7,
    u8: 200,
    i16: -30_000,
    i64: 9_007_199_254_740_993n,
    small: -5,
    u64: 18_446_744_073_709_551_615n,
    half: 0.5,
    d128: 12.345,
    negative: -0.05,
    long: '184467440737095516.16',
    day: '2008-02-02',
    date: '2008-02-02',
    dated: '2008-02-02T07:36:08.999',
    clock: '07:36:08.123',
    local: '2008-02-02T07:36:08.000',
    micros: at,
    nanos: at,
    large: 'ü',
    bytes: 'AQI=',
    fixed: 'AwQ=',
    map: { a: 1 },
  }
  expect((await readBytes(tableToIPC(new Table(columns as never), 'file'))).rows).toEqual([expected])
})

test('a dictionary that grows, and one that is another in each batch', async () => {
  const type = new Dictionary(new Utf8(), new Int32(), 7)
  const batches = [
    ['a', 'b'],
    ['b', 'c', 'a'],
    ['d', 'd'],
  ].map((texts) => tableOfTexts(texts, type))
  const writer = new RecordBatchStreamWriter()
  for (const each of batches) for (const batch of each.batches) writer.write(batch as never)
  writer.finish()
  const found = await readBytes(await writer.toUint8Array())
  expect(found.rows.map(({ text }) => text)).toEqual(['a', 'b', 'b', 'c', 'a', 'd', 'd'])
})

const tableOfTexts = (texts: readonly string[], type: Dictionary): Table =>
  new Table({ text: vectorFromArray(texts, type as never) } as never)

test('a file without rows has none, and no block', async () => {
  const schema = new Schema([new Field('a', new Utf8(), true)])
  const writer = new RecordBatchFileWriter()
  writer.reset(undefined, schema)
  writer.finish()
  const found = await readBytes(await writer.toUint8Array())
  expect(found.rows).toEqual([])
})

test('points of a column that the metadata name are longitudes and latitudes', async () => {
  const point = Buffer.alloc(21)
  point.writeUInt8(1, 0)
  point.writeUInt32LE(1, 1)
  point.writeDoubleLE(116.5, 5)
  point.writeDoubleLE(39.9, 13)
  const plain = new Table({
    id: vectorFromArray(['a', 'b'], new Utf8()),
    geometry: vectorFromArray([point, null], new Binary()),
  } as never)
  const fileWith = (crs: unknown): Uint8Array => {
    const geo = { version: '1.0.0', primary_column: 'geometry', columns: { geometry: { encoding: 'WKB', crs } } }
    const schema = new Schema(plain.schema.fields, new Map([['geo', JSON.stringify(geo)]]))
    return tableToIPC(new Table(schema, plain.batches.map((batch) => batch.data) as never), 'file')
  }
  expect((await readBytes(fileWith({ id: { authority: 'OGC', code: 'CRS84' } }))).rows).toEqual([
    { id: 'a', longitude: 116.5, latitude: 39.9 },
    { id: 'b' },
  ])
  expect(await reasonFor(fileWith({ id: { authority: 'EPSG', code: 3857 } }))).toMatch(/are in EPSG:3857: transform/)
})

test('fields that are not needed are not read', async () => {
  const { rows: found } = await readBytes(tableToIPC(table, 'file'), { neededOf: () => new Set(['speed', 'place.x']) })
  expect(found).toEqual(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name === 'speed' || name === 'place.x')),
    ),
  )
})

readsNeededFields(arrow, async () => tableToIPC(twoBatches, 'stream'))

test('what is cut, or of another kind, is told', async () => {
  const [file, stream] = [tableToIPC(table, 'file'), tableToIPC(twoBatches, 'stream')]
  expect(await reasonFor(file.subarray(0, file.length - 40))).toBe(
    "the Arrow file can't be read: it has no footer: it was cut, or its writer did not come to an end",
  )
  expect(await reasonFor(stream.subarray(0, stream.length - 80))).toBe(
    "the Arrow file, behind row 5, can't be read: it ends within a record batch: it was cut",
  )
  expect(await reasonFor(Buffer.from('FEA1............'))).toMatch(/Feather of version 1/)
  expect(arrow.sniff(Buffer.from('ARROW1\0\0'), 'x')).toBe(2)
  expect(arrow.sniff(Buffer.from('id,x,y\nARROW1'), 'x.arrow')).toBe(0)
})

const cases = new URL('../../../../columnar/src/testing/cases/', import.meta.url)

const caseOf = (name: string): Uint8Array => readFileSync(new URL(name, cases))

test.each(['poison-1', 'poison-2'])('%s, which says more than it holds, ends in a sentence', async (name) => {
  expect(await reasonFor(caseOf(`${name}.arrow`))).toEqual(expect.any(String))
})

test('a long text that many rows have is held once', async () => {
  const bytes = caseOf('bomb.arrow')
  const signal = new AbortController().signal
  let rowsFound = 0
  for await (const block of arrow.read(inputOf(bytes), { from: START, blockBytes: 1 << 20, signal })) {
    rowsFound += block.rows
    for (const field of block.fields)
      if (field.kind === 'text') expect(field.bytes.length).toBeLessThanOrEqual(bytes.length)
  }
  expect(rowsFound).toBeGreaterThan(1_000)
})

test('damaged files end in rows or a sentence', async () => {
  const texts = Array.from({ length: 300 }, (_, i) => `text number ${i}`)
  const frame = pl.DataFrame({ texts, n: texts.map((_, i) => i) })
  const files = [
    tableToIPC(tableFromArrays({ texts, n: Float64Array.from({ length: 300 }, (_, i) => i) }), 'stream'),
    tableToIPC(table, 'file'),
    new Uint8Array(frame.writeIPC({ compression: 'lz4' })),
    new Uint8Array(frame.writeIPC({ compression: 'zstd' })),
  ]
  const others: unknown[] = []
  for (const [seed, file] of files.entries())
    for (const mutant of mutantsOf(file, 300, seed + 1)) {
      const reason = await reasonFor(mutant)
      if (reason !== undefined && typeof reason !== 'string') others.push(reason)
    }
  expect(others).toEqual([])
})
