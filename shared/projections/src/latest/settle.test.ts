import { expect, test } from 'vitest'
import { someRows } from '../../../archive/src/testing/log-table.ts'
import { bucketOf } from '../buckets.ts'
import { createWorld } from '../testing/world.ts'

test('a key whose last reports retention took before they were folded stays known, however often it was reported', async () => {
  const buckets = [bucketOf('v-0')]
  const world = await createWorld(buckets)
  await world.step({ who: 0, buckets, isBehind: false, memory: Infinity, death: undefined })
  const [early, late] = ['2026-11-18', '2026-11-19'].map((date) =>
    someRows(1, '69y7p', Date.parse(`${date}T10:00:00Z`)),
  )
  await world.write([...early, ...late])
  await world.write(late)
  await world.dropDate('2026-11-19')
  const { latest } = await world.settle()
  const [{ vehicleId, time, x, y }] = late
  expect(latest).toEqual([
    JSON.stringify({ by: 'vehicle_id', key: vehicleId, vehicle: vehicleId, time, x, y, revision: null }),
  ])
})
