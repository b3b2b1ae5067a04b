import { parseExactJson } from '@fleetlake/core'
import { expect, test } from 'vitest'
import { readId } from './read-id.ts'

test.each([
  ['A1', 'A1'],
  [' A1\u00A0', 'A1'],
  ['\u3000京A·12345\uFEFF', '京A·12345'],
  ['007', '007'],
  ['123.0', '123'],
  ['123.00', '123'],
  ['007.0', '007'],
  ['123.5', '123.5'],
  ['1.2.0', '1.2.0'],
  [7, '7'],
  [-0, '0'],
  [123456789012345, '123456789012345'],
  ['358990000000001', '358990000000001'],
  ['12E4', '12E4'],
  ['1E5', '1E5'],
])('%j is the vehicle %s', (value, id) => {
  expect(readId(value)).toBe(id)
})

test('whole numbers beyond 2^53 stay apart', () => {
  const { a, b } = parseExactJson('{"a":9007199254740993,"b":9007199254740992}') as Record<string, unknown>
  expect([readId(a), readId(b)]).toEqual(['9007199254740993', '9007199254740992'])
  expect(readId(9007199254740993n)).toBe('9007199254740993')
})

test.each([
  [undefined, 'vehicle-id-missing'],
  [null, 'vehicle-id-missing'],
  ['', 'vehicle-id-missing'],
  [' \u200B ', 'vehicle-id-missing'],
  ['\\N', 'vehicle-id-missing'],
  ['NULL', 'vehicle-id-missing'],
  ['Unknown', 'vehicle-id-missing'],
  [NaN, 'vehicle-id-missing'],
  [Infinity, 'vehicle-id-missing'],
  ['3.58899E+14', 'vehicle-id-rounded'],
  ['3,58899e+14', 'vehicle-id-rounded'],
  [2 ** 53, 'vehicle-id-rounded'],
  [{}, 'vehicle-id-not-a-text'],
  [true, 'vehicle-id-not-a-text'],
  ['bad\uFFFD', 'not-utf-8'],
])('%j is no vehicle: %s', (value, reason) => {
  expect(readId(value)).toEqual({ reason, detail: expect.stringMatching(/ /) })
})
