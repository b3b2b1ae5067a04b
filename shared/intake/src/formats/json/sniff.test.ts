import bindings from 'gtfs-realtime-bindings'
import { expect, test } from 'vitest'
import { JSON_FORMATS } from './index.ts'

const text = (value: unknown, space?: number): string => JSON.stringify(value, undefined, space)
const lines = (...values: readonly unknown[]): string => values.map((value) => `${text(value)}\n`).join('')
const many = (value: unknown): unknown[] => Array.from({ length: 3_000 }, () => value)

const point = {
  type: 'Feature',
  properties: { id: 1, at: 'x' },
  geometry: { type: 'Point', coordinates: [8.5, 47.25] },
}
const moving = {
  type: 'Feature',
  properties: { id: 1 },
  temporalGeometry: { type: 'MovingPoint', datetimes: ['2026-01-05T08:00:00Z'], coordinates: [[8.5, 47.25]] },
}
const location = { _type: 'location', tid: 'x', tst: 1_767_600_000, lat: 47.25, lon: 8.5 }
const record = { latitudeE7: 1, longitudeE7: 2, timestamp: '2026-01-05T08:00:00Z', source: 'GPS' }
const segment = { startTime: '2026-01-05T08:00:00Z', endTime: 'x', timelinePath: [{ point: '1°, 2°', time: 'x' }] }
const position = { id: 1, deviceId: 5, fixTime: 'x', latitude: 1, longitude: 2, attributes: { a: [1] } }
const row = { vehicle_id: 'a', event_time: 'x', longitude: 8.5, latitude: 47.25, tags: [{ a: 1 }] }
const feed = bindings.transit_realtime.FeedMessage.encode({
  header: { gtfsRealtimeVersion: '2.0' },
  entity: Array.from({ length: 3_000 }, (_, i) => ({
    id: String(i),
    vehicle: { position: { latitude: 1, longitude: 2 }, vehicle: { id: 'bus with a name' } },
  })),
}).finish()

/** Each longer than 64 KiB, or small. */
const samples: readonly (readonly [format: string, title: string, content: string | Uint8Array])[] = [
  ['geojson', 'a collection on one line', text({ type: 'FeatureCollection', features: many(point) })],
  ['geojson', 'a collection over many lines', text({ features: many(point), type: 'FeatureCollection' }, 2)],
  ['geojson', 'a feature a line', lines(...many(point))],
  [
    'geojson',
    'a sequence',
    many(point)
      .map((each) => `\u001E${text(each, 1)}\n`)
      .join(''),
  ],
  ['geojson', 'one feature', text(point)],
  ['geojson', 'a collection with a feature a line', `{"type":"FeatureCollection","features":[\n${text(point)}\n]}\n`],
  ['json', 'a member with a row a line', `{"rows":[\n${text(row)}\n]}\n`],
  ['mf-json', 'a collection', text({ type: 'FeatureCollection', features: many(moving) })],
  ['mf-json', 'one feature', text(moving, 2)],
  ['mf-json', 'a feature a line', lines(...many(moving))],
  ['mf-json', 'a collection without features', text({ type: 'FeatureCollection', trs: {}, features: [] })],
  ['owntracks', 'lines', lines(...many(location))],
  ['owntracks', 'a list', text(many(location))],
  ['owntracks', 'an answer', text({ count: 3, data: many(location) })],
  [
    'owntracks',
    'a .rec',
    many(location)
      .map((each) => `2026-01-05T08:00:00Z\t*                 \t${text(each)}\n`)
      .join(''),
  ],
  ['google-records', 'of today', text({ locations: many(record) }, 2)],
  ['google-records', 'on one line', text({ locations: many({ timestampMs: '1', latitudeE7: 1, longitudeE7: 2 }) })],
  ['google-timeline', 'of Android', text({ semanticSegments: many(segment), rawSignals: [] }, 2)],
  ['google-timeline', 'of iPhones', text(many(segment))],
  ['traccar-json', 'a list', text(many(position))],
  ['traccar-json', 'forwarded, a line each', lines(...many({ position, device: { id: 5 } }))],
  ['traccar-json', 'one position', text(position)],
  ['gtfs-realtime', 'a message', feed],
  ['json', 'a list', text(many(row))],
  ['json', 'a list over many lines', text(many(row), 1)],
  [
    'json',
    'a list a line each',
    `[\n${many(row)
      .map((each) => text(each))
      .join(',\n')}\n]\n`,
  ],
  ['json', 'a member on one line', text({ data: { rows: [row] } })],
  ['json', 'a member', text({ meta: 1, rows: many(row) }, 2)],
  ['ndjson', 'many lines', lines(...many(row))],
  ['ndjson', 'two lines', lines(row, row)],
  ['traccar-json', 'lines, the first of which is broken', `{"id":\n${lines(...many(position))}`],
  ['geojson', 'a list with something else before the features', text([7, ...many(point)])],
  ['ndjson', 'one line without an end', text({ id: 1, lat: 2, lon: 3, more: { a: [1] } })],
]

test.each(samples)('%s is told from the others: %s', (format, _, content) => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  for (const length of [64 * 1024, 60_001, 4_097]) {
    const fits = JSON_FORMATS.map(({ name, sniff }) => ({ name, fit: sniff(bytes.subarray(0, length), 'input') }))
    const best = Math.max(...fits.map(({ fit }) => fit))
    const isSpecial = format !== 'json' && format !== 'ndjson'
    expect([best, fits.filter(({ fit }) => fit === best).map(({ name }) => name)]).toEqual([
      isSpecial ? 2 : 1,
      [format],
    ])
  }
})

test.each([
  ['CSV', 'id,time,lat,lon\na,2026-01-05T08:00:00Z,1,2\n'],
  ['XML', '<gpx><trk/></gpx>'],
  ['NMEA', '$GPRMC,080000,A,4715.0,N,00830.0,E,0,0,050126,,*00\n'],
  ['nothing', ''],
  ['blank lines', '\n\n\n\n'],
  ['zeros', '\0\0\0\0'],
  ['a section in brackets', '[id]\nname = x\n'],
  ['braces in a table', 'id,polyline\n1,"[[1,2]]"\n2,"{}"\n'],
])('%s is none of them', (_, content) => {
  expect(JSON_FORMATS.map(({ sniff }) => sniff(new TextEncoder().encode(content), 'input'))).toEqual(
    JSON_FORMATS.map(() => 0),
  )
})
