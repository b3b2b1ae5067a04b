import { conformsToFormat } from '../../testing/format-conformance.ts'
import { traccarJson } from './traccar-json.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const position = (more: object = {}): object => ({
  id: 1,
  deviceId: 5,
  protocol: 'osmand',
  serverTime: '2026-01-05T08:00:02.000+00:00',
  deviceTime: '2026-01-05T08:00:01.000+00:00',
  fixTime: '2026-01-05T08:00:00.000+00:00',
  outdated: false,
  valid: true,
  latitude: 47.25,
  longitude: 8.5,
  altitude: 400,
  speed: 10,
  course: 270.5,
  address: null,
  accuracy: 0,
  network: null,
  attributes: {
    batteryLevel: 94,
    battery: 12.6,
    ignition: true,
    odometer: 1000,
    totalDistance: 2000,
    motion: false,
    speed: 3,
  },
  ...more,
})

const plain = {
  vehicle_id: '5',
  event_time: 1_767_600_000_000,
  longitude: 8.5,
  latitude: 47.25,
  speed: (10 * 1852) / 3600,
  heading: 270.5,
  altitude: 400,
  id: 1,
  protocol: 'osmand',
  outdated: false,
  valid: true,
  server_time: '2026-01-05T08:00:02.000+00:00',
  device_time: '2026-01-05T08:00:01.000+00:00',
}
const row = {
  ...plain,
  battery: 94,
  odometer: 1000,
  ignition: true,
  attribute_battery: 12.6,
  total_distance: 2000,
  motion: false,
  attribute_speed: 3,
}
const bare = { accuracy: 7, attributes: {} }
const bareRow = { ...plain, accuracy: 7 }

conformsToFormat(traccarJson, [
  {
    title: 'positions of the API',
    bytes: bytesOf(JSON.stringify([position(), position(bare), 3, { id: 1 }])),
    rows: [row, bareRow],
    faults: [
      [3, 'not-an-object'],
      [4, 'no-position'],
    ],
  },
  {
    title: 'forwarded positions, a line each',
    bytes: bytesOf(
      [
        { position: position(), device: { id: 5, name: 'Truck', uniqueId: '3589', category: 'truck' } },
        { position: position(bare), device: { id: 5, uniqueId: '3589' } },
      ]
        .map((each) => `${JSON.stringify(each)}\n`)
        .join(''),
    ),
    rows: [
      { ...row, vehicle_id: '3589', vehicle_type: 'truck', device_name: 'Truck' },
      { ...bareRow, vehicle_id: '3589' },
    ],
  },
  {
    title: 'a combined report',
    bytes: bytesOf(
      JSON.stringify([
        { deviceId: 5, route: [[8.5, 47.25]], events: [], positions: [position(bare), position()] },
        { deviceId: 6, route: [], events: [], positions: [] },
        { deviceId: 7, route: [], events: [], positions: [position(bare)] },
      ]),
    ),
    rows: [bareRow, row, bareRow],
  },
])
