import { parseExactJson } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOT_JSON, parseJsonRow } from './parse-json-row.ts'

const digits = fc
  .integer({ min: 1, max: 25 })
  .chain((length) =>
    fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length - 1, maxLength: length - 1 }),
    ),
  )
const number = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.constantFrom('', '.5', '.125', 'e3', 'E-400', '.5e+400'))
  .map(([sign, [first, others], end]) => `${sign}${first}${others}${end}`)

test('numbers are those of an exact reading, wherever they are', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 4 }), fc.constantFrom('', ' ', '\n'), (numbers, blank) => {
      const members = numbers.map((each, i) => `"${i}":${blank}${each}`)
      const text =
        `{${members.join(`,${blank}`)},"list":[${numbers.join(blank === '' ? ',' : `${blank},${blank}`)}]}`.replace(
          '{,',
          '{',
        )
      expect(parseJsonRow(text)).toEqual(parseExactJson(text))
    }),
    { numRuns: 1_000 },
  )
})

test('a text is left as it is', () => {
  expect(parseJsonRow('{"a":": 12345678901234567890, NaN","b\\"":[NaN,-Infinity,"Infinity"]}')).toEqual({
    a: ': 12345678901234567890, NaN',
    'b"': [null, null, 'Infinity'],
  })
})

test.each(['', '{', '{"a":NaNa}', '{"a":1}}', 'NaN1', '{"a":undefined}'])('%s is no JSON', (text) => {
  expect(parseJsonRow(text)).toBe(NOT_JSON)
})
