import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestRow, vehicleOfRow } from './nearest-row.ts'

test('the vehicle of a row is the one whose rows it is among', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 9 }), (counts) => {
      const owners = counts.flatMap((count, vehicle) => Array.from({ length: count }, () => vehicle))
      const start = Uint32Array.from([0, ...counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b))])
      expect(owners.map((_, row) => vehicleOfRow(start, row))).toEqual(owners)
    }),
  )
})

test('the nearest row is found within the radius, north as far as east on the map', () => {
  const rows = { longitude: Float64Array.of(0, 1, 0), latitude: Float64Array.of(60, 60, 60.4) }
  const near = (longitude: number, latitude: number, radius: number): number | undefined =>
    nearestRow(rows, { longitude, latitude, radius })
  expect([near(0.1, 60, 1), near(0.6, 60, 1), near(0, 60.25, 1), near(0.5, 60, 0.1)]).toEqual([0, 1, 2, undefined])
})
