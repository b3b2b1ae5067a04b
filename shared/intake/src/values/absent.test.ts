import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAbsent } from './absent.ts'
import { trimmed } from './trimmed.ts'

test.each([
  '',
  ' ',
  '\u3000',
  '\\N',
  'NA',
  'n/a',
  '#N/A',
  '<NA>',
  'NaN',
  'NaT',
  'NULL',
  'None',
  'nil',
  ' Unknown ',
  'undefined',
  '-',
  '--',
  '–',
  '?',
])('%j says that there is no value', (text) => {
  expect(isAbsent(text)).toBe(true)
})

test('so do nothing and NaN, and nothing else does', () => {
  expect([undefined, null, NaN].map(isAbsent)).toEqual([true, true, true])
  expect([0, 0n, false, '0', 'N', 'constructor', 'Nana', {}, [], ' '.repeat(1_000_000) + 'x'].map(isAbsent)).toEqual(
    Array(10).fill(false),
  )
})

test('blanks around a text go, at least those that trim knows, and no others', () => {
  expect(trimmed('\u200B\u00A0 A 1\u2060\u0085\uFEFF')).toBe('A 1')
  const mixed = ' \u200B'.repeat(500_000)
  expect(trimmed(`${mixed}x${mixed}`)).toBe('x')
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\u00A0', '\u2003', '\u3000', '\uFEFF', '\u2028', '1') }),
      (text) => {
        expect(trimmed(text)).toBe(text.trim())
      },
    ),
  )
})
