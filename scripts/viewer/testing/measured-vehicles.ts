import { createFileStore, openTable } from '@fleetlake/archive'
import { encodePositions, type PositionRow, positionsOfRows, wellKnownMeasure } from '@fleetlake/columnar'
import { CONTENT_TYPES, subjects } from '@fleetlake/contracts'
import { storeMessage } from '@fleetlake/hub'
import { join } from 'node:path'
import type { TestViewer } from './viewer.ts'

/** The measures of each of these vehicles; texts as long as people write them. */
export const SAID: Readonly<Record<string, NonNullable<PositionRow['measures']>>> = {
  'cool-1': { temperature: -18.25, driver_id: 'anna', ignition: true, state: 'driving', odometer: 123_456.7 },
  'cool-2': {
    temperature: 4.5,
    pressure: 2.4,
    driver_id: 'bertha',
    ignition: false,
    attributes: `{"note":"${'long '.repeat(40)}"}`,
  },
  'plain-3': {},
}

let messages = 0

/** Has them report once, a metre further on each time. */
export const reportMeasures = async ({ hub }: TestViewer, eventTime: number): Promise<void> => {
  const n = messages++
  const rows = Object.entries(SAID).map(([vehicleId, measures], i): PositionRow => ({
    vehicleId,
    vehicleType: 'van',
    eventTime,
    longitude: -56.18 + i / 1000 + n / 1e5,
    latitude: -34.9,
    speed: 5,
    heading: 90,
    measures,
  }))
  const payload = encodePositions(positionsOfRows(rows)) as Uint8Array<ArrayBuffer>
  await storeMessage(hub, 'move', subjects.move(0), payload, {
    id: `measured/${n}`,
    contentType: CONTENT_TYPES.arrow,
  })
}

/** Gives the table the columns that the vehicles have something for, unless it has them. */
export const addColumns = async ({ archivePath }: TestViewer): Promise<void> => {
  const table = await openTable(createFileStore(join(archivePath, 'moves')))
  const wellKnown = ['temperature', 'driver_id', 'ignition', 'state', 'odometer'].map((name) => wellKnownMeasure(name)!)
  const columns = [
    ...wellKnown,
    { name: 'pressure', type: 'double' as const, unit: 'bar', description: 'of the tyres' },
  ]
  await table.commit({ parts: [], columns, operation: 'ADD COLUMNS' })
  await table.close()
}
