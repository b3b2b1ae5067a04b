import { createFileStore, openTable, type Table } from '@fleetlake/archive'
import {
  decodeLetterPositions,
  encodePositionsOf,
  type MeasureSpec,
  type PositionRow,
  positionsOfRows,
  rowsOfPositions,
} from '@fleetlake/columnar'
import { CONTENT_TYPES, DEAD_LETTERS } from '@fleetlake/contracts'
import { readTableObjects } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { flush, publish, publishRows, row, setUp } from './testing/collector-process.ts'

const TEMPERATURE: MeasureSpec = { name: 'temperature', type: 'double', unit: '°C' }
const DOORS: MeasureSpec = { name: 'doors', type: 'int' }

/** Another process's sight of the table. */
const tableAt = (folder: string): Promise<Table> => openTable(createFileStore(folder))

const columnsOf = async (folder: string): Promise<string[]> =>
  (await tableAt(folder)).snapshot.measures.map(({ name, type }) => `${name} ${type}`)

const POSITION = new Set(['vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading'])

/** What each row of the table has beside the columns of every position, by vehicle. */
const saidIn = async (folder: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await readTableObjects(folder))
      .map(({ vehicle_id: vehicle, ...rest }): [string, object] => [
        String(vehicle),
        Object.fromEntries(
          Object.entries(rest).filter(([name, value]) => !POSITION.has(name) && value !== null && value !== undefined),
        ),
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

const saying = (vehicleId: string, measures: PositionRow['measures']): PositionRow =>
  row(1, { vehicleId, ...(measures === undefined ? {} : { measures }) })

test('what rows say goes to the columns of the table, and what has none to attributes, whose column comes with the first that needs it', async () => {
  const { hub, folder, start } = await setUp()
  await start()
  // Added by another process, so that the collector meets a column that it does not know.
  await (await tableAt(folder)).commit({ parts: [], columns: [TEMPERATURE, DOORS], operation: 'ADD COLUMNS' })
  await publishRows(hub, 0, [saying('a', { temperature: -18.5, doors: 2 }), saying('b', undefined)])
  await flush(hub, 0)
  expect(await columnsOf(folder)).toEqual(['temperature double', 'doors int'])
  expect(await saidIn(folder)).toEqual({ a: { temperature: -18.5, doors: 2 }, b: {} })

  const { eventTime, longitude, latitude } = row(2)
  const json = {
    vehicle_id: 'c',
    vehicle_type: 'bus',
    event_time: new Date(eventTime).toISOString(),
    longitude,
    latitude,
    temperature: 'hot',
    doors: 1.5,
    batteryLevel: 80,
    attributes: { axles: [1, 2] },
  }
  await publish(hub, 1, new TextEncoder().encode(JSON.stringify(json)), CONTENT_TYPES.json)
  await publishRows(hub, 0, [saying('d', { doors: 4, fuel: 50 })])
  await Promise.all([flush(hub, 0), flush(hub, 1)])
  expect(await columnsOf(folder)).toEqual(['temperature double', 'doors int', 'attributes string'])
  const said = await saidIn(folder)
  expect(said).toMatchObject({ a: { temperature: -18.5, doors: 2 }, d: { doors: 4, attributes: '{"fuel":50}' } })
  const { attributes, ...columns } = said['c'] as Record<string, unknown>
  expect([columns, JSON.parse(String(attributes))]).toEqual([
    {},
    { axles: [1, 2], temperature: 'hot', doors: 1.5, batteryLevel: 80 },
  ])
})

test('a table gets a column for sources with the first rows that have one, and keeps one that somebody else has added', async () => {
  const { hub, folder, start } = await setUp()
  await start()
  await publish(hub, 0, encodePositionsOf('generation/run', positionsOfRows([saying('a', undefined)])))
  await flush(hub, 0)
  expect(await columnsOf(folder)).toEqual(['source string'])
  await publishRows(hub, 0, [saying('b', { source: 'GPS' })])
  await publishRows(hub, 0, [saying('c', { source: 7 })])
  await flush(hub, 0)
  expect(await columnsOf(folder)).toEqual(['source string', 'attributes string'])
  expect(await saidIn(folder)).toEqual({
    a: { source: 'generation/run' },
    b: { source: 'GPS' },
    c: { attributes: '{"source":7}' },
  })
})

test('a source’s column that another process adds at the same time, as something else, costs no row', async () => {
  const { hub, folder, start } = await setUp()
  await start()
  await publishRows(hub, 0, [saying('a', { source: 'GPS' })])
  await (
    await tableAt(folder)
  ).commit({
    parts: [],
    columns: [{ name: 'source', type: 'long' }],
    operation: 'ADD COLUMNS',
  })
  await flush(hub, 0)
  expect(await columnsOf(folder)).toEqual(['source long', 'attributes string'])
  expect(await saidIn(folder)).toEqual({ a: { attributes: '{"source":"GPS"}' } })
})

test('a row that can’t be kept goes to the dead letters with everything that it says, and the others of its message stay', async () => {
  const { hub, folder, start } = await setUp()
  await start()
  const bad = [
    saying('a', { note: 'x'.repeat(4_097), temperature: 1 }),
    row(2, { vehicleId: 'b', latitude: 91, measures: { temperature: 2, state: 'loading' } }),
    saying('c', Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`n${i}`, 'y'.repeat(4_000)]))),
  ]
  await publishRows(hub, 0, [...bad, saying('d', { temperature: 3 })])
  await flush(hub, 0)
  expect(await saidIn(folder)).toEqual({ d: { attributes: '{"temperature":3}' } })
  const letter = await hub.streams.message(DEAD_LETTERS, { sequence: 1 })
  expect(letter!.header('fleet-rows')).toBe('3')
  expect(rowsOfPositions(decodeLetterPositions(letter!.data)).map(({ measures }) => measures)).toEqual(
    bad.map(({ measures }) => measures),
  )
})
