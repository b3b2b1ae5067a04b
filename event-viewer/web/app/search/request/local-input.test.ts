import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localInputText, parseLocalInput } from './local-input.ts'

test('what is read is what was written, to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e9 }), (seconds) => {
      const text = localInputText(seconds * 1000)
      const read = parseLocalInput(text)
      // In the hour that a clock repeats, a text stands for either of two times.
      expect(read === undefined ? undefined : localInputText(read)).toBe(text)
    }),
  )
})

test('minutes do, nonsense does not', () => {
  expect([
    parseLocalInput('2026-01-05T08:00') === parseLocalInput('2026-01-05T08:00:00'),
    parseLocalInput(''),
    parseLocalInput('2026-13-05T08:00'),
    parseLocalInput('tomorrow'),
  ]).toEqual([true, undefined, undefined, undefined])
})
