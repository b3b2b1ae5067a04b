import { parse } from 'csv-parse/sync'
import { type PositionRow, positionsOfRows } from '@fleetlake/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFormat, type FormatName } from './format.ts'

const float32 = fc.oneof(fc.constant(NaN), fc.float({ min: 0, max: 360, noNaN: true }))
const row: fc.Arbitrary<PositionRow> = fc.record({
  vehicleId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  vehicleType: fc.constantFrom('taxi', 'a "quoted", type', 'line\nbreak', 'ômnibus'),
  eventTime: fc.integer({ min: 0, max: 4e12 }),
  longitude: fc.integer({ min: -180e6, max: 180e6 }).map((micro) => micro / 1e6),
  latitude: fc.integer({ min: -90e6, max: 90e6 }).map((micro) => micro / 1e6),
  speed: float32,
  heading: float32,
})
const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { maxLength: 4 })

const textOf = (name: FormatName, rows: readonly PositionRow[][], status = 'complete'): string => {
  const format = createFormat(name)
  return format.head() + rows.map((some) => format.rows(positionsOfRows(some))).join('') + format.tail(status)
}

type Fields = Record<string, string | number | null>

const rowOf = (fields: Fields): PositionRow => ({
  vehicleId: String(fields['vehicle_id']),
  vehicleType: String(fields['vehicle_type']),
  eventTime: Date.parse(String(fields['event_time'])),
  longitude: Number(fields['longitude']),
  latitude: Number(fields['latitude']),
  speed: fields['speed'] === null || fields['speed'] === '' ? NaN : Math.fround(Number(fields['speed'])),
  heading: fields['heading'] === null || fields['heading'] === '' ? NaN : Math.fround(Number(fields['heading'])),
})

const plain = (rows: readonly PositionRow[][]): PositionRow[] =>
  rows.flat().map((each) => ({
    ...each,
    longitude: each.longitude + 0,
    latitude: each.latitude + 0,
    speed: each.speed + 0,
    heading: each.heading + 0,
  }))

test('NDJSON reads back as it was', () => {
  fc.assert(
    fc.property(batches, (rows) => {
      const lines = textOf('ndjson', rows).split('\n').slice(0, -1)
      expect(lines.map((line) => rowOf(JSON.parse(line) as Fields))).toEqual(plain(rows))
    }),
  )
})

test('CSV reads back as it was', () => {
  fc.assert(
    fc.property(batches, (rows) => {
      const records = parse(textOf('csv', rows), { columns: true }) as Fields[]
      expect(records.map(rowOf)).toEqual(plain(rows))
    }),
  )
})

test('GeoJSON reads back as it was, and says how the answer ended', () => {
  fc.assert(
    fc.property(batches, (rows) => {
      const { type, status, features } = JSON.parse(textOf('geojson', rows, 'partial')) as {
        type: string
        status: string
        features: { geometry: { coordinates: [number, number] }; properties: Fields }[]
      }
      expect([type, status]).toEqual(['FeatureCollection', 'partial'])
      expect(
        features.map(({ geometry, properties }) =>
          rowOf({ ...properties, longitude: geometry.coordinates[0], latitude: geometry.coordinates[1] }),
        ),
      ).toEqual(plain(rows))
    }),
  )
})

const sample: PositionRow[] = [
  {
    vehicleId: 'v-1',
    vehicleType: 'taxi',
    eventTime: Date.UTC(2026, 0, 5, 8),
    longitude: -56.1,
    latitude: -34.9,
    speed: Math.fround(12.3),
    heading: NaN,
  },
]

test('columns have the names at rest, unknown values are null or empty, and numbers are as short as they can be', () => {
  expect(textOf('ndjson', [sample])).toBe(
    '{"vehicle_id":"v-1","vehicle_type":"taxi","event_time":"2026-01-05T08:00:00.000Z","longitude":-56.1,"latitude":-34.9,"speed":12.3,"heading":null}\n',
  )
  expect(textOf('csv', [sample])).toBe(
    'vehicle_id,vehicle_type,event_time,longitude,latitude,speed,heading\nv-1,taxi,2026-01-05T08:00:00.000Z,-56.1,-34.9,12.3,\n',
  )
})

test('an empty answer is a header, or an empty collection', () => {
  expect(textOf('csv', [])).toBe('vehicle_id,vehicle_type,event_time,longitude,latitude,speed,heading\n')
  expect(JSON.parse(textOf('geojson', []))).toEqual({ type: 'FeatureCollection', features: [], status: 'complete' })
})
