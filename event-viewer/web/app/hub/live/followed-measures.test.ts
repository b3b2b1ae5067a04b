import { type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { createFollowedVehicle, type FollowedVehicle } from './followed-measures.ts'

const bounds = { latestMs: 1_000_000, recentMs: 100 }
const row = (vehicleId: string, eventTime: number, measures: PositionRow['measures']): PositionRow => ({
  vehicleId,
  vehicleType: 'van',
  eventTime,
  longitude: 1,
  latitude: 2,
  ...(measures === undefined ? {} : { measures }),
})
const take = (followed: FollowedVehicle, ...rows: readonly PositionRow[]): unknown => {
  followed.take(positionsOfRows(rows), bounds)
  return followed.takeNews()?.measures.map(({ name, value, unit, timeMs }) => [name, value, unit, timeMs])
}

test('of the vehicle that is followed the last value of each measure is held, of others nothing', () => {
  const followed = createFollowedVehicle()
  expect(take(followed, row('a', 200, { altitude: 5 }))).toBeUndefined()
  followed.follow('a')
  expect(take(followed, row('b', 200, { altitude: 5 }), row('aa', 200, { altitude: 5 }))).toBeUndefined()
  const rows = [row('a', 200, { altitude: 5, ignition: true }), row('b', 250, { altitude: 9 }), row('a', 300, {})]
  expect(take(followed, ...rows)).toEqual([
    ['altitude', 5, 'm', 200],
    ['ignition', true, undefined, 200],
  ])
  expect(take(followed, row('a', 400, { state: 'idle', ignition: false }))).toEqual([
    ['altitude', 5, 'm', 200],
    ['ignition', false, undefined, 400],
    ['state', 'idle', undefined, 400],
  ])
  expect(take(followed, row('a', 500, undefined))).toBeUndefined()
})

test('a late report changes what it is the newest about, and nothing else', () => {
  const followed = createFollowedVehicle()
  followed.follow('a')
  take(followed, row('a', 400, { altitude: 4 }))
  expect(take(followed, row('a', 300, { altitude: 3, fuel: 50 }), row('a', 400, { altitude: 9 }))).toEqual([
    ['altitude', 4, 'm', 400],
    ['fuel', 50, '%', 300],
  ])
})

test('what the archive refuses and what is of the past is not believed', () => {
  const followed = createFollowedVehicle()
  followed.follow('a')
  const rows = [row('a', 99, { altitude: 1 }), row('a', 1_000_001, { altitude: 2 })]
  expect(take(followed, ...rows, { ...row('a', 200, { altitude: 3 }), latitude: 91 })).toBeUndefined()
})

test('the vehicle is the same with blanks around its id', () => {
  const followed = createFollowedVehicle()
  followed.follow('a')
  expect(take(followed, row(' a\u3000', 200, { altitude: 3 }))).toEqual([['altitude', 3, 'm', 200]])
})

test('another vehicle that is followed begins with nothing, and the same one is told again', () => {
  const followed = createFollowedVehicle()
  followed.follow('a')
  take(followed, row('a', 400, { altitude: 4 }))
  followed.follow('a')
  expect(followed.takeNews()).toEqual({ id: 'a', measures: [expect.objectContaining({ name: 'altitude', value: 4 })] })
  expect(followed.takeNews()).toBeUndefined()
  followed.follow('b')
  expect(followed.takeNews()).toBeUndefined()
  followed.follow(undefined)
  expect(take(followed, row('b', 400, { altitude: 4 }))).toBeUndefined()
})
