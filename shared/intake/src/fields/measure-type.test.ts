import { expect, test } from 'vitest'
import { measureTypeOf } from './measure-type.ts'

test.each([
  [['1', '-2.50', '1e3', ''], 'double'],
  [[1, 2, null], 'double'],
  [[true, false], 'boolean'],
  [['a', 'b'], 'string'],
  [['1', 'a'], 'string'],
  [['1', '2', '3', 'hot'], 'double'],
  [['1', '2', '3', '007'], 'string'],
  [['1234567890123456'], 'string'],
  [['1_000'], 'string'],
  [[{ a: 1 }], 'string'],
  [[], 'double'],
  [['NA', ''], 'double'],
])('values like %j are %s', (values, type) => {
  expect(measureTypeOf('x', values)).toBe(type)
})

test('well-known measures have their own types', () => {
  expect(measureTypeOf('driver_id', ['7'])).toBe('string')
  expect(measureTypeOf('ignition', ['1'])).toBe('boolean')
  expect(measureTypeOf('revision', ['1'])).toBe('long')
})
