import { expect, test } from 'vitest'
import { listVehicles } from './list-vehicles.ts'

const IDS = ['Bus-1', 'Bus-2', 'Car-1', 'Car-2']
const presence = { rowOf: (vehicle: number): number => (vehicle === 1 ? -1 : vehicle) }

test('those that are somewhere now are listed in order, and more of them are counted', () => {
  expect(listVehicles(IDS, { presence, text: '', isOnlyPresent: true, max: 2 })).toEqual({ vehicles: [0, 2], more: 1 })
})

test('a part of the id finds a vehicle, also one that is nowhere now if asked for', () => {
  expect(listVehicles(IDS, { presence, text: ' bus', isOnlyPresent: false, max: 9 })).toEqual({
    vehicles: [0, 1],
    more: 0,
  })
  expect(listVehicles(IDS, { presence, text: 'bus-2', isOnlyPresent: true, max: 9 })).toEqual({ vehicles: [], more: 0 })
})
