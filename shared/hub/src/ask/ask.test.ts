import { positionsOfRows } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { createVehicleCount } from './count-vehicles.ts'
import { createHeldBatches } from './held-batches.ts'

test('each batch counts once, and what is missing is known from the end of the answer', () => {
  const held = createHeldBatches()
  expect([held.hold(0, 0), held.hold(0, 0), held.hold(1, 0), held.missing()]).toEqual([true, false, true, 0])
  held.expect([
    { task: 0, batches: 2 },
    { task: 1, batches: 1 },
    { task: 2, batches: 0 },
    { task: 3, batches: 1 },
  ])
  expect(held.missing()).toBe(2)
  expect([held.hold(0, 1), held.missing(), held.hold(0, 1), held.missing()]).toEqual([true, 1, false, 1])
  expect([held.hold(3, 0), held.missing()]).toEqual([true, 0])
})

test('vehicles are counted once over batches, whatever the order of their rows', () => {
  const vehicles = createVehicleCount()
  const batch = (...ids: string[]): void =>
    vehicles.add(
      positionsOfRows(
        ids.map((vehicleId) => ({
          vehicleId,
          vehicleType: 'bus',
          eventTime: 0,
          longitude: 0,
          latitude: 0,
          speed: 0,
          heading: 0,
        })),
      ),
    )
  batch('a', 'a', 'ab', 'a', 'b', 'ü')
  batch('ü', 'b', 'c')
  expect(vehicles.count()).toBe(5)
})
