import { CONTENT_TYPES, decodeMove } from '@fleetlake/contracts'
import { decodePositions, rowsOfPositions } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { arrowLayouts, SAMPLE } from './arrow-layouts.ts'

test.each(arrowLayouts())('$name reads as the rows that were written', ({ bytes, rows = SAMPLE }) => {
  const decoded = decodeMove(bytes, CONTENT_TYPES.arrow)
  expect(decoded.reason).toBeUndefined()
  expect(rowsOfPositions(decoded.rows!)).toEqual(rows)
})

test('of all layouts those alone are read the fast way that are ours to the letter', () => {
  const fast = arrowLayouts().filter(({ bytes }) => decodePositions(bytes) !== undefined)
  expect(fast.map(({ name }) => name)).toEqual([
    'ours',
    'ours, with reasons',
    'ours, with measures',
    'ours, of one source',
    'ours, written by Arrow JS',
  ])
})
