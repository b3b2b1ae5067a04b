import { expect, test } from 'vitest'
import { headingAtEnd, headingAtStart } from './replay-heading.ts'

test('a heading that is missing is where the stretch leads, else the one at its other end', () => {
  const none = Number.NaN
  const both = (from: number, to: number, led: number): number[] => [
    headingAtStart(from, to, led),
    headingAtEnd(from, to, led),
  ]
  expect(both(10, 20, 30)).toEqual([10, 20])
  expect(both(none, 20, 30)).toEqual([30, 20])
  expect(both(10, none, 30)).toEqual([10, 30])
  expect(both(none, 20, none)).toEqual([20, 20])
  expect(both(10, none, none)).toEqual([10, 10])
  expect(both(none, none, none)).toEqual([none, none])
})
