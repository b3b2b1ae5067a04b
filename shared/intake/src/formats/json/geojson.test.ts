import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll } from '../../testing/read-all.ts'
import { geojson } from './geojson.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const point = (properties: object, coordinates: unknown = [8.5, 47.25], more: object = {}): object => ({
  type: 'Feature',
  ...more,
  geometry: { type: 'Point', coordinates },
  properties,
})

const line = (coordinates: unknown, properties: object, type = 'LineString'): object => ({
  type: 'Feature',
  geometry: { type, coordinates },
  properties,
})

const track = [
  [1, 2],
  [3, 4, 120],
]
const times = ['2026-01-05T08:00:00Z', '2026-01-05T08:00:05Z']

conformsToFormat(geojson, [
  {
    title: 'a collection of points, and what is no point',
    bytes: bytesOf(
      JSON.stringify({
        type: 'FeatureCollection',
        crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
        features: [
          point({ id: 'a', ts: 1, speed: null, more: { b: [1] } }),
          point({ ts: 2 }, [-8.5, 47, 300.5], { id: 17 }),
          point({ altitude: 5, longitude: 'x' }, [1, 2, 300.5]),
          { type: 'Feature', geometry: null, properties: {} },
          line([[[1, 2]]], {}, 'Polygon'),
          point({}, [1]),
          { type: 'Point', coordinates: [1, 2] },
          7,
          { type: 'Feature', geometry: { type: 'Point', coordinates: [1, 2] }, properties: null },
        ],
        after: [1, 2],
      }),
    ),
    rows: [
      { longitude: 8.5, latitude: 47.25, id: 'a', ts: 1, 'more.b': [1] },
      { longitude: -8.5, latitude: 47, altitude: 300.5, id: 17, ts: 2 },
      { longitude: 1, latitude: 2, altitude: 5 },
      { longitude: 1, latitude: 2 },
    ],
    faults: [
      [4, 'not-a-point'],
      [5, 'not-a-point'],
      [6, 'no-position'],
      [7, 'not-a-feature'],
      [8, 'not-a-feature'],
    ],
  },
  {
    title: 'lines with times under every name',
    bytes: bytesOf(
      JSON.stringify({
        features: [
          line(track, { name: 'a', coordTimes: times, time: times[0] }),
          line(track, { name: 'b', times: [1_767_600_000, 1_767_600_005], speeds: [1, null] }),
          line(track, { coordinateProperties: { times, heart: [60, 61] } }),
          line([[...track], [[5, 6]]], { coordinateProperties: { times: [times, [times[1]]] } }, 'MultiLineString'),
          line(
            [
              [1, 2, 0, 1_767_600_000],
              [3, 4, 0, 1_767_600_005],
            ],
            {},
          ),
          line(track, { name: 'no times' }),
          line(track, { times: times.slice(1) }),
          line([], { times: [] }),
        ],
        type: 'FeatureCollection',
      }),
    ),
    rows: [
      { name: 'a', time: times[0], event_time: times[0], longitude: 1, latitude: 2 },
      { name: 'a', time: times[0], event_time: times[1], longitude: 3, latitude: 4, altitude: 120 },
      { name: 'b', event_time: 1_767_600_000, longitude: 1, latitude: 2, speed: 1 },
      { name: 'b', event_time: 1_767_600_005, longitude: 3, latitude: 4, altitude: 120 },
      { event_time: times[0], longitude: 1, latitude: 2, heart: 60 },
      { event_time: times[1], longitude: 3, latitude: 4, altitude: 120, heart: 61 },
      { event_time: times[0], longitude: 1, latitude: 2 },
      { event_time: times[1], longitude: 3, latitude: 4, altitude: 120 },
      { event_time: times[1], longitude: 5, latitude: 6 },
      { event_time: 1_767_600_000, longitude: 1, latitude: 2, altitude: 0 },
      { event_time: 1_767_600_005, longitude: 3, latitude: 4, altitude: 0 },
    ],
    faults: [
      [6, 'no-times'],
      [7, 'lists-differ'],
      [8, 'no-position'],
    ],
  },
  {
    title: 'a feature a line',
    bytes: bytesOf(`${JSON.stringify(point({ n: 1 }))}\n{"type":\n\n${JSON.stringify(point({ n: 2 }))}\r\n`),
    rows: [
      { longitude: 8.5, latitude: 47.25, n: 1 },
      { longitude: 8.5, latitude: 47.25, n: 2 },
    ],
    faults: [[2, 'not-json']],
  },
  {
    title: 'a sequence of RFC 8142, over several lines',
    bytes: bytesOf(
      [point({ n: 1 }), point({ n: 2 })].map((f) => `\u001E${JSON.stringify(f, undefined, 1)}\n`).join(''),
    ),
    rows: [
      { longitude: 8.5, latitude: 47.25, n: 1 },
      { longitude: 8.5, latitude: 47.25, n: 2 },
    ],
  },
  {
    title: 'a sequence of RFC 8142, a line each',
    bytes: bytesOf([point({ n: 1 }), point({ n: 2 })].map((f) => `\u001E${JSON.stringify(f)}\n`).join('')),
    rows: [
      { longitude: 8.5, latitude: 47.25, n: 1 },
      { longitude: 8.5, latitude: 47.25, n: 2 },
    ],
  },
  {
    title: 'a list of features',
    bytes: bytesOf(JSON.stringify([point({ n: 1 }), point({ n: 2 })], undefined, 2)),
    rows: [
      { longitude: 8.5, latitude: 47.25, n: 1 },
      { longitude: 8.5, latitude: 47.25, n: 2 },
    ],
  },
  {
    title: 'one feature that is a line, in our own exports’ shape',
    bytes: bytesOf(
      JSON.stringify(
        line(
          track.map((each) => each.slice(0, 2)),
          {
            vehicle_id: 'v',
            vehicle_type: 'taxi',
            coordinateProperties: {
              times,
              speeds: [null, 12.5],
              headings: [0, null],
              times_: [4, null],
              state: ['a', ''],
            },
          },
        ),
      ),
    ),
    rows: [
      {
        vehicle_id: 'v',
        vehicle_type: 'taxi',
        longitude: 1,
        latitude: 2,
        event_time: times[0],
        heading: 0,
        times: 4,
        state: 'a',
      },
      {
        vehicle_id: 'v',
        vehicle_type: 'taxi',
        longitude: 3,
        latitude: 4,
        event_time: times[1],
        speed: 12.5,
        state: '',
      },
    ],
  },
])

test('coordinates of another system are refused', async () => {
  const text = JSON.stringify({
    type: 'FeatureCollection',
    crs: { type: 'name', properties: { name: 'EPSG:25832' } },
    features: [point({})],
  })
  await expect(readAll(geojson, inputOf(bytesOf(text)))).rejects.toEqual(
    fault('import.invalid', 'the coordinates are of EPSG:25832: convert them to WGS84 first'),
  )
})

test('features under a member are found at a path', async () => {
  const text = JSON.stringify({
    type: 'x',
    data: { layer: { type: 'FeatureCollection', features: [point({ n: 1 })] } },
  })
  const { rows } = await readAll(geojson, inputOf(bytesOf(text)), { path: 'data.layer.features' })
  expect(rows).toEqual([{ longitude: 8.5, latitude: 47.25, n: 1 }])
})
