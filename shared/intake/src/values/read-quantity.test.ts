import { expect, test } from 'vitest'
import { readQuantity } from './read-quantity.ts'
import { type Quantity, type Unit, unitNamed } from './units.ts'

const read = (value: unknown, quantity: Quantity = 'speed', unit?: Unit): unknown =>
  readQuantity(value, { quantity, unit, decimal: '.' })

test.each([
  ['5.0 kn', 'speed', 5 * (1852 / 3600)],
  ['12 km/h', 'speed', 12 / 3.6],
  ['12km/h', 'speed', 12 / 3.6],
  ['12 KMH', 'speed', 12 / 3.6],
  ['1,200.5 m', 'length', 1200.5],
  ['5 m s-1', 'speed', 5],
  ['30 mph', 'speed', 30 * 0.44704],
  ['10 knots', 'speed', 10 * (1852 / 3600)],
  ['-4 °F', 'temperature', -20],
  ['293.15 K', 'temperature', 20],
  ['21.5°C', 'temperature', 21.5],
  ['80 %', 'share', 80],
  ['271°', 'angle', 271],
  ['100 ft', 'length', 30.48],
  ['7', 'speed', 7],
  [7, 'speed', 7],
  [7n, 'speed', 7],
  ['', 'speed', undefined],
  ['\\N', 'speed', undefined],
  ['NA', 'speed', undefined],
  ['Unknown', 'speed', undefined],
  ['null', 'speed', undefined],
  ['-', 'speed', undefined],
  ['NaN', 'speed', undefined],
  [NaN, 'speed', undefined],
  [null, 'speed', undefined],
  ['fast', 'speed', 'not-a-number'],
  ['5 parsecs', 'speed', 'unit-not-known'],
  ['5 ft', 'speed', 'unit-not-known'],
  [true, 'speed', 'not-a-number'],
  [{}, 'speed', 'not-a-number'],
  [`${'1'.repeat(1_000_000)} kn`, 'speed', 'not-a-number'],
] as const)('%s of %s is %s', (value, quantity, expected) => {
  const found = read(value, quantity)
  if (typeof expected === 'number') expect(found).toBeCloseTo(expected, 9)
  else expect(found).toBe(expected)
})

test('the unit of a value counts more than the one of its column', () => {
  expect(read('36', 'speed', unitNamed('km/h', 'speed'))).toBe(10)
  expect(read('36 m/s', 'speed', unitNamed('km/h', 'speed'))).toBe(36)
  expect(readQuantity('36,5', { quantity: 'speed', decimal: ',' })).toBe(36.5)
  expect(readQuantity('36,5 km/h', { quantity: 'speed', decimal: ',' })).toBeCloseTo(36.5 / 3.6, 9)
})
