import { CHUNK_FORMATS } from './chunk-format.ts'
import { toMicroDegrees } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import pl from 'nodejs-polars'
import { describe, expect, test } from 'vitest'
import { COLUMN_NAMES } from '../columns.ts'
import { type Rows, rowsOfArrays } from '../rows/rows.ts'
import { textsOfStrings } from '../rows/text-list.ts'
import { isParquet, openCodec, readChunkFile } from './open-codec.ts'

interface Row {
  readonly vehicleId: string
  readonly vehicleType: string
  readonly time: number
  readonly x: number
  readonly y: number
  readonly speed: number
  readonly heading: number
}

/** What has a meaning in some format, and what must be told from it. */
const AWKWARD = [
  '',
  ' ',
  ' a ',
  '"',
  '""',
  ',',
  'a,b',
  '\n',
  '\r\n',
  'a\r',
  '\t',
  "'",
  '\\',
  '\\n',
  '#',
  'null',
  'NaN',
  '-1',
  '1e5',
  'ü',
  '😀',
  '\u2028',
  '\u0001',
  '{"a":1}',
  'é',
]
const text = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => s.isWellFormed() && !s.includes('\0')),
)
const real = fc
  .oneof(
    fc.constantFrom(NaN, 0, -0, 1e-45, 3.4028234663852886e38, 0.1, 16_777_217),
    fc.float({ noDefaultInfinity: true }),
  )
  .map(Math.fround)
const row: fc.Arbitrary<Row> = fc.record({
  vehicleId: text,
  vehicleType: text,
  time: fc
    .integer({ min: 0, max: 4_400_000_000_000 })
    .map((ms) => (ms % 3 === 0 ? Math.trunc(ms / 1000) * 1000 + 0 : ms)),
  x: fc.integer({ min: -180_000_000, max: 180_000_000 }),
  y: fc.integer({ min: -90_000_000, max: 90_000_000 }),
  speed: real,
  heading: real,
})

/** Arrays are longer than the rows, and dictionaries hold more than is used, as in a collector. */
const columnsOf = (rows: readonly Row[]): Rows => {
  const codesOf = (texts: readonly string[]): { dictionary: string[]; codes: Int32Array } => {
    const dictionary = ['unused', ...new Set(texts)]
    const codes = new Int32Array(texts.length + 3)
    texts.forEach((value, i) => (codes[i] = dictionary.indexOf(value, 1)))
    return { dictionary, codes }
  }
  const ids = codesOf(rows.map(({ vehicleId }) => vehicleId))
  const types = codesOf(rows.map(({ vehicleType }) => vehicleType))
  const values = (of: (row: Row) => number): number[] => [...rows.map(of), 7, 7, 7]
  return rowsOfArrays({
    length: rows.length,
    vehicleIds: textsOfStrings(ids.dictionary),
    vehicle: ids.codes,
    vehicleTypes: types.dictionary,
    vehicleType: types.codes,
    eventTime: Float64Array.from(values(({ time }) => time)),
    longitude: Int32Array.from(values(({ x }) => x)),
    latitude: Int32Array.from(values(({ y }) => y)),
    speed: Float32Array.from(values(({ speed }) => speed)),
    heading: Float32Array.from(values(({ heading }) => heading)),
  })
}

const readBack = async (path: string, bytes: Uint8Array): Promise<Row[]> => {
  const frame = await readChunkFile(path, bytes, COLUMN_NAMES)
  expect(frame.columns).toEqual(COLUMN_NAMES)
  const plain = frame.withColumns(
    pl.col('event_time').cast(pl.Datetime('ms', 'UTC')).cast(pl.Int64),
    pl.col('longitude').cast(pl.Float64),
    pl.col('latitude').cast(pl.Float64),
  )
  const column = <T>(name: string): T[] => plain.getColumn(name).toArray() as T[]
  const [ids, types] = [column<string>('vehicle_id'), column<string>('vehicle_type')]
  const [times, xs, ys] = [column<number>('event_time'), column<number>('longitude'), column<number>('latitude')]
  const [speeds, headings] = [column<number | null>('speed'), column<number | null>('heading')]
  return ids.map((vehicleId, i) => ({
    vehicleId,
    vehicleType: types[i],
    time: Number(times[i]),
    x: toMicroDegrees(xs[i]),
    y: toMicroDegrees(ys[i]),
    speed: speeds[i] ?? NaN,
    heading: headings[i] ?? NaN,
  }))
}

describe.each(CHUNK_FORMATS)('chunks as %s', (format) => {
  test('every column comes back exactly, whatever it holds', async () => {
    const codec = await openCodec(format)
    expect(codec.extension).toBe(`.${format}`)
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        const back = await readBack(`x${codec.extension}`, codec.encode(columnsOf(rows)))
        expect(back).toEqual(rows)
      }),
      { numRuns: 150 },
    )
  })

  test('a speed that is known of late rows only is there', async () => {
    const codec = await openCodec(format)
    const rows = Array.from({ length: 3_000 }, (_, i): Row => {
      const known = i < 2_999 ? NaN : 13.4
      return {
        vehicleId: `v${i}`,
        vehicleType: 'bus',
        time: 1.7e12,
        x: i,
        y: 0,
        speed: Math.fround(known),
        heading: NaN,
      }
    })
    expect(await readBack(`x${codec.extension}`, codec.encode(columnsOf(rows)))).toEqual(rows)
  })

  test('a chunk without rows is refused, and so are bytes that are something else', async () => {
    const codec = await openCodec(format)
    expect(() => codec.encode(columnsOf([]))).toThrow(fault('table.invalid'))
    const junk = new TextEncoder().encode('something else')
    await expect(readChunkFile(`x${codec.extension}`, junk, COLUMN_NAMES)).rejects.toBeInstanceOf(Error)
  })
})

test.each([
  ['a/x.parquet', true],
  ['a/part-0000.c000.snappy.parquet', true],
  ['a/of-another-writer', true],
  ['a/x.csv', false],
  ['a/x.csv.zst', false],
  ['a.csv/x.parquet', true],
])('of %s the name tells whether it is Parquet: %s', (path, expected) => {
  expect(isParquet(path)).toBe(expected)
})
