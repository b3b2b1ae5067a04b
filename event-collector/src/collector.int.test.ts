import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { tableFromIPC, tableToIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import { archived, flush, ids, publish, publishRows, row, rowsFrom, setUpServer } from './testing/collector-process.ts'

test('Arrow of our layout, Arrow of another, and JSON all reach the table, each row once', async () => {
  const { hub, folder, start } = await setUpServer()
  await start()
  await publishRows(hub, 0, rowsFrom(0, 1_000))
  const foreign = tableToIPC(tableFromIPC(encodePositions(positionsOfRows(rowsFrom(1_000, 100)))), 'stream')
  await publish(hub, 1, foreign)
  const { eventTime, longitude, latitude } = row(1_100)
  const json = {
    vehicle_id: 'v-1',
    vehicle_type: 'bus',
    event_time: new Date(eventTime).toISOString(),
    longitude,
    latitude,
  }
  await publish(hub, 1, new TextEncoder().encode(JSON.stringify(json)), 'Application/JSON; charset=utf-8')
  await Promise.all([flush(hub, 0), flush(hub, 1)])
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 1_101)))
})

test('after a restart of the server reading goes on where it was', async () => {
  const { server, hub, folder, start } = await setUpServer()
  await start()
  await publishRows(hub, 0, rowsFrom(0, 100))
  await server.kill()
  await server.restart()
  await publishRows(hub, 0, rowsFrom(100, 100))
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 200)))
})
