import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_GAP_MS, readGap, writeGap } from './gap-code.ts'

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constant('automatic' as const), fc.integer({ min: 1, max: MAX_GAP_MS })), (gap) => {
      expect(readGap(writeGap(gap))).toBe(gap)
    }),
  )
  expect([writeGap('automatic'), writeGap(90_000), writeGap(360_000)]).toEqual([
    { gap: undefined },
    { gap: '90s' },
    { gap: '6min' },
  ])
})

test('what makes no sense is automatic', () => {
  expect(['', 'soon', '0s', '-5s', '6d', null, ['1m'], undefined].map((gap) => readGap({ gap }))).toEqual(
    Array.from({ length: 8 }, () => 'automatic'),
  )
})
