import { createSees, type Sight, sightOf } from '@fleetlake/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { narrowToSight } from './narrow-to-sight.ts'

const id = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 })
const sight = fc.oneof(
  fc.constant<Sight>('all'),
  fc
    .array(
      fc.oneof(
        id,
        id.map((text) => `${text}*`),
      ),
      { maxLength: 4 },
    )
    .map(sightOf),
)

test('a search is about the vehicles that were asked for and that are seen', () => {
  fc.assert(
    fc.property(fc.option(fc.array(id), { nil: undefined }), sight, fc.array(id), (asked, seen, vehicles) => {
      const { vehicleIds, visible } = narrowToSight(asked, seen)
      const isFound = (vehicle: string): boolean =>
        vehicleIds?.includes(vehicle) !== false && (visible === undefined || createSees(visible)(vehicle))
      const isWanted = (vehicle: string): boolean =>
        asked?.includes(vehicle) !== false && (seen === 'all' || createSees(seen)(vehicle))
      expect(vehicles.filter(isFound)).toEqual(vehicles.filter(isWanted))
    }),
  )
})

test('who sees all has the search as it was asked; what is not seen is not looked for', () => {
  const north = sightOf(['tram-*', 'bus-7'])
  expect([
    narrowToSight(['taxi-1'], 'all'),
    narrowToSight(undefined, 'all'),
    narrowToSight(['taxi-1', 'bus-7', 'tram-1'], north),
    narrowToSight(['taxi-1'], north),
    narrowToSight(undefined, north),
    narrowToSight(undefined, sightOf(['bus-7'])),
    narrowToSight(undefined, sightOf([])),
  ]).toEqual([
    { vehicleIds: ['taxi-1'] },
    { vehicleIds: undefined },
    { vehicleIds: ['bus-7', 'tram-1'] },
    { vehicleIds: [] },
    { vehicleIds: undefined, visible: { ids: ['bus-7'], prefixes: ['tram-'] } },
    { vehicleIds: ['bus-7'] },
    { vehicleIds: [] },
  ])
})
