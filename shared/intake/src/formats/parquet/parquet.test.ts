import { FleetError } from '@fleetlake/core'
import { FORMS, mutantsOf } from '@fleetlake/columnar/testing'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { readsNeededFields } from '../../testing/needed-fields.ts'
import { inputOf, readAll, type ReadResult, type Row } from '../../testing/read-all.ts'
import { duckdbFile } from '../../testing/write-files.ts'
import { parquet } from './parquet.ts'

const MANY = `SELECT 'v-' || (i % 3) AS vehicle_id,
  CASE WHEN i % 4 = 1 THEN NULL ELSE make_timestamp(1795838400000000 + i * 1237000)::TIMESTAMPTZ END AS event_time,
  (i * 0.25 - 56)::DOUBLE AS longitude,
  CASE WHEN i % 3 = 0 THEN NULL ELSE (i / 8)::FLOAT END AS speed,
  i % 2 = 0 AS ignition,
  [i, i + 1] AS gears,
  {'lat': (-34 - i)::DOUBLE, 'fix': CASE WHEN i % 2 = 0 THEN NULL ELSE 'gps ' || i END} AS place
  FROM range(9) r(i)`

const manyRows = Array.from({ length: 9 }, (_, i): Row => ({
  vehicle_id: `v-${i % 3}`,
  ...(i % 4 === 1 ? {} : { event_time: 1_795_838_400_000 + i * 1_237 }),
  longitude: i * 0.25 - 56,
  ...(i % 3 === 0 ? {} : { speed: i / 8 }),
  ignition: i % 2 === 0,
  gears: [i, i + 1],
  'place.lat': -34 - i,
  ...(i % 2 === 0 ? {} : { 'place.fix': `gps ${i}` }),
}))

conformsToFormat(parquet, [
  { title: 'a file of DuckDB', bytes: await duckdbFile(MANY, 'FORMAT parquet'), rows: manyRows },
  {
    title: 'a file of DuckDB, version 2',
    bytes: await duckdbFile(MANY, 'FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd'),
    rows: manyRows,
  },
])

const readBytes = (bytes: Uint8Array, options: Parameters<typeof readAll>[2] = {}): Promise<ReadResult> =>
  readAll(parquet, inputOf(bytes), options)

const rowsOfQuery = async (query: string, options = 'FORMAT parquet'): Promise<readonly Row[]> =>
  (await readBytes(await duckdbFile(query, options))).rows

const reasonFor = (bytes: Uint8Array): Promise<unknown> =>
  readBytes(bytes).then(
    () => undefined,
    (error: unknown) => (error instanceof FleetError && error.code === 'import.invalid' ? error.message : error),
  )

/** Times that are not said to be UTC are texts. */
const msOf = (value: unknown): unknown => (typeof value === 'string' ? Date.parse(`${value}Z`) : value)

test.each(FORMS)('positions are read in every form in which engines write them: $name', async ({ write, rows }) => {
  const found = await readBytes(await write(), { blockBytes: 30_000 })
  expect(
    found.rows.map((row) => [
      row['vehicle_id'],
      row['vehicle_type'],
      msOf(row['event_time']),
      Math.round(Number(row['longitude']) * 1e6),
      Math.round(Number(row['latitude']) * 1e6),
      row['speed'],
      row['heading'],
    ]),
  ).toEqual(rows.map(([id, type, ms, x, y, speed, heading]) => [id, type, ms, x, y, orNone(speed), orNone(heading)]))
})

const orNone = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

test('values of every type are what they mean', async () => {
  const query = `SELECT 200::UTINYINT AS u8, -7::SMALLINT AS i16, 4000000000::UINTEGER AS u32, 9007199254740993::BIGINT AS i64,
    18446744073709551615::UBIGINT AS u64, 12.345::DECIMAL(9,3) AS d9, -1234567890123456789.25::DECIMAL(38,2) AS d38,
    -0.05::DECIMAL(18,2) AS d18, DATE '2008-02-02' AS day, TIME '07:36:08.123456' AS clock, TIMESTAMP '2008-02-02 07:36:08.9996' AS local,
    TIMESTAMP_NS '2008-02-02 07:36:08.123456789' AS nanos, TIMESTAMP_S '1969-12-31 23:59:59' AS before, TIMESTAMPTZ '2008-02-02 07:36:08.5+08' AS instant,
    'caf\\x65'::BLOB AS blob, '0b6f9c1e-3f7e-4d5a-9a51-1a2b3c4d5e6f'::UUID AS uuid, true AS yes, INTERVAL '14 months 3 days 1.5 seconds' AS pause,
    'ü'::ENUM('ü', 'o') AS enum, '{"a": 1}'::JSON AS json, NULL::INTEGER AS nothing`
  const expected: Row = {
    u8: 200,
    i16: -7,
    u32: 4_000_000_000,
    i64: 9_007_199_254_740_993n,
    u64: 18_446_744_073_709_551_615n,
    d9: 12.345,
    d38: '-1234567890123456789.25',
    d18: -0.05,
    day: '2008-02-02',
    clock: '07:36:08.123',
    local: '2008-02-02T07:36:08.999',
    nanos: '2008-02-02T07:36:08.123',
    before: '1969-12-31T23:59:59.000',
    instant: Date.UTC(2008, 1, 1, 23, 36, 8, 500),
    blob: Buffer.from('cafe').toString('base64'),
    uuid: '0b6f9c1e-3f7e-4d5a-9a51-1a2b3c4d5e6f',
    yes: true,
    pause: 'P14M3DT1.500000000S',
    enum: 'ü',
    json: '{"a": 1}',
  }
  const two = `${query} UNION ALL ${query}`
  const found = [await rowsOfQuery(two), await rowsOfQuery(two, 'FORMAT parquet, PARQUET_VERSION V2')]
  // DuckDB has no logical type for blobs: bytes alone are texts.
  const asText = { ...expected, blob: 'cafe' }
  expect(found).toEqual([
    [asText, asText],
    [asText, asText],
  ])
})

test('whole numbers beyond 2^53 are exact among others, however they are encoded', async () => {
  const query = `SELECT CASE WHEN i % 5 = 0 THEN NULL WHEN i % 2 = 0 THEN 9007199254740993 + i ELSE i - 50 END::BIGINT AS id FROM range(100) r(i)`
  const expected = Array.from({ length: 100 }, (_, i): Row =>
    i % 5 === 0 ? {} : { id: i % 2 === 0 ? 9_007_199_254_740_993n + BigInt(i) : i - 50 },
  )
  const versions = ['V1', 'V2', 'V2, DICTIONARY_SIZE_LIMIT 1', 'V1, DICTIONARY_SIZE_LIMIT 1']
  for (const version of versions)
    expect(await rowsOfQuery(query, `FORMAT parquet, PARQUET_VERSION ${version}`)).toEqual(expected)
})

test('lists, maps and structs within them are what another reader reads', async () => {
  const bytes = await duckdbFile(
    `SELECT i, CASE WHEN i % 7 = 0 THEN NULL ELSE range(i % 4) END AS numbers,
      CASE WHEN i % 5 = 0 THEN [] WHEN i % 5 = 1 THEN [NULL] ELSE [{'x': i, 'tags': [CASE WHEN i % 2 = 0 THEN 'a' ELSE NULL END, 'b']}, NULL, {'x': NULL, 'tags': NULL}] END AS points,
      MAP {'k' || i: i, 'l': NULL} AS settings, MAP {i: [i]} AS by_number,
      {'deep': {'er': [[i], [], NULL]}} AS struct
     FROM range(5000) r(i)`,
    'FORMAT parquet, ROW_GROUP_SIZE 2048',
  )
  const found = await readBytes(bytes, { blockBytes: 20_000 })
  const others = await parquetReadObjects({ file: bytes.slice().buffer })
  expect(found.rows.length).toBe(5000)
  expect(found.rows).toEqual(others.map(rowOfOther))
  expect(found.rows[3]).toEqual({
    i: 3,
    numbers: [0, 1, 2],
    points: [{ x: 3, tags: [undefined, 'b'] }, undefined, { x: undefined, tags: undefined }],
    settings: { k3: 3, l: undefined },
    by_number: [{ key: 3, value: [3] }],
    'struct.deep.er': [[3], [], undefined],
  })
})

/** Hyparquet has null for nothing, bigints for whole numbers, and objects for maps of any keys. */
const rowOfOther = (row: Record<string, unknown>): Row => {
  const plain = (value: unknown): unknown => {
    if (value === null || value === undefined) return undefined
    if (typeof value === 'bigint') return Number(value)
    if (Array.isArray(value)) return value.map(plain)
    return typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
      : value
  }
  const { struct, by_number: byNumber, ...others } = plain(row) as Record<string, unknown>
  const pairs = Object.entries(byNumber as object).map(([key, value]: [string, unknown]) => ({
    key: Number(key),
    value,
  }))
  const { deep } = struct as { deep: { er: unknown } }
  const all = { ...others, by_number: pairs, 'struct.deep.er': deep.er }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

test('a file of several row groups and pages is read on from any block', async () => {
  const bytes = await duckdbFile(
    `SELECT 'vehicle ' || (i * 7919 % 977) AS id, i AS n, CASE WHEN i % 3 = 0 THEN NULL ELSE [i] END AS list FROM range(20000) r(i)`,
    'FORMAT parquet, ROW_GROUP_SIZE 4096',
  )
  const whole = await readBytes(bytes)
  expect(whole.rows.map(({ n }) => n)).toEqual(Array.from({ length: 20_000 }, (_, i) => i))
  const some = await readBytes(bytes, { blockBytes: 50_000 })
  expect(some.cursors.length).toBeGreaterThan(10)
  for (const from of some.cursors.filter((_, i) => i % 3 === 1)) {
    const later = await readBytes(bytes, { blockBytes: 50_000, from })
    expect(later.rows).toEqual(whole.rows.slice(from.at))
  }
})

test('pages of many rows and of few are joined, with dictionaries and without', async () => {
  const length = 12_000
  const texts = Array.from({ length }, (_, i) => (i % 11 === 0 ? undefined : `text ${i % (i < 6_000 ? 9 : 5_000)}`))
  const numbers = Array.from({ length }, (_, i) => (i % 13 === 0 ? undefined : i / 4))
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'text', data: texts, type: 'STRING', nullable: true },
        { name: 'number', data: numbers, type: 'DOUBLE', nullable: true },
      ],
      rowGroupSize: 5_000,
      pageSize: 700,
    }),
  )
  expect(parquetMetadata(bytes.slice().buffer).row_groups.length).toBe(3)
  const expected = texts.map((text, i) => ({
    ...(text === undefined ? {} : { text }),
    ...(numbers[i] === undefined ? {} : { number: numbers[i] }),
  }))
  for (const blockBytes of [5_000, 100_000]) expect((await readBytes(bytes, { blockBytes })).rows).toEqual(expected)
})

const POINT = (x: number, y: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(21))
  view.setUint8(0, 1)
  view.setUint32(1, 1, true)
  view.setFloat64(5, x, true)
  view.setFloat64(13, y, true)
  return new Uint8Array(view.buffer)
}
/** Big-endian, with a height and a reference system, as PostGIS writes them. */
const EXTENDED = (x: number, y: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(33))
  view.setUint32(1, 0xa0000001)
  view.setUint32(5, 4_326)
  view.setFloat64(9, x)
  view.setFloat64(17, y)
  return new Uint8Array(view.buffer)
}
const LINE = Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0, 0)

const geoFile = (column: object, names: readonly string[] = []): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ['a', 'b', 'c', 'd'], type: 'STRING' },
        { name: 'place', data: [POINT(116.5, 39.9), EXTENDED(-56.25, -34.5), LINE, undefined], type: 'BYTE_ARRAY' },
        ...names.map((name) => ({ name, data: [1, 2, 3, 4], type: 'DOUBLE' as const })),
      ],
      kvMetadata: [
        {
          key: 'geo',
          value: JSON.stringify({
            version: '1.1.0',
            primary_column: 'place',
            columns: { place: { encoding: 'WKB', geometry_types: [], ...column } },
          }),
        },
      ],
    }),
  )

test('points of GeoParquet are longitudes and latitudes, where there are no such columns', async () => {
  const points = [
    { id: 'a', longitude: 116.5, latitude: 39.9 },
    { id: 'b', longitude: -56.25, latitude: -34.5 },
    { id: 'c' },
    { id: 'd' },
  ]
  for (const crs of [{}, { crs: { id: { authority: 'EPSG', code: 4326 } } }, { crs: { name: 'WGS 84 (CRS84)' } }])
    expect((await readBytes(geoFile(crs))).rows).toEqual(points)
  expect((await readBytes(geoFile({ crs: null }, ['lon', 'Latitude']))).rows).toEqual(
    ['a', 'b', 'c', 'd'].map((id, i) => ({ id, lon: i + 1, Latitude: i + 1 })),
  )
})

test('geometries that are no longitudes and latitudes are refused with what to do', async () => {
  expect(
    await reasonFor(geoFile({ crs: { name: 'WGS 84 / UTM zone 21S', id: { authority: 'EPSG', code: 32721 } } })),
  ).toBe(
    "the Parquet file can't be read: its geometries (place) are in EPSG:32721: transform them to longitude and latitude first, OGC:CRS84 or EPSG:4326",
  )
  expect(await reasonFor(geoFile({ crs: null }))).toMatch(/unknown reference system/)
  expect(await reasonFor(geoFile({ geometry_types: ['Polygon'] }))).toBe(
    "the Parquet file can't be read: its geometries (place) are of type Polygon: only points are positions",
  )
})

test('fields that are not needed are not read', async () => {
  const bytes = await duckdbFile(MANY, 'FORMAT parquet')
  const { rows } = await readBytes(bytes, { neededOf: () => new Set(['vehicle_id', 'place.lat']) })
  expect(rows).toEqual(manyRows.map(({ vehicle_id, 'place.lat': latitude }) => ({ vehicle_id, 'place.lat': latitude })))
})

readsNeededFields(parquet, () => duckdbFile(MANY, 'FORMAT parquet, ROW_GROUP_SIZE 5'))

test('two columns of one name have two names', async () => {
  const rows = await rowsOfQuery(`SELECT 1 AS "a.b", {'b': 2} AS a`)
  expect(rows).toEqual([{ 'a.b': 1, 'a.b_': 2 }])
})

test('what is no Parquet file, or only a part of one, is told', async () => {
  const bytes = await duckdbFile(MANY, 'FORMAT parquet')
  expect(await reasonFor(bytes.subarray(0, 400))).toBe(
    "the Parquet file can't be read: it has no footer: it was cut, or its writer did not come to an end",
  )
  const encrypted = bytes.slice()
  encrypted.set(Buffer.from('PARE'), encrypted.length - 4)
  expect(await reasonFor(encrypted)).toBe("the Parquet file can't be read: it is encrypted: decrypt it first")
  expect(parquet.sniff(Buffer.from('PAR1....'), 'x')).toBe(2)
  expect(parquet.sniff(Buffer.from('vehicle_id,PAR1'), 'x.parquet')).toBe(0)
})

test('the reading ends when it is aborted', async () => {
  const aborted = AbortSignal.abort()
  const reading = readBytes(await duckdbFile(MANY, 'FORMAT parquet'), { signal: aborted })
  await expect(reading).rejects.toHaveProperty('name', 'AbortError')
})

test('damaged files end in rows or a sentence', async () => {
  const files = [
    await duckdbFile(
      `SELECT 'v' || i AS id, i AS n, [i] AS l, i / 7 AS x, NULL::VARCHAR AS nothing FROM range(400) r(i)`,
      'FORMAT parquet',
    ),
    await duckdbFile(
      `SELECT 'v' || i % 9 AS id, make_timestamp(i) AS t, i::DECIMAL(30, 3) AS d, MAP {'a': i} AS m FROM range(400) r(i)`,
      'FORMAT parquet, PARQUET_VERSION V2, COMPRESSION lz4_raw',
    ),
  ]
  const others: unknown[] = []
  for (const [seed, file] of files.entries())
    for (const mutant of mutantsOf(file, 400, seed + 1)) {
      const reason = await reasonFor(mutant)
      if (reason !== undefined && typeof reason !== 'string') others.push(reason)
    }
  expect(others).toEqual([])
})
