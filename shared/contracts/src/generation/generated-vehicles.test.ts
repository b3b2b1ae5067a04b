import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generatedVehicleId, sourceOfRun, vehicleIdPrefix } from './generated-vehicles.ts'

test('a run’s vehicles have its own ids, or those that runs share', () => {
  const run = '0123456789abcdef'
  expect(
    (['own', 'shared'] as const).map((kind) =>
      [0, 104, 9_999_999].map((vehicle) => generatedVehicleId(vehicleIdPrefix(run, kind), vehicle)),
    ),
  ).toEqual([
    ['v-bm9j3j-000001', 'v-bm9j3j-000105', 'v-bm9j3j-10000000'],
    ['v-000001', 'v-000105', 'v-10000000'],
  ])
  expect(sourceOfRun(run)).toBe('generation/0123456789abcdef')
})

test('the prefix of a run is short, of one form, and that of no other among ten thousand runs but by a rare chance', () => {
  const token = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 })
  const runs = new Set(fc.sample(token, { numRuns: 10_000, seed: 7 }))
  const prefixes = [...runs].map((run) => vehicleIdPrefix(run, 'own'))
  expect(prefixes.filter((prefix) => !/^v-[0-9a-hjkmnp-tv-z]{6}-$/.test(prefix))).toEqual([])
  expect(runs.size - new Set(prefixes).size).toBeLessThan(2)
})
