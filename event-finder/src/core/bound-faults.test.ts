import { expect, test } from 'vitest'
import { boundFaults, type Fault, MOST_FAULTS } from './bound-faults.ts'

/** What a message takes of a sentence. */
const LONGEST_SENTENCE = 16_384

const faultsOf = (count: number, reason: string): Fault[] =>
  Array.from({ length: count }, (_, i) => ({ path: `${i}.parquet`, reason }))

test('a few faults are told as they are', () => {
  const faults = faultsOf(MOST_FAULTS, 'the file is missing')
  expect(boundFaults(faults)).toEqual(faults)
  expect(boundFaults([])).toEqual([])
})

test('of more the first are told, and how many there are', () => {
  const faults = faultsOf(123_456, 'the file is missing')
  expect(boundFaults(faults)).toEqual([
    ...faults.slice(0, MOST_FAULTS),
    { path: '1000.parquet', reason: 'it and 122455 more could not be read' },
  ])
})

test.each([
  ['letters', 'x'],
  ['characters of several bytes', '端'],
  ['characters that JSON escapes', '\u0001'],
])('long ones, of %s, do not fill more than a part of a message either', (_, character) => {
  const faults = faultsOf(200, character.repeat(LONGEST_SENTENCE))
  const told = boundFaults(faults)
  expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(300 * 1024)
  const untold = faults.length - (told.length - 1)
  expect(told.at(-1)).toEqual({
    path: `${told.length - 1}.parquet`,
    reason: `it and ${untold - 1} more could not be read`,
  })
})
