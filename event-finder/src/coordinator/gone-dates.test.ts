import { expect, test } from 'vitest'
import { goneDatesNote } from './gone-dates.ts'

test('a period that begins in a date that retention took, or before, is told of it', () => {
  const noteAt = (time: string, newestDateGone: string | undefined): string | undefined =>
    goneDatesNote({ newestDateGone }, { from: Date.parse(time) })
  const note = 'retention has taken dates up to 2019-03-01: positions of those dates may be gone'
  expect(noteAt('2018-01-01T00:00:00Z', '2019-03-01')).toBe(note)
  expect(noteAt('2019-03-01T23:59:59.999Z', '2019-03-01')).toBe(note)
  expect(noteAt('2019-03-02T00:00:00Z', '2019-03-01')).toBeUndefined()
  expect(noteAt('2018-01-01T00:00:00Z', undefined)).toBeUndefined()
})
