import { measureValue, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { createRowCollector } from '@fleetlake/viewer-core'
import { expect, test } from 'vitest'
import { lastMeasures } from './last-measures.ts'

const row = (vehicleId: string, eventTime: number, measures: PositionRow['measures'] = {}): PositionRow => ({
  vehicleId,
  vehicleType: 'van',
  eventTime,
  longitude: 0,
  latitude: 0,
  measures,
})

test('each vehicle has the last value that it has said of each measure, and none of what it never said', () => {
  const collector = createRowCollector({ maxRows: 100 })
  const rows = [
    row('b', 3),
    row('b', 2, { altitude: 7 }),
    row('b', 1, { altitude: 5, state: 'idle' }),
    row('a', 9),
    row('c', 1, { state: '', ignition: false }),
  ]
  collector.add(positionsOfRows(rows))
  const found = collector.finish()
  const columns = lastMeasures(found)
  expect(columns.map(({ spec }) => spec.name)).toEqual(['altitude', 'state', 'ignition'])
  expect(found.ids.map((_, vehicle) => columns.map((column) => measureValue(column, vehicle)))).toEqual([
    [null, null, null],
    [7, 'idle', null],
    [null, '', false],
  ])
})

test('an answer without measures, or without a row, has none', () => {
  const collector = createRowCollector({ maxRows: 100 })
  expect(lastMeasures(collector.finish())).toEqual([])
  collector.add(positionsOfRows([{ ...row('a', 1), measures: {} }]))
  expect(lastMeasures(collector.finish())).toEqual([])
})
