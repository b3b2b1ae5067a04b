import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileBytesOf } from './rewrite-chunks.ts'

test.each([
  ['some room beside', 100, 64, 72],
  ['no room beyond half more', 100, 148, 150],
  ['two of them from there on', 100, 152, 86],
  ['a file that is small', 100, 8, 9],
])('files are of equal size, with %s', (_, share, expected, bytes) => {
  expect(fileBytesOf(expected, share)).toBe(bytes)
})

test('a file never has more than half more than its share, and all have room for what is expected', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 30 }), fc.integer({ min: 1, max: 2 ** 40 }), (share, expected) => {
      const bytes = fileBytesOf(expected, share)
      expect(bytes).toBeLessThanOrEqual(Math.ceil(1.5 * share))
      expect(bytes * Math.max(1, Math.round(expected / share))).toBeGreaterThanOrEqual(expected)
    }),
  ))
