import type { PositionRow } from '@fleetlake/columnar'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { writeFormat } from '../testing/write-format.ts'
import { FORMAT_TRAITS, type FormatName, formatOfName, FORMATS } from './format-names.ts'

const decoder = new TextDecoder()
const textOf = async (name: FormatName, rows: readonly PositionRow[][], status?: string): Promise<string> =>
  decoder.decode(await writeFormat(name, rows, status === undefined ? {} : { status }))

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

test('columns have the names at rest, unknown values are null or empty, and numbers are as short as they can be', async () => {
  expect(await textOf('ndjson', [sample])).toBe(
    '{"vehicle_id":"v-1","vehicle_type":"taxi","event_time":"2026-01-05T08:00:00.000Z","longitude":-56.1,"latitude":-34.9,"speed":12.3,"heading":null}\n',
  )
  expect(await textOf('csv', [sample])).toBe(
    'vehicle_id,vehicle_type,event_time,longitude,latitude,speed,heading\nv-1,taxi,2026-01-05T08:00:00.000Z,-56.1,-34.9,12.3,\n',
  )
})

test('an empty answer is a header, or an empty collection', async () => {
  expect(await textOf('csv', [])).toBe('vehicle_id,vehicle_type,event_time,longitude,latitude,speed,heading\n')
  expect(JSON.parse(await textOf('geojson', []))).toEqual({
    type: 'FeatureCollection',
    features: [],
    status: 'complete',
  })
})

test('a format is known by the ending of a file, the longest that fits', () => {
  const names = ['a.csv', 'A.GeoJSON', 'a.lines.geojson', 'a.geo.parquet', 'a.parquet', 'a.mf.json', 'a.json', 'a.txt']
  expect(names.map(formatOfName)).toEqual([
    'csv',
    'geojson',
    'geojson-lines',
    'geoparquet',
    'parquet',
    'mf-json',
    'geojson',
    undefined,
  ])
  expect(FORMATS.map((format) => formatOfName(`x${FORMAT_TRAITS[format].extension}`))).toEqual(FORMATS)
})

test('a spreadsheet takes no text of a CSV for a formula when it is asked not to, and numbers stay numbers', async () => {
  const ids = ['=1+1', '+1', '-1', '@a', '\t=1', '\r=1', '\n=1', '＝1', 'a=1', "'=1", '=a,"b"']
  const rows = ids.map((vehicleId) => ({ ...sample[0], vehicleId, vehicleType: '-taxi', speed: NaN }))
  const read = (text: string): string[][] => parse(text, { from: 2 }) as string[][]
  const asItIs = read(await textOf('csv', [rows]))
  expect(asItIs.map(([id, type]) => [id, type])).toEqual(ids.map((id) => [id, '-taxi']))
  const safe = read(decoder.decode(await writeFormat('csv', [rows], { isSpreadsheetSafe: true })))
  expect(safe.map(([id]) => id)).toEqual(ids.map((id) => (/^[=+\-@\t\r\n＝]/.test(id) ? `'${id}` : id)))
  expect(safe.map(([, ...fields]) => fields)).toEqual(asItIs.map(([, , ...fields]) => ["'-taxi", ...fields]))
  expect(safe[0][3]).toBe('-56.1')
})
