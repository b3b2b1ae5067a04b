import { expect, test } from 'vitest'
import { EXIT_CODES } from './exit-codes.ts'

test('only what misses nothing that was asked for ends with 0', () => {
  expect(
    Object.entries(EXIT_CODES)
      .filter(([, code]) => code === 0)
      .map(([status]) => status),
  ).toEqual(['complete', 'limit-reached'])
})
