import { expect, test } from 'vitest'
import { type Row, someRows } from '../../../archive/src/testing/log-table.ts'
import { bucketOf } from '../buckets.ts'
import { createWorld } from '../testing/world.ts'

const rowOf = (vehicleId: string, date: string): Row => ({
  ...someRows(1, '69y7p', Date.parse(`${date}T10:00:00Z`))[0],
  vehicleId,
})
const textOf = ({ vehicleId, time, x, y }: Row): string =>
  JSON.stringify({ by: 'vehicle_id', key: vehicleId, vehicle: vehicleId, time, x, y, revision: null })

/** A vehicle that is parked since a date that retention takes, and one that reports on. */
const [PARKED, REPORTING] = [rowOf('v-0', '2026-11-18'), rowOf('v-1', '2026-11-20')]
const BUCKETS = ['v-0', 'v-1', 'v-2'].map(bucketOf)

const openWorld = async () => {
  const world = await createWorld(BUCKETS)
  await world.write([PARKED, REPORTING])
  await world.settle()
  return world
}

test('the last position of a date that retention took stays when latest is built again', async () => {
  const world = await openWorld()
  await world.dropDate('2026-11-18')
  await world.settle()
  world.keyBy([])
  expect((await world.settle()).latest).toEqual([textOf(PARKED), textOf(REPORTING)])
  // What comes into such a date late counts, too: a correction of what was kept, and the rows of others.
  const corrected = { ...PARKED, x: PARKED.x + 1 }
  await world.write([corrected])
  expect((await world.settle()).latest).toEqual([textOf(corrected), textOf(REPORTING)])
})

test('what came into a date since retention took it does not make the others of that date unknown, and goes when another program takes it', async () => {
  const world = await openWorld()
  await world.dropDate('2026-11-18')
  const imported = rowOf('v-2', '2026-11-18')
  await world.write([imported])
  await world.settle()
  world.keyBy([])
  const [kept, other, reporting] = [PARKED, imported, REPORTING].map(textOf)
  expect((await world.settle()).latest).toEqual([kept, reporting, other])
  // Which rows those were the log does not tell: nothing of the date stays.
  await world.removeFile(1)
  expect((await world.settle()).latest).toEqual([reporting])
})

test('what is carried over is held of as many buckets as fit, of one at least', async () => {
  const world = await createWorld(BUCKETS)
  const rows = ['v-0', 'v-1', 'v-2'].map((vehicle) => rowOf(vehicle, '2026-11-18'))
  await world.write([...rows, rowOf('v-1', '2026-11-20')])
  await world.settle()
  await world.dropDate('2026-11-18')
  await world.settle()
  world.keyBy([])
  const told = world.events.length
  await world.step({ who: 0, buckets: BUCKETS, isBehind: false, memory: 0, death: undefined })
  const builds = world.events.slice(told).filter(({ what }) => what === 'build')
  expect(builds.map(({ buckets }) => buckets)).toEqual([3, 1, 2, 1, 1])
})

test('a projector that knows an older version leaves what another has folded since as it is', async () => {
  const world = await openWorld()
  const step = { buckets: BUCKETS, isBehind: false, memory: Infinity, death: undefined }
  await world.dropDate('2026-11-18')
  await world.step({ ...step, who: 1 })
  const later = rowOf('v-1', '2026-11-21')
  await world.write([later])
  await world.settle()
  await world.step({ ...step, who: 1, isBehind: true })
  expect((await world.settle()).latest).toEqual([textOf(PARKED), textOf(later)])
})

test('nothing of another archive stays', async () => {
  const world = await openWorld()
  await world.dropDate('2026-11-18')
  const copy = world.copy()
  await world.write([rowOf('v-1', '2026-11-19')])
  await world.settle()
  await world.restore(copy)
  expect((await world.settle()).latest).toEqual([textOf(REPORTING)])
})
