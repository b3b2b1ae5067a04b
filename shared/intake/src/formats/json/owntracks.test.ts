import { conformsToFormat } from '../../testing/format-conformance.ts'
import { owntracks } from './owntracks.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const location = {
  _type: 'location',
  tid: 'jp',
  topic: 'owntracks/jane/phone',
  tst: 1_767_600_000,
  lat: 48.85,
  lon: 2.295,
  vel: 36,
  cog: 90,
  acc: 5,
  alt: 167,
  batt: 80,
  conn: 'w',
  t: 'u',
  inregions: ['home'],
  SSID: 'net',
  battery: 1,
}
const row = {
  vehicle_id: 'jane/phone',
  event_time: 1_767_600_000_000,
  longitude: 2.295,
  latitude: 48.85,
  speed: 10,
  heading: 90,
  altitude: 167,
  accuracy: 5,
  battery: 80,
  tid: 'jp',
  topic: 'owntracks/jane/phone',
  conn: 'w',
  t: 'u',
  inregions: ['home'],
  ssid: 'net',
  said_battery: 1,
}
const unknown = { _type: 'location', tid: 'x', tst: 1_767_600_060, lat: 1, lon: 2, vel: -1, cog: -1, batt: -1, acc: -1 }
const unknownRow = { vehicle_id: 'x', event_time: 1_767_600_060_000, longitude: 2, latitude: 1, tid: 'x' }

const rec = (kind: string, value: unknown): string =>
  `2026-01-05T08:00:01Z\t${kind.padEnd(18)}\t${typeof value === 'string' ? value : JSON.stringify(value)}\n`

conformsToFormat(owntracks, [
  {
    title: 'a file of the Recorder',
    name: '2026-01.rec',
    bytes: bytesOf(
      rec('*', location) +
        rec('lwt', { _type: 'lwt', tst: 1 }) +
        rec('*', { _type: 'transition', tst: 1, lat: 1, lon: 2 }) +
        rec('*', '{"_type":"loc') +
        rec('*', { _type: 'encrypted', data: 'x' }) +
        '\n' +
        rec('*', unknown),
    ),
    rows: [row, unknownRow],
    faults: [
      [3, 'not-json'],
      [4, 'encrypted'],
    ],
  },
  {
    title: 'lines of JSON',
    bytes: bytesOf(
      [location, { _type: 'waypoint', tst: 1 }, unknown].map((each) => `${JSON.stringify(each)}\n`).join(''),
    ),
    rows: [row, unknownRow],
  },
  {
    title: 'an answer of the Recorder’s API',
    bytes: bytesOf(
      JSON.stringify({ count: 2, data: [{ ...unknown, username: 'jo', device: 'car' }, unknown], status: 200 }),
    ),
    rows: [{ ...unknownRow, vehicle_id: 'jo/car', username: 'jo', device: 'car' }, unknownRow],
  },
  {
    title: 'a list',
    bytes: bytesOf(JSON.stringify([unknown, location], undefined, 1)),
    rows: [unknownRow, row],
  },
])
