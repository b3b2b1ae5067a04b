import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysOfDate, isDay } from './calendar.ts'

test('days are those of Date, and of no other dates', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 0, max: 33 }),
      (year, month, day) => {
        const date = new Date(0)
        date.setUTCFullYear(year, month - 1, day)
        const isThere = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
        expect(isDay(year, month, day)).toBe(isThere)
        if (isThere) expect(daysOfDate(year, month, day)).toBe(date.getTime() / 86_400_000)
      },
    ),
    { numRuns: 5_000 },
  )
})
