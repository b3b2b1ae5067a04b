import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valueOf } from '../block.ts'
import { MAX_CELLS } from './limits.ts'
import type { JsonObject } from './parse-json-row.ts'
import { createTable, type Table } from './table.ts'

const rowsOf = (table: Table): unknown[] => {
  const rows = table.rowCount()
  const { names, fields } = table.finish()
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      names.map((name, i) => [name, valueOf(fields[i], row)] as const).filter(([, value]) => value !== undefined),
    ),
  )
}

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const flat = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', '1'), fc.oneof(scalar, fc.array(scalar)))

const withoutNull = (object: JsonObject): unknown =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))

test('rows come back as they were added, whatever their names and their order', () => {
  fc.assert(
    fc.property(fc.array(flat, { maxLength: 20 }), (objects) => {
      const table = createTable()
      for (const object of objects) expect(table.addObject(object)).toBe('taken')
      expect(rowsOf(table)).toEqual(objects.map(withoutNull))
    }),
  )
})

test('rows come back from columns that have grown, and that came late', () => {
  const objects = Array.from({ length: 3_000 }, (_, i) => ({
    n: i,
    ...(i % 7 === 0 ? {} : { t: `t${i}` }),
    ...(i < 2_500 ? {} : { late: i % 2 === 0 ? i : 'x' }),
    ...(i > 1_000 && i < 2_900 ? {} : { early: true }),
  }))
  const table = createTable()
  for (const object of objects) table.addObject(object)
  expect(rowsOf(table)).toEqual(objects)
})

test('numbers are numbers, and instants where they are named', () => {
  const table = createTable(new Set(['at']))
  table.addObject({ n: 1, at: 5, m: 1 })
  table.addObject({ n: null, m: 'x' })
  expect(table.finish()).toEqual({
    names: ['n', 'at', 'm'],
    fields: [
      { kind: 'number', values: Float64Array.of(1, NaN) },
      { kind: 'instant', values: Float64Array.of(5, NaN) },
      { kind: 'value', values: [1, 'x'] },
    ],
  })
})

test('the last value of a name counts, none too', () => {
  const table = createTable()
  table.open()
  for (const value of [1, 'x', null]) table.set('a', value)
  for (const value of [1, null, 2]) table.set('b', value)
  table.close()
  expect(rowsOf(table)).toEqual([{ b: 2 }])
})

test('of a row that is refused nothing is kept', () => {
  const table = createTable()
  const deep = JSON.parse('['.repeat(70) + ']'.repeat(70)) as unknown
  table.addObject({ a: 1, b: 'x' })
  expect(table.addObject({ a: 2, c: 3, b: 'y', d: deep })).toEqual({
    reason: 'too-deep',
    detail: 'more than 64 lists and objects inside each other',
  })
  expect(table.addObject(Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`x${i}`, i])))).toEqual({
    reason: 'too-many-fields',
    detail: 'more than 1000 fields',
  })
  table.addObject({ e: 1 })
  expect([table.rowCount(), rowsOf(table)]).toEqual([2, [{ a: 1, b: 'x' }, { e: 1 }]])
})

test('a table is full before its columns are too large', () => {
  const table = createTable()
  let rows = 0
  const row = (i: number): JsonObject =>
    Object.fromEntries(Array.from({ length: 500 }, (__, k) => [`x${i % 40}-${k}`, k]))
  while (table.addObject(row(rows)) === 'taken') rows++
  const { fields } = table.finish()
  expect(rows).toBeGreaterThan(1)
  expect(rows * fields.length).toBeLessThanOrEqual(MAX_CELLS)
  expect(fields.every(({ kind }) => kind === 'number')).toBe(true)
})
