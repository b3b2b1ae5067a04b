import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SPEEDS } from './clock/replay-clock.ts'
import { readReplayLink, writeReplayLink } from './replay-link.ts'

test('what is written is read again', () => {
  const link = fc.record(
    {
      time: fc.integer({ min: 0, max: 4e12 }),
      speed: fc.constantFrom(...SPEEDS),
      follow: fc.string({ minLength: 1 }),
      gap: fc.integer({ min: 1, max: 3_600_000 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(link, (each) => {
      expect(readReplayLink(writeReplayLink(each))).toEqual(each)
    }),
  )
})

test('an instant is written as a time in UTC', () => {
  expect(writeReplayLink({ time: Date.UTC(2026, 0, 5, 13, 5, 9) + 0.4, speed: 60 })).toEqual({
    t: '2026-01-05T13:05:09.000Z',
    x: '60',
    follow: undefined,
    gap: undefined,
  })
})

test('what makes no sense is left out', () => {
  expect(readReplayLink({ t: 'noon', x: '7', follow: null, gap: 'soon' })).toEqual({ gap: 'automatic' })
  expect(readReplayLink({ t: ['2026-01-05'], x: '', follow: '' })).toEqual({})
})
