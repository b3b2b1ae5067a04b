import { FleetError } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCadenceRuns, writeCadenceRuns } from './cadence-runs.ts'

const cadence = fc.constantFrom(undefined, 20_000, 60_000, 600_000, 86_400_000)

test('what is written of some cadences is what is read, and of none nothing is written', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(cadence, fc.integer({ min: 1, max: 40 })), { minLength: 1 }), (runs) => {
      const cadences = runs.flatMap(([each, times]) => Array.from({ length: times }, () => each))
      const text = writeCadenceRuns(cadences)
      expect(text === undefined ? cadences.map(() => undefined) : readCadenceRuns(text, cadences.length)).toEqual(
        cadences,
      )
      expect(text === undefined).toBe(cadences.every((each) => each === undefined))
    }),
  ))

test('values that follow on themselves are said once, and of too many others nothing is said', () => {
  expect([
    writeCadenceRuns([20_000, 20_000, 20_000, undefined, 600_000]),
    writeCadenceRuns(Array.from({ length: 40_000 }, (_, i) => (i % 2 === 0 ? 20_000 : 60_000))),
  ]).toEqual(['20*3,-,600', undefined])
})

test.each([
  '',
  '20*2',
  '20*4',
  '20,20,20,20',
  '20,,20',
  '0*3',
  '1.5*3',
  '-5*3',
  '86401*3',
  '20*3;',
  '20*99999999',
  '9'.repeat(70_000),
])('of three runs %j is refused', (text) => {
  expect(() => readCadenceRuns(text, 3)).toThrow(FleetError)
  expect(() => readCadenceRuns(text, 3)).toThrow(
    /^the header fleet-cadences .*: let finders and clients be of one version$/,
  )
})
