import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideDecimal, readNumber } from './read-number.ts'

test.each([
  ['1', 1],
  [' -1.5 ', -1.5],
  ['+.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['-1.5E-03', -0.0015],
  ['−3', -3],
  ['1,234', 1234],
  ['1,234,567.5', 1234567.5],
  ['1 234 567', 1234567],
  ['1\u202F234.5', 1234.5],
  ["1'234.5", 1234.5],
  ['12,5', NaN],
  ['1,23', NaN],
  ['1,2345', NaN],
  ['1234,567', NaN],
  ['1,234,56', NaN],
  ['1,234 567', NaN],
  ['0x10', NaN],
  ['Infinity', NaN],
  ['', NaN],
  ['1.2.3', NaN],
  ['five', NaN],
  ['1'.repeat(1_000_000), NaN],
])('with a decimal point, %s is %d', (text, value) => {
  expect(readNumber(text)).toBe(value)
})

test.each([
  ['12,5', 12.5],
  ['-,5', -0.5],
  ['1.234', 1234],
  ['1.234.567,5', 1234567.5],
  ['1 234,5', 1234.5],
  ['12.5', NaN],
  ['1,2,3', NaN],
  ['7', 7],
])('with a decimal comma, %s is %d', (text, value) => {
  expect(readNumber(text, ',')).toBe(value)
})

test('every number is read back, whatever its marks', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -2e9, max: 2e9 }),
      fc.nat(3),
      fc.constantFrom('en-US', 'de-DE', 'fr-FR', 'de-CH'),
      (whole, places, locale) => {
        const value = whole / 10 ** places
        const text = value.toLocaleString(locale, { minimumFractionDigits: places, maximumFractionDigits: places })
        expect(readNumber(text, locale === 'en-US' || locale === 'de-CH' ? '.' : ',') + 0).toBe(value + 0)
      },
    ),
    { numRuns: 1_000 },
  )
})

test.each([
  [['31,24', '116,5'], [], ','],
  [['31.24', '116.5'], [], '.'],
  // A coordinate has no thousands.
  [['31,240', '116,500'], [], ','],
  [['31', '116'], ['1.234,5'], ','],
  [['31', '116'], ['1,234.5'], '.'],
  [['31', '116'], ['1,234,567'], '.'],
  [['31', '116'], ['12,5 km/h'], ','],
  // Either a thousand or a fraction.
  [['31', '116'], ['1,234'], undefined],
  [['31.5'], ['12,5', '13,5'], '.'],
  [[], [], undefined],
] as const)('coordinates %j and numbers %j have the decimal mark %s', (coordinates, others, decimal) => {
  expect(decideDecimal(coordinates, others)).toBe(decimal)
})
