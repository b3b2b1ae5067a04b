import { DuckDBInstance } from '@duckdb/node-api'
import type { PositionRow } from '@fleetlake/columnar'
import { fault } from '@fleetlake/core/testing'
import { tableFromIPC } from 'apache-arrow'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pl, { type DataFrame } from 'nodejs-polars'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awkwardBatches } from '../testing/awkward-rows.ts'
import { MEASURES, measuredBatches, measuredPositions } from '../testing/measured-rows.ts'
import { writeFormat } from '../testing/write-format.ts'
import type { FormatName } from './format-names.ts'
import { openFormat } from './open-format.ts'

/** The same rows in every format of rows, read back by programs that are not ours. */
const folder = mkdtempSync(join(tmpdir(), 'fleet-formats-'))
let duckdb: Awaited<ReturnType<DuckDBInstance['connect']>>
beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create()).connect()
})
afterAll(() => {
  duckdb.closeSync()
  rmSync(folder, { recursive: true })
})

type Fields = Record<string, unknown>

const numberOf = (value: unknown): number =>
  value === null || value === undefined || value === '' ? NaN : Math.fround(Number(value))

/** As the type says, whatever a reader made of it; a text without a character is one only where a format tells it from none. */
const measuresOf = (fields: Fields): Pick<PositionRow, 'measures'> => {
  const values: [string, string | number | boolean][] = []
  for (const { name, type } of MEASURES) {
    const value = fields[name]
    if (value === null || value === undefined || (value === '' && type !== 'string')) continue
    if (type === 'string') values.push([name, String(value)])
    else if (type === 'boolean') values.push([name, String(value) === 'true'])
    else values.push([name, type === 'float' ? Math.fround(Number(value)) : Number(value)])
  }
  return values.length === 0 ? {} : { measures: Object.fromEntries(values) }
}

const rowOf = (fields: Fields): PositionRow => ({
  vehicleId: String(fields['vehicle_id']),
  vehicleType: String(fields['vehicle_type']),
  eventTime: typeof fields['event_time'] === 'string' ? Date.parse(fields['event_time']) : Number(fields['event_time']),
  longitude: Number(fields['longitude']) + 0,
  latitude: Number(fields['latitude']) + 0,
  speed: numberOf(fields['speed']),
  heading: numberOf(fields['heading']),
  ...measuresOf(fields),
})

let files = 0
/** A new name each time: readers remember what they have read of one. */
const fileOf = (bytes: Uint8Array, extension: string): string => {
  const path = join(folder, `${files++}.${extension}`)
  writeFileSync(path, bytes)
  return path
}

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)

const byDuckdb = async (bytes: Uint8Array): Promise<PositionRow[]> => {
  const read = await duckdb.runAndReadAll(
    `select * exclude (event_time), epoch_ms(event_time)::double as event_time
     from '${fileOf(bytes, 'parquet')}'`,
  )
  return read.getRowObjects().map((fields) => rowOf(fields))
}

const rowsOfFrame = (frame: DataFrame): PositionRow[] =>
  frame
    .withColumns(pl.col('event_time').cast(pl.Datetime('ms', 'UTC')).cast(pl.Int64).cast(pl.Float64))
    .toRecords()
    .map((fields) => rowOf(fields))

const byHyparquet = async (bytes: Uint8Array): Promise<PositionRow[]> =>
  (await parquetReadObjects({ file: bytes.slice().buffer })).map((fields) => rowOf(fields))

const readers: Record<string, (bytes: Uint8Array) => PositionRow[] | Promise<PositionRow[]>> = {
  'ndjson by JSON.parse': (bytes) =>
    decode(bytes)
      .split('\n')
      .slice(0, -1)
      .map((line) => rowOf(JSON.parse(line) as Fields)),
  'csv by csv-parse': (bytes) => (parse(decode(bytes), { columns: true }) as Fields[]).map(rowOf),
  'geojson by JSON.parse': (bytes) => {
    const { features } = JSON.parse(decode(bytes)) as {
      features: { geometry: { coordinates: [number, number] }; properties: Fields }[]
    }
    return features.map(({ geometry: { coordinates: place }, properties }) =>
      rowOf({ ...properties, longitude: place[0], latitude: place[1] }),
    )
  },
  'arrow by apache-arrow': (bytes) =>
    tableFromIPC(bytes)
      .toArray()
      .map((row: { toJSON(): Fields }) => rowOf(row.toJSON())),
  'arrow by polars': (bytes) => rowsOfFrame(pl.readIPC(Buffer.from(bytes))),
  'parquet by duckdb': byDuckdb,
  'parquet by polars': (bytes) => rowsOfFrame(pl.readParquet(Buffer.from(bytes))),
  'parquet by hyparquet': byHyparquet,
  'geoparquet by duckdb': byDuckdb,
  'geoparquet by hyparquet': byHyparquet,
}

describe.each(Object.keys(readers))('%s', (reader) => {
  const format = reader.split(' ')[0] as 'ndjson'

  test('every row reads back as it was, in the order in which it came', async () => {
    await fc.assert(
      fc.asyncProperty(awkwardBatches, async (batches) => {
        expect(await readers[reader](await writeFormat(format, batches))).toEqual(batches.flat())
      }),
      { numRuns: 100 },
    )
  })
})

/** CSV does not tell every reader a text without a character from none. */
const withoutEmptyTexts = (row: PositionRow): PositionRow => {
  const { measures, ...seven } = row
  const kept = Object.entries(measures ?? {}).filter(([, value]) => value !== '')
  return kept.length === 0 ? seven : { ...seven, measures: Object.fromEntries(kept) }
}

describe.each(Object.keys(readers))('%s', (reader) => {
  const format = reader.split(' ')[0] as FormatName
  const seen = (rows: readonly PositionRow[]): PositionRow[] =>
    format === 'csv' ? rows.map(withoutEmptyTexts) : [...rows]

  test('every measure of every type reads back as it was, where a row has one', async () => {
    await fc.assert(
      fc.asyncProperty(measuredBatches, async (batches) => {
        const bytes = await writeFormat(format, batches, { measures: MEASURES })
        expect(seen(await readers[reader](bytes))).toEqual(seen(batches.flat()))
      }),
      { numRuns: 60 },
    )
  })
})

test.each(['ndjson', 'csv', 'geojson', 'geojson-lines', 'gpx', 'kml', 'mf-json'] as const)(
  'a measure that comes with a later batch is told, not left out: %s',
  async (name) => {
    const format = await openFormat(name, { gap: 'automatic' })
    const row: PositionRow = { vehicleId: 'a', vehicleType: 'bus', eventTime: 0, longitude: 0, latitude: 0 }
    format.rows(measuredPositions([row], MEASURES.slice(0, 1)))
    const later = measuredPositions([{ ...row, eventTime: 1 }], MEASURES.slice(0, 2))
    expect(() => format.rows(later)).toThrow(
      fault('query.invalid', 'the answer has a column "altitude" that its first rows did not have'),
    )
  },
)

test.each(['arrow', 'parquet', 'geoparquet'] as const)(
  'a measure that comes after a block is told, not left out, and one that comes within the first is there: %s',
  async (name) => {
    const format = await openFormat(name, { gap: 'automatic' })
    const rows = Array.from({ length: 70_000 }, (_, i): PositionRow => ({
      vehicleId: 'a',
      vehicleType: 'bus',
      eventTime: i,
      longitude: 0,
      latitude: 0,
    }))
    format.rows(measuredPositions(rows.slice(0, 1), []))
    format.rows(measuredPositions(rows, MEASURES.slice(0, 1)))
    expect(() => {
      format.rows(measuredPositions(rows, MEASURES.slice(0, 2)))
      format.tail('complete')
    }).toThrow(fault('query.invalid', 'the answer has a column "altitude" that its first rows did not have'))
  },
)

test('a column has its type, its unit and its description where a format has a place for them', async () => {
  const rows: PositionRow[] = [{ vehicleId: 'a', vehicleType: 'bus', eventTime: 0, longitude: 0, latitude: 0 }]
  const parquet = await writeFormat('parquet', [rows], { measures: MEASURES })
  const described = await duckdb.runAndReadAll(`describe select * from '${fileOf(parquet, 'parquet')}'`)
  expect(
    described
      .getRowObjects()
      .slice(7)
      .map(({ column_name: name, column_type: type }) => [name, type]),
  ).toEqual([
    ['state', 'VARCHAR'],
    ['altitude', 'DOUBLE'],
    ['load', 'FLOAT'],
    ['revision', 'BIGINT'],
    ['seats', 'INTEGER'],
    ['ignition', 'BOOLEAN'],
    ['times', 'DOUBLE'],
  ])
  const { fields } = tableFromIPC(await writeFormat('arrow', [rows], { measures: MEASURES })).schema
  expect(fields.slice(7).map(({ name, type, nullable }) => [name, String(type), nullable])).toEqual([
    ['state', 'Utf8', true],
    ['altitude', 'Float64', true],
    ['load', 'Float32', true],
    ['revision', 'Int64', true],
    ['seats', 'Int32', true],
    ['ignition', 'Bool', true],
    ['times', 'Float64', true],
  ])
  expect(Object.fromEntries(fields[9].metadata)).toEqual({ unit: 'kg' })
})

/** As text: to compare the objects themselves takes ten times as long. */
const isSame = (a: readonly PositionRow[], b: readonly PositionRow[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

test('many batches of many rows are one file, whose row groups and record batches are of one size', async () => {
  const batches = Array.from({ length: 30 }, (_, batch) =>
    Array.from({ length: 7001 }, (_each, i): PositionRow => ({
      vehicleId: `v-${i}`,
      vehicleType: ['taxi', 'bus', 'truck'][(batch + i) % 3],
      eventTime: 1.7e12 + batch * 1000,
      longitude: i / 1e6,
      latitude: -i / 1e6 + 0,
      speed: i % 5 === 0 ? NaN : i % 30,
      heading: i % 7 === 0 ? NaN : i % 360,
    })),
  )
  const rows = batches.flat()
  const parquet = await writeFormat('parquet', batches)
  expect(isSame(rowsOfFrame(pl.readParquet(Buffer.from(parquet))), rows)).toBe(true)
  const groups = await duckdb.runAndReadAll(
    `select distinct row_group_id, row_group_num_rows from parquet_metadata('${fileOf(parquet, 'parquet')}') order by 1`,
  )
  expect(groups.getRowsJson()).toEqual([
    ['0', '50000'],
    ['1', '50000'],
    ['2', '50000'],
    ['3', '50000'],
    ['4', '10030'],
  ])
  const arrow = await writeFormat('arrow', batches)
  expect(isSame(rowsOfFrame(pl.readIPC(Buffer.from(arrow))), rows)).toBe(true)
  expect(tableFromIPC(arrow).batches.map(({ numRows }) => numRows)).toEqual([65_536, 65_536, 65_536, 13_422])
})
