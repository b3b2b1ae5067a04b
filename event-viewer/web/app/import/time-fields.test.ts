import { expect, test } from 'vitest'
import { joinTimeFields, timeFieldsOf } from './time-fields.ts'

test('a date and a time of day are two fields, also where their names hold a plus', () => {
  const fields = ['Date', 'Time', 'a+b', 'c', 'Date+Time+']
  expect(
    ['Date', 'Date+Time', 'a+b+c', 'Date+Time+', 'x+y', 'z', ''].map((source) => timeFieldsOf(source, fields)),
  ).toEqual([
    { first: 'Date', second: '' },
    { first: 'Date', second: 'Time' },
    { first: 'a+b', second: 'c' },
    { first: 'Date+Time+', second: '' },
    { first: 'x', second: 'y' },
    { first: 'z', second: '' },
    { first: '', second: '' },
  ])
})

test('a second field without a first is none', () => {
  expect([
    joinTimeFields({ first: 'Date', second: 'Time' }),
    joinTimeFields({ first: 'Date', second: '' }),
    joinTimeFields({ first: '', second: 'Time' }),
  ]).toEqual(['Date+Time', 'Date', ''])
})
