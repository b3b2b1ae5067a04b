import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf } from '../../testing/read-all.ts'
import { START } from '../block.ts'
import { mfJson } from './mf-json.ts'

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const FIRST = Date.UTC(2026, 0, 5, 8)
const datetimes = ['2026-01-05T08:00:00Z', '2026-01-05T09:00:10+01:00']

const moving = (temporalGeometry: object, more: object = {}): object => ({ type: 'Feature', temporalGeometry, ...more })

const point = (more: object = {}): object => ({
  type: 'MovingPoint',
  datetimes,
  coordinates: [
    [8.5, 47.25],
    [8.5, 47.5, 400],
  ],
  ...more,
})

conformsToFormat(mfJson, [
  {
    title: 'moving points with temporal properties, and what is none',
    bytes: bytesOf({
      type: 'FeatureCollection',
      features: [
        moving(point(), {
          id: 'a',
          properties: { name: 'x', more: { b: 1 } },
          temporalProperties: [
            {
              datetimes: ['2026-01-05T08:00:10.000Z', '2026-01-05T08:00:05.000Z'],
              speed: { type: 'Measure', form: 'KMH', values: [36, 18] },
              fuel: { type: 'Measure', values: [50, 51], interpolation: 'Linear' },
            },
            { datetimes, state: { type: 'Text', values: ['on', null] }, speedy: 1 },
          ],
        }),
        moving(point({ datetimes: [FIRST, FIRST + 2] })),
        moving({
          type: 'MovingGeometryCollection',
          prisms: [point(), point({ datetimes: [FIRST + 20_000, FIRST + 21_000] })],
        }),
        moving({ type: 'MovingPolygon', datetimes, coordinates: [] }),
        moving(point({ datetimes: [FIRST] })),
        moving(point({ coordinates: [[1, 2], 3] })),
        { type: 'Feature', geometry: null },
      ],
    }),
    rows: [
      { id: 'a', name: 'x', 'more.b': 1, event_time: FIRST, longitude: 8.5, latitude: 47.25, state: 'on' },
      {
        id: 'a',
        name: 'x',
        'more.b': 1,
        event_time: FIRST + 10_000,
        longitude: 8.5,
        latitude: 47.5,
        altitude: 400,
        speed: 10,
        fuel: 50,
      },
      { event_time: FIRST, longitude: 8.5, latitude: 47.25 },
      { event_time: FIRST + 2, longitude: 8.5, latitude: 47.5, altitude: 400 },
      { event_time: FIRST, longitude: 8.5, latitude: 47.25 },
      { event_time: FIRST + 10_000, longitude: 8.5, latitude: 47.5, altitude: 400 },
      { event_time: FIRST + 20_000, longitude: 8.5, latitude: 47.25 },
      { event_time: FIRST + 21_000, longitude: 8.5, latitude: 47.5, altitude: 400 },
    ],
    faults: [
      [4, 'not-a-moving-point'],
      [5, 'lists-differ'],
      [6, 'no-position'],
      [7, 'not-a-moving-point'],
    ],
  },
  {
    title: 'one feature, in our own exports’ shape, of one report',
    bytes: bytesOf(
      moving(
        point({
          datetimes: ['2026-01-05T08:00:00.000Z', '2026-01-05T08:00:00.001Z'],
          coordinates: [
            [1, 2],
            [1, 2],
          ],
          interpolation: 'Step',
        }),
        {
          properties: { vehicle_id: 'v', vehicle_type: 'taxi', reports: 1 },
          temporalProperties: [
            {
              datetimes: ['2026-01-05T08:00:00.000Z', '2026-01-05T08:00:00.001Z'],
              speed: { type: 'Measure', form: 'MTS', values: [0, 0] },
              datetimes_: { type: 'Text', values: ['x', 'x'] },
            },
          ],
        },
      ),
    ),
    rows: [
      { vehicle_id: 'v', vehicle_type: 'taxi', event_time: FIRST, longitude: 1, latitude: 2, speed: 0, datetimes: 'x' },
    ],
  },
])

test('what was taken for granted is said', async () => {
  const bytes = bytesOf(
    moving(point({ datetimes: ['2026-01-05T08:00:00', '2026-01-05 08:00:01'] }), {
      temporalProperties: [{ datetimes, fuel: { values: [1, 2] } }],
    }),
  )
  const notes = []
  const options = { from: START, blockBytes: 1024, signal: new AbortController().signal }
  for await (const block of mfJson.read(inputOf(bytes), options)) notes.push(block.notes)
  expect(notes).toEqual([
    [
      'times without an offset are taken for UTC, as OGC Moving Features has them',
      'values at times at which there is no position are left out',
    ],
  ])
})
