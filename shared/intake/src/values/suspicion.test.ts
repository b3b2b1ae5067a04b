import { expect, test } from 'vitest'
import { mostOf, suspicionOf } from './suspicion.ts'

const at = Date.parse
const around = { from: at('2026-11-01T00:00:00Z'), to: at('2026-11-29T00:00:00Z') }

test.each([
  ['1970-01-01T00:00:00Z', 'epoch-1970'],
  ['1970-01-01T08:00:00Z', 'epoch-1970'],
  ['1970-01-02T00:00:00Z', undefined],
  ['1980-01-06T00:00:05Z', 'epoch-gps'],
  ['1999-08-22T00:00:05Z', 'gps-week-rollover'],
  ['2019-04-07T00:00:05Z', 'gps-week-rollover'],
  // 1,024 and 2,048 weeks before the rest.
  ['2007-03-27T10:00:00Z', 'gps-week-rollover'],
  ['1987-08-11T10:00:00Z', 'gps-week-rollover'],
  ['2007-06-27T10:00:00Z', undefined],
  ['2026-11-15T10:00:00Z', undefined],
  ['2025-11-15T10:00:00Z', undefined],
  ['2030-01-01T00:00:00Z', undefined],
])('%s among rows of November 2026: %s', (instant, suspicion) => {
  expect(suspicionOf(at(instant), around)).toBe(suspicion)
})

test('without other rows only the beginnings of clocks are suspicious', () => {
  expect(suspicionOf(at('1970-01-01T00:00:00Z'))).toBe('epoch-1970')
  expect(suspicionOf(at('2007-03-27T10:00:00Z'))).toBeUndefined()
  const april = { from: at('2019-04-01T00:00:00Z'), to: at('2019-05-01T00:00:00Z') }
  expect(suspicionOf(at('2019-04-07T00:00:05Z'), april)).toBeUndefined()
})

test('the period of most instants leaves the first and the last twentieth out', () => {
  expect(mostOf([])).toBeUndefined()
  expect(mostOf([NaN, 5])).toEqual({ from: 5, to: 5 })
  expect(mostOf([0, ...Array.from({ length: 38 }, (_, i) => 1000 + i), 9e12])).toEqual({ from: 1001, to: 1036 })
})
