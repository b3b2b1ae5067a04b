import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExactJson } from './parse-json.ts'

test.each([
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740993', '9007199254740993'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['{"a":[1,12345678901234567890]}', { a: [1, '12345678901234567890'] }],
  ['1e400', '1e400'],
  ['-1E-400', '-1E-400'],
  ['0e5', 0],
  ['1e300', 1e300],
  ['0.10000000000000001', 0.1],
  ['12345678901234567.5', '12345678901234567.5'],
  ['"1e400"', '1e400'],
  ['{"1234567890123456789":null}', { '1234567890123456789': null }],
])('%s is %j', (text, value) => {
  expect(parseExactJson(text)).toEqual(value)
})

test('all else is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!/\d{16}/.test(text))
      expect(parseExactJson(text)).toEqual(JSON.parse(text))
    }),
  )
  expect(() => parseExactJson('{"a":1e400')).toThrow(SyntaxError)
})
