import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { formatOfPattern } from './time-pattern.ts'

test.each([
  ['DD/MM/YYYY HH:mm:ss PM', '"PM" is not known'],
  ['dd/MM/yyyy HH:mm:ss', '"dd" is not known'],
  ['YYYY-MM-DDXHH:mm', '"DDXHH" is not known from its "X" on'],
  ['%d/%m/%Y', '"d" is not known'],
  ['DD MM YYYY [at HH:mm', '"at" is not known from its "t" on'],
  ['DD/MM/YYYY HH:mm:ss A', 'A tells AM from PM: write hh for the hour before it'],
  ['DD/MM/YYYY hh:mm:ss', 'hh is the hour of half a day: add A for AM or PM, or write HH for the hour of a day'],
  ['MM/DD/YYYY hh:mm AM', 'it has the month twice'],
  ['DD/MM HH:mm', 'it has no year'],
  ['HH:mm', 'it has no year and no month and no day'],
  ['YYYY YY MM DD', 'it has the year twice'],
])('%s is refused: %s', (pattern, why) => {
  expect(() => formatOfPattern(pattern)).toThrow(
    fault(
      'usage.invalid',
      `--time-format "${pattern}": ${why}; a pattern is made of YYYY, YY, MM, MMM (a month’s name), DD,`,
    ),
  )
})

test('a long pattern is refused', () => {
  expect(() => formatOfPattern('YYYY-MM-DD '.repeat(100))).toThrow(fault('usage.invalid', 'it is too long'))
})
