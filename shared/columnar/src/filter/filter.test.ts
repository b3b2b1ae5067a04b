import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MeasureSpec } from '../measures.ts'
import { emptyMeasure, isTextMeasure, measureOfValues } from '../rows/measure-columns.ts'
import { type Rows, rowsOfArrays, sliceOfRows } from '../rows/rows.ts'
import { textsOfStrings } from '../rows/text-list.ts'
import {
  type FilterRow,
  filterRows,
  filters,
  type FilterSource,
  type FilterValue,
  selectsRow,
  writtenFilter,
} from '../testing/filters.ts'
import { bindFilter } from './bind-filter.ts'
import type { Filter } from './filter.ts'
import { createRowFilter } from './filter-rows.ts'
import { type ColumnBounds, maySelect } from './may-select.ts'
import { parseFilter } from './parse-filter.ts'

const MEASURES: readonly MeasureSpec[] = [
  { name: 'temperature', type: 'double', unit: '°C' },
  { name: 'load', type: 'float' },
  { name: 'odometer', type: 'long' },
  { name: 'level', type: 'int' },
  { name: 'driver_id', type: 'string' },
  { name: 'ignition', type: 'boolean' },
]

const TEXTS = ['a7', 'a', 'ä', '', "o'clock", '\u{1F68C}', '\uFFFD']
const TIMES = ['2026-01-05T08:00:00Z', '2026-01-05T08:00:00.001Z', '2026-01-05T09:00:00.001+01:00']
const SOURCES: readonly FilterSource[] = [
  { name: 'vehicle_id', values: ['v-1', 'v-2', 'größer'], mayBeNull: false },
  { name: 'vehicle_type', values: ['bus', 'taxi'], mayBeNull: false },
  { name: 'event_time', values: TIMES.map((time) => Date.parse(time)), written: TIMES, mayBeNull: false },
  { name: 'speed', values: [0, 0.1, 5.5].map(Math.fround), written: [0, 0.1, 5.5, -1], mayBeNull: true },
  { name: 'heading', values: [0, 90], mayBeNull: true },
  { name: 'temperature', values: [-3.5, 0, 0.1, 8], written: [-3.5, 0, 0.1, 8, 7.75], mayBeNull: true },
  { name: 'load', values: [0.1, 0.25].map(Math.fround), written: [0.1, 0.25, 16777217], mayBeNull: true },
  { name: 'odometer', values: [0, 9007199254740991, -5], mayBeNull: true },
  { name: 'level', values: [1, 2, 3], written: [1, 2, 3, 2.5], mayBeNull: true },
  { name: 'driver_id', values: TEXTS, mayBeNull: true },
  { name: 'ignition', values: [true, false], mayBeNull: true },
]
/** Well known, and of no row. */
const NOWHERE: FilterSource = { name: 'fuel', values: [50], mayBeNull: true }

const rowsOf = (rows: readonly FilterRow[]): Rows => {
  const column = (name: string): FilterValue[] => rows.map((row) => row[name] ?? null)
  const floats = (name: string): Float32Array => Float32Array.from(column(name), (value) => Number(value ?? NaN))
  const coded = (name: string): { codes: Int32Array; known: string[] } => {
    const known = [...new Set(column(name) as string[])]
    return { codes: Int32Array.from(column(name), (value) => known.indexOf(value as string)), known }
  }
  const [ids, types] = [coded('vehicle_id'), coded('vehicle_type')]
  return rowsOfArrays({
    length: rows.length,
    vehicle: ids.codes,
    vehicleIds: textsOfStrings(ids.known),
    vehicleType: types.codes,
    vehicleTypes: types.known,
    eventTime: Float64Array.from(column('event_time'), Number),
    speed: floats('speed'),
    heading: floats('heading'),
    measures: MEASURES.map((spec) => measureOfValues(spec, column(spec.name))),
  })
}

const anyRows = fc.array(filterRows(SOURCES), { maxLength: 30 })
const anyFilter = filters([...SOURCES, NOWHERE])

const boundOf = (text: string): ReturnType<typeof bindFilter> =>
  bindFilter(parseFilter(text), text, { measures: MEASURES, otherColumns: ['state'] })

/** The rows that a text selects of those whose numbers are given. */
const selectedBy = (text: string, rows: Rows, of: readonly number[]): number[] => {
  const selected = Uint32Array.from(of)
  const count = createRowFilter(boundOf(text), MEASURES)(rows, selected, selected.length)
  return Array.from(selected.subarray(0, count))
}

const withoutPlaces = (filter: Filter): unknown =>
  JSON.parse(JSON.stringify(filter, (key, value: unknown) => (key === 'at' ? 0 : value)))

test('a filter that is written is read as it was', () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      expect(withoutPlaces(parseFilter(writtenFilter(filter)))).toEqual(filter)
    }),
  )
})

test('it selects what a look at each row does, of any rows, three truths and all', () => {
  fc.assert(
    fc.property(anyRows, anyFilter, fc.func(fc.boolean()), (rows, filter, isAsked) => {
      const asked = rows.flatMap((_, i) => (isAsked(i) ? [i] : []))
      const expected = asked.filter((i) => selectsRow(filter, rows[i], MEASURES))
      expect(selectedBy(writtenFilter(filter), rowsOf(rows), asked)).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

test('pieces of rows that share their texts are filtered as all of them are', () => {
  fc.assert(
    fc.property(anyRows, anyFilter, fc.integer({ min: 1, max: 7 }), (rows, filter, pieceRows) => {
      const all = rowsOf(rows)
      const keep = createRowFilter(boundOf(writtenFilter(filter)), MEASURES)
      const found: number[] = []
      for (let from = 0; from < rows.length; from += pieceRows) {
        const piece = sliceOfRows(all, from, Math.min(from + pieceRows, rows.length))
        const selected = Uint32Array.from({ length: piece.length }, (_, i) => i)
        found.push(...selected.subarray(0, keep(piece, selected, piece.length)).map((row) => from + row))
      }
      expect(found).toEqual(rows.flatMap((row, i) => (selectsRow(filter, row, MEASURES) ? [i] : [])))
    }),
  )
})

test('rows whose bounds rule a filter out are not selected by it', () => {
  let ruledOut = 0
  fc.assert(
    fc.property(anyRows, anyFilter, (rows, filter) => {
      const all = rowsOf(rows)
      const bounds: ColumnBounds = {
        lacks: (column) => column.kind === 'measure' && rows.every((row) => (row[column.spec.name] ?? null) === null),
        numbers: (column) => {
          const measure =
            column.kind === 'measure' ? all.measures.find(({ spec }) => spec.name === column.spec.name)! : undefined
          const values = column.kind === 'core' ? all[column.key] : isTextMeasure(measure!) ? [] : measure!.values
          const known = Array.from(values).filter((value) => value === value)
          return known.length === 0 ? {} : { min: Math.min(...known), max: Math.max(...known) }
        },
        texts: (column) => {
          const name =
            column.kind === 'measure' ? column.spec.name : column.key === 'vehicle' ? 'vehicle_id' : 'vehicle_type'
          const known = rows
            .flatMap((row) => (typeof row[name] === 'string' ? [Buffer.from(row[name])] : []))
            .toSorted(Buffer.compare)
          return { min: known[0], max: known.at(-1) }
        },
      }
      const text = writtenFilter(filter)
      if (maySelect(boundOf(text).test, bounds)) return
      ruledOut++
      expect(rows.filter((row) => selectsRow(filter, row, MEASURES))).toEqual([])
    }),
  )
  expect(ruledOut).toBeGreaterThan(5)
})

const sqlValue = (value: FilterValue): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
const SQL_TYPES = {
  vehicle_id: 'VARCHAR',
  vehicle_type: 'VARCHAR',
  event_time: 'TIMESTAMPTZ',
  speed: 'FLOAT',
  heading: 'FLOAT',
}
const MEASURE_SQL_TYPES = {
  double: 'DOUBLE',
  float: 'FLOAT',
  long: 'BIGINT',
  int: 'INTEGER',
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
}

const fillTable = async (duckdb: DuckDBConnection, rows: readonly FilterRow[]): Promise<void> => {
  const columns = Object.entries<string>({
    ...SQL_TYPES,
    ...Object.fromEntries(MEASURES.map(({ name, type }) => [name, MEASURE_SQL_TYPES[type]])),
    fuel: 'DOUBLE',
  })
  await duckdb.run(`create or replace table t (i INTEGER, ${columns.map(([name, type]) => `${name} ${type}`).join()})`)
  const values = rows.map((row, i) => {
    const cells = columns.map(([name]) => {
      const value = row[name] ?? null
      return name === 'event_time' ? sqlValue(new Date(Number(value)).toISOString()) : sqlValue(value)
    })
    return `(${[i, ...cells].join()})`
  })
  await duckdb.run(`insert into t values ${values.join()}`)
}

test("it selects what DuckDB's WHERE does", async () => {
  const duckdb = await (await DuckDBInstance.create()).connect()
  await duckdb.run(`SET TimeZone = 'UTC'`)
  const rows = fc.sample(filterRows(SOURCES), { numRuns: 300, seed: 1 })
  await fillTable(duckdb, rows)
  const held = rowsOf(rows)
  const all = rows.map((_, i) => i)
  for (const filter of fc.sample(anyFilter, { numRuns: 300, seed: 2 })) {
    const text = writtenFilter(filter)
    const read = await duckdb.runAndReadAll(`select i from t where ${text} order by i`)
    expect([text, selectedBy(text, held, all)]).toEqual([text, read.getRows().map(([i]) => Number(i))])
  }
  duckdb.closeSync()
})

test.each<[string, string]>([
  ['', `character 1: expected the name of a column, not or "(", but the filter ends`],
  [
    'temperature',
    'character 12: expected =, !=, <, <=, >, >=, in, not in or is after temperature, but the filter ends',
  ],
  ['temperature > ', `character 15: expected a number, a text such as 'a7', true or false, but the filter ends`],
  ['temperature > 8 and', 'character 20: expected the name of a column'],
  ['temperature > 8 speed < 3', 'character 17: expected and, or or the end, but found speed'],
  ['(temperature > 8', 'character 17: expected and, or or ")", but the filter ends'],
  ['temperature > 8)', 'character 16: expected and, or or the end, but found )'],
  [
    'driver_id = a7',
    `character 13: expected a number, a text such as 'a7', true or false, but found a7 (a text is written in single quotes)`,
  ],
  [`driver_id = 'a7`, "character 13: the text that begins here has no closing '"],
  ['temperature = null', 'but found null (whether there is a value is asked with "is null" and "is not null")'],
  ['temperature is 8', 'character 16: expected null or not null, but found 8'],
  ['driver_id in ()', "character 15: expected a number, a text such as 'a7', true or false, but found )"],
  ['temperature # 8', 'character 13: # has no meaning here'],
  [`driver_id = '\u{1F68C}' or # `, 'character 20: # has no meaning here'],
  ['temperature > 9007199254740993', 'character 15: 9007199254740993 is beyond 9007199254740991'],
  ['temperature > 1e999', 'character 15: 1e999 is beyond any number'],
  ['temprature > 8', 'character 1: there is no column "temprature": did you mean "temperature"?'],
  ['Temperature > 8', 'did you mean "temperature"?'],
  ['driver = 7', 'did you mean "driver_id"'],
  ['longitude > 8', 'character 1: "longitude" can\'t be in a filter: use the area of the search for it'],
  [`speed > 1 and temperature > 'cold'`, `character 29: "temperature" is a number and 'cold' is a text`],
  ['driver_id = 7', 'character 13: "driver_id" is a text and 7 is a number'],
  ['fuel = true', 'character 8: "fuel" is a number and true is true or false'],
  [`state = 'on'`, `character 1: "state" is a column of another program`],
  ['ignition = 1', 'character 12: "ignition" is true or false and 1 is a number'],
  ['ignition < true', 'character 1: "ignition" is true or false: use = or !='],
  [
    'event_time > 8',
    `character 14: "event_time" is a time and 8 is a number: they can't be compared; a time is written as '2026-`,
  ],
  [
    `event_time > '2026-02-30T08:00:00Z'`,
    `character 14: '2026-02-30T08:00:00Z' is not a time with a zone and whole ms`,
  ],
  [`event_time > '2026-01-05T08:00:00'`, 'is not a time with a zone'],
  [`event_time > '2026-01-05T08:00:00.0005Z'`, 'is not a time with a zone and whole ms'],
  [`${'not '.repeat(65)}speed > 1`, 'character 261: it is nested more than 64 deep'],
  [`${'('.repeat(65)}speed > 1${')'.repeat(65)}`, 'character 66: it is nested more than 64 deep'],
  [`driver_id = '${'ü'.repeat(2_048)}'`, 'the filter has 4110 bytes, and may have 4096'],
])('the filter %s is refused: %s', (text, message) => {
  expect(() => boundOf(text)).toThrow(fault('query.invalid', message))
})

test.each([
  `TEMPERATURE_is_no_column_but_text = 'x' Or SPEED > 1`,
  `"speed" > 1 AND NOT heading IS NOT NULL`,
  `driver_id In('a','b')and not(load<>.5)`,
  `${'('.repeat(64)}speed > 1${')'.repeat(64)}`,
])('%s is a filter', (text) => {
  expect(() => parseFilter(text)).not.toThrow()
})

test('no text makes anything but a filter or a fault', () => {
  const pieces = fc.constantFrom('(', ')', 'and', 'not', 'in', 'is', 'null', 'speed', '8', "'", '"', ',', '<', '=', 'ü')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(pieces).map((parts) => parts.join(' ')),
      ),
      (text) => {
        try {
          boundOf(text)
        } catch (error) {
          expect(error).toBeInstanceOf(FleetError)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('a filter names the measures that it looks at, and no column is touched that its tests leave nothing for', () => {
  const bound = boundOf(`speed > 3 and (fuel > 3 or driver_id = 'a' or temperature > 2)`)
  expect(bound.measures.map(({ name }) => name)).toEqual(['temperature', 'driver_id'])
  const rows = rowsOf([{ vehicle_id: 'a', vehicle_type: 'b', event_time: 0, speed: 1 }])
  const touchy = {
    ...rows,
    get measures(): never {
      throw new Error('this was not to happen')
    },
  }
  expect(createRowFilter(bound, MEASURES)(touchy, Uint32Array.of(0), 1)).toBe(0)
})

test('a test that meets a damaged column leaves nothing behind for the next rows', () => {
  const rows = rowsOf([{ vehicle_id: 'a', vehicle_type: 'b', event_time: 0, speed: 9, temperature: 1 }])
  const damaged = {
    ...rows,
    get measures(): never {
      throw new RangeError('damaged')
    },
  }
  const keep = createRowFilter(boundOf('speed > 3 or temperature > 2'), MEASURES)
  const [one, two] = [1, 9].map((speed) => ({ vehicle_id: 'a', vehicle_type: 'b', event_time: 0, speed }))
  expect(() =>
    keep({ ...damaged, ...rowsOf([two, one]), measures: damaged.measures }, Uint32Array.of(0, 1), 2),
  ).toThrow('damaged')
  expect(keep(rowsOf([one]), Uint32Array.of(0), 1)).toBe(0)
})

test('rows without the measure that a filter needs can not be given', () => {
  expect(() => createRowFilter(boundOf('temperature > 2'), [])).toThrow('temperature')
  expect(emptyMeasure(MEASURES[0], 2)).toMatchObject({ spec: MEASURES[0] })
})
