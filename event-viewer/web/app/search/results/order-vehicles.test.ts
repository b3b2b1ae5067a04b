import { type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowCollector, joinRows } from '@fleetlake/viewer-core'
import { lastMeasures } from '../../hub/search/last-measures.ts'
import { summariseVehicles } from '../../hub/search/summarise.ts'
import { measureKeyOf, orderVehicles, SORT_KEYS } from './order-vehicles.ts'
import { rowBounds } from './row-bounds.ts'
import { vehiclePath } from './vehicle-path.ts'

const collected = positions({ vehicles: 30, from: 0, to: 400_000, maxLength: 60 }).map((rows) => {
  const collector = createRowCollector({ maxRows: 100 })
  collector.add(positionsOfRows(rows))
  return collector.finish()
})

test('vehicles are in order by any column, both ways, and pass a filter by id or type in any case', () => {
  const order = fc.record({
    by: fc.constantFrom(...SORT_KEYS),
    isDescending: fc.boolean(),
    filter: fc.constantFrom('', '1', 'VEHICLE-2', 'Taxi', ' bus ', 'unknown'),
  })
  fc.assert(
    fc.property(collected, order, (found, wanted) => {
      const summaries = summariseVehicles(found, joinRows(found, 60_000).isJoined)
      const { by, isDescending, filter } = wanted
      const text = filter.trim().toLowerCase()
      const valueOf = (vehicle: number): string | number => {
        if (by === 'id') return found.ids[vehicle]
        return by === 'type' ? found.types[found.type[vehicle]] : summaries[by][vehicle]
      }
      const expected = found.ids
        .map((_, vehicle) => vehicle)
        .filter((vehicle) => `${found.ids[vehicle]} ${found.types[found.type[vehicle]]}`.toLowerCase().includes(text))
        .toSorted((a, b) => {
          const unknown = [a, b].map((vehicle) => Number.isNaN(valueOf(vehicle)))
          if (unknown.includes(true)) return Number(unknown[0]) - Number(unknown[1]) || a - b
          const [x, y] = isDescending ? [valueOf(b), valueOf(a)] : [valueOf(a), valueOf(b)]
          return x < y ? -1 : x > y ? 1 : a - b
        })
      expect([...orderVehicles(found, summaries, wanted)]).toEqual(expected)
    }),
  )
})

test('a path has every report, cut where there is a gap', () => {
  fc.assert(
    fc.property(collected, (found) => {
      found.ids.forEach((_, vehicle) => {
        const { lines, dots } = vehiclePath(found, vehicle, joinRows(found, 60_000).isJoined)
        const rows = Array.from(
          { length: found.start[vehicle + 1] - found.start[vehicle] },
          (__, i) => found.start[vehicle] + i,
        )
        const gaps = rows.slice(1).filter((row) => found.eventTime[row] - found.eventTime[row - 1] > 60_000).length
        expect(lines.length + dots.length).toBe(gaps + 1)
        expect(lines.flat().length + dots.length).toBe(rows.length)
        expect(lines.every((line) => line.length > 1)).toBe(true)
      })
    }),
  )
})

test('a path of very many reports keeps its ends', () => {
  const count = 100_001
  const times = Float64Array.from({ length: count }, (_, i) => i * 1000 + (i > 70_000 ? 1e6 : 0))
  const longitude = Float64Array.from({ length: count }, (_, i) => i / 1e6)
  const rows = { start: Uint32Array.of(0, count), eventTime: times, longitude, latitude: longitude }
  const { lines } = vehiclePath(rows, 0, joinRows(rows, 60_000).isJoined)
  expect(lines.map((line) => [line[0][0], line.at(-1)![0]])).toEqual([
    [0, 0.07],
    [0.070001, 0.1],
  ])
  expect(lines.flat().length).toBeLessThan(20_010)
})

test('the box around rows, and none around no row', () => {
  const rows = { longitude: Float64Array.of(3, -1, 2), latitude: Float64Array.of(1, 5, -4) }
  expect([rowBounds(rows, 0, 3), rowBounds(rows, 1, 2), rowBounds(rows, 1, 1)]).toEqual([
    [-1, -4, 3, 5],
    [-1, 5, -1, 5],
    undefined,
  ])
})

test('vehicles are in order by the last value of a measure, both ways, and those without one come last', () => {
  const said: readonly [string, PositionRow['measures']][] = [
    ['a', { altitude: 5, state: 'idle' }],
    ['b', {}],
    ['c', { altitude: -3, state: '', ignition: true }],
    ['d', { altitude: 5, state: 'Zug' }],
    ['e', { ignition: false }],
  ]
  const collector = createRowCollector({ maxRows: 100 })
  collector.add(
    positionsOfRows(
      said.map(([vehicleId, measures = {}], i) => ({
        vehicleId,
        vehicleType: 'van',
        eventTime: i,
        longitude: 0,
        latitude: 0,
        measures,
      })),
    ),
  )
  const found = collector.finish()
  const summaries = summariseVehicles(found, joinRows(found, 60_000).isJoined)
  const sorted = (name: string, isDescending: boolean): string => {
    const order = { by: measureKeyOf(name), isDescending, filter: '' }
    const vehicles = orderVehicles({ ...found, lastMeasures: lastMeasures(found) }, summaries, order)
    return Array.from(vehicles, (vehicle) => found.ids[vehicle]).join('')
  }
  expect([sorted('altitude', false), sorted('altitude', true)]).toEqual(['cadbe', 'adcbe'])
  expect([sorted('state', false), sorted('state', true)]).toEqual(['cdabe', 'adcbe'])
  expect([sorted('ignition', false), sorted('ignition', true)]).toEqual(['ecabd', 'ceabd'])
  expect([sorted('fuel', false), sorted('fuel', true)]).toEqual(['abcde', 'edcba'])
})
