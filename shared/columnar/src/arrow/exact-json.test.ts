import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  dateJson,
  decimalDigits,
  decimalJson,
  durationJson,
  instantJson,
  intervalJson,
  isExactDecimal,
  numberOfDecimal,
  timeJson,
  wholeJson,
} from './exact-json.ts'

test('a whole number is one as far as a double holds it, and reads back to its last digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), (value) => {
      const read: unknown = JSON.parse(wholeJson(value))
      expect(BigInt(read as number | string)).toBe(value)
      expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'string')
    }),
  )
})

test('a decimal has all its digits, as a number or as a text', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
      fc.integer({ min: -10, max: 40 }),
      (unscaled, scale) => {
        const digits = decimalDigits(unscaled, scale)
        const [whole, fraction = ''] = digits.replace('-', '').split('.')
        const sign = digits.startsWith('-') ? -1n : 1n
        expect(sign * BigInt(whole + fraction)).toBe(scale < 0 ? unscaled * 10n ** BigInt(-scale) : unscaled)
        expect(fraction.length).toBe(Math.max(0, scale))
        const read: unknown = JSON.parse(decimalJson(unscaled, scale))
        expect(read).toBe(isExactDecimal(unscaled) ? numberOfDecimal(unscaled, scale) + 0 : digits)
      },
    ),
  )
  expect(decimalJson(-5n, 3)).toBe('-0.005')
  expect(decimalJson(12n, -2)).toBe('1200')
})

test.each([
  [instantJson(1_767_600_000n, 0, true), '"2026-01-05T08:00:00Z"'],
  [instantJson(-1n, 3, true), '"1969-12-31T23:59:59.999999999Z"'],
  [instantJson(1_767_600_000_120n, 1, false), '"2026-01-05T08:00:00.120"'],
  [instantJson(2n ** 62n, 0, true), '"4611686018427387904"'],
  [instantJson(7n, 9, true), '7'],
  [dateJson(0), '"1970-01-01"'],
  [dateJson(-1), '"1969-12-31"'],
  [dateJson(2 ** 31 - 1), '2147483647'],
  [timeJson(86_399_999n, 1), '"23:59:59.999"'],
  [timeJson(86_400n, 0), '86400'],
  [timeJson(-1n, 0), '-1'],
  [durationJson(90n, 0), '"PT90S"'],
  [durationJson(-1_500_000n, 2), '"PT-1.500000S"'],
  [intervalJson({ months: 14, days: 0, nanos: 0n }), '"P14M"'],
  [intervalJson({ months: 1, days: -2, nanos: 5n }), '"P1M-2DT0.000000005S"'],
  [intervalJson({ months: 0, days: 0, nanos: 0n }), '"PT0.000000000S"'],
])('%s is %s', (written, expected) => {
  expect(written).toBe(expected)
})
