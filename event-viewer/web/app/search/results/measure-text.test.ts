import { expect, test } from 'vitest'
import { distanceText, insideText } from './measure-text.ts'

test('figures are as long as they need to be', () => {
  expect([NaN].flatMap((unknown) => [distanceText(unknown), insideText(unknown)])).toEqual(['–', '–'])
  expect([0, 849.6, 12_345, 1_234_567].map(distanceText)).toEqual(['0 m', '850 m', '12.3 km', '1,235 km'])
  expect([0, 45_000, 719_000, 11_100_000, 90_000_000].map(insideText)).toEqual([
    '0 s',
    '45 s',
    '11 min',
    '3 h 05 min',
    '25 h 00 min',
  ])
})
