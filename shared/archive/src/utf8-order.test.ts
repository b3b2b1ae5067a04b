import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareUtf8, cutMaximum, cutMinimum } from './utf8-order.ts'

const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '\uffff', '😀', '\u{10ffff}', '\u{10fffe}'),
  maxLength: 12,
})

test('texts compare as their bytes do', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
    }),
  )
})

test('a cut minimum is a lower bound and a cut maximum an upper one', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (value, length) => {
      expect(compareUtf8(cutMinimum(value, length), value)).toBeLessThanOrEqual(0)
      expect(compareUtf8(cutMaximum(value, length), value)).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('long texts are cut', () => {
  expect(cutMinimum('abcdef', 3)).toBe('abc')
  expect(cutMaximum('abcdef', 3)).toBe('abc\u{10ffff}')
  expect(cutMaximum('abc', 3)).toBe('abc')
})
