import {
  Bool,
  Dictionary,
  Float32,
  Int64,
  Int8,
  Struct,
  Field,
  tableFromIPC,
  tableToIPC,
  Uint32,
  Utf8,
  vectorFromArray,
  Table,
} from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fault } from '@fleetlake/core/testing'
import { measureValue } from '../rows/measure-columns.ts'
import { positionsOfRows, rowsOfPositions } from '../rows/position-rows.ts'
import { columnsOfSamples, measureSamples } from '../testing/measures.ts'
import { decodePositions } from './decode.ts'
import { decodeForeignPositions } from './foreign.ts'
import { encodePositions } from './position-batch.ts'

const ROWS = 6
const plain = positionsOfRows(
  Array.from({ length: ROWS }, (_, i) => ({
    vehicleId: `v-${i}`,
    vehicleType: 'bus',
    eventTime: 1_700_000_000_000 + i,
    longitude: i,
    latitude: -i,
  })),
)

test('measures of every type come back from a message, by both readers and by the Arrow library', () => {
  fc.assert(
    fc.property(measureSamples(ROWS), (samples) => {
      const payload = encodePositions({ ...plain, measures: columnsOfSamples(samples) })
      for (const rows of [decodePositions(payload)!, decodeForeignPositions(payload)]) {
        expect(rows.measures.map(({ spec }) => spec)).toEqual(samples.map(({ spec }) => spec))
        rows.measures.forEach((column, m) => {
          expect(Array.from({ length: ROWS }, (_, row) => measureValue(column, row))).toEqual(samples[m].values)
        })
        expect(rowsOfPositions({ ...rows, measures: [] })).toEqual(rowsOfPositions(plain))
      }
      const table = tableFromIPC(payload)
      for (const { spec, values } of samples) {
        const found = Array.from(table.getChild(spec.name)!, (value: unknown) =>
          typeof value === 'bigint' ? Number(value) : value,
        )
        expect(found).toEqual(values)
      }
    }),
  )
})

test('a message without measures is the same bytes as ever, and reasons are no measure', () => {
  const bytes = encodePositions(plain)
  expect(decodePositions(bytes)!.measures).toEqual([])
  const letter = decodePositions(encodePositions(plain, Array(ROWS).fill('off-the-globe')))!
  expect(letter.measures).toEqual([])
})

const foreign = (columns: Record<string, unknown>): Uint8Array => {
  const table = tableFromIPC(encodePositions(plain))
  const ours = Object.fromEntries(table.schema.fields.map(({ name }) => [name, table.getChild(name)!]))
  return tableToIPC(new Table({ ...ours, ...columns } as never), 'stream')
}

test("others' columns are read by their types, whatever their names; types that can't be read are passed over", () => {
  const of = <Value>(value: Value): Value[] => Array<Value>(ROWS).fill(value)
  const rows = decodeForeignPositions(
    foreign({
      axles: vectorFromArray(of(3), new Int8()),
      counter: vectorFromArray(of(4_000_000_000), new Uint32()),
      fuel: vectorFromArray(of(0.5), new Float32()),
      open: vectorFromArray(of(true), new Bool()),
      state: vectorFromArray(of('loading'), new Dictionary(new Utf8(), new Int8())),
      'Not A Name': vectorFromArray(of(1), new Int8()),
      deep: vectorFromArray(of({ x: 1 }), new Struct([new Field('x', new Int8())])),
    }),
  )
  expect(rows.measures.map(({ spec }) => [spec.name, spec.type])).toEqual([
    ['axles', 'int'],
    ['counter', 'long'],
    ['fuel', 'float'],
    ['open', 'boolean'],
    ['state', 'string'],
    ['Not A Name', 'int'],
  ])
  expect(rowsOfPositions(rows)[5].measures).toEqual({
    axles: 3,
    counter: 4_000_000_000,
    fuel: 0.5,
    open: true,
    state: 'loading',
    'Not A Name': 1,
  })
})

test('a whole number that a double does not hold is refused, not rounded', () => {
  const bytes = foreign({ counter: vectorFromArray(Array(ROWS).fill(2n ** 60n), new Int64()) })
  expect(() => decodePositions(bytes) ?? decodeForeignPositions(bytes)).toThrow(fault('arrow.invalid'))
})

test('more measures than a batch may have are refused', () => {
  const columns = Object.fromEntries(
    Array.from({ length: 257 }, (_, i) => [`m_${i}`, vectorFromArray(Array(ROWS).fill(i), new Float32())]),
  )
  expect(() => decodeForeignPositions(foreign(columns))).toThrow(/more than 256 measures/)
})
