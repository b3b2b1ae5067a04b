import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measureNameFault } from '../measures.ts'
import { columnsOfSamples, measureSamples } from '../testing/measures.ts'
import {
  createMeasureStore,
  emptyMeasure,
  gatherMeasures,
  hasValues,
  type MeasureColumn,
  measureValue,
  sliceMeasures,
} from './measure-columns.ts'

const valuesOf = (column: MeasureColumn, length: number): unknown[] =>
  Array.from({ length }, (_, row) => measureValue(column, row))

const someRows = fc
  .integer({ min: 1, max: 30 })
  .chain((rows) => fc.tuple(measureSamples(rows), fc.array(fc.nat(rows - 1), { maxLength: 40 })))

test('rows are gathered and sliced with their measures', () => {
  fc.assert(
    fc.property(someRows, ([samples, order]) => {
      const columns = columnsOfSamples(samples)
      const gathered = gatherMeasures(columns, Uint32Array.from(order))
      samples.forEach(({ values }, m) => {
        expect(valuesOf(columns[m], values.length)).toEqual(values)
        expect(valuesOf(gathered[m], order.length)).toEqual(order.map((row) => values[row]))
        expect(valuesOf(sliceMeasures(columns, 1, values.length)[m], values.length - 1)).toEqual(values.slice(1))
        expect(hasValues(columns[m], values.length)).toBe(values.some((value) => value !== null))
      })
    }),
  )
})

test('a store holds what it was given, whatever measures come with which rows', () => {
  fc.assert(
    fc.property(fc.array(someRows, { maxLength: 6 }), (batches) => {
      const store = createMeasureStore()
      const expected = new Map<string, Map<number, unknown>>()
      let length = 0
      for (const [samples, order] of batches) {
        store.take(columnsOfSamples(samples), Uint32Array.from(order), length)
        for (const { spec, values } of samples) {
          const known = expected.get(spec.name) ?? new Map<number, unknown>()
          expected.set(spec.name, known)
          order.forEach((row, i) => known.set(length + i, values[row]))
        }
        length += order.length
      }
      const columns = store.columns(length)
      expect(columns.map(({ spec }) => spec.name)).toEqual([...expected.keys()])
      for (const column of columns) {
        const known = expected.get(column.spec.name)!
        expect(valuesOf(column, length)).toEqual(Array.from({ length }, (_, row) => known.get(row) ?? null))
      }
    }),
  )
})

test('a measure without values is null in every row', () => {
  expect(valuesOf(emptyMeasure({ name: 'fuel', type: 'double' }, 2), 2)).toEqual([null, null])
  expect(valuesOf(emptyMeasure({ name: 'state', type: 'string' }, 2), 2)).toEqual([null, null])
})

test.each([
  ['temperature', undefined],
  ['vehicle_id', '"vehicle_id" is a column of every position'],
  ['cell', '"cell" is a reserved name'],
  ['Über', expect.stringContaining('is not a name of a measure')],
  ['x'.repeat(64), expect.stringContaining('is not a name of a measure')],
])('%s is a name of a measure, or it is said why not', (name, fault) => {
  expect(measureNameFault(name)).toEqual(fault)
})
