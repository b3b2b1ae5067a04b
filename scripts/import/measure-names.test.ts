import { isMeasureName, type MeasureSpec, type PositionRow } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FormatName } from '../../event-viewer/core/src/formats/format-names.ts'
import { writeFormat } from '../../event-viewer/core/src/testing/write-format.ts'
import { detectFormat } from '../../shared/intake/src/formats/formats.ts'
import { inputOf, readAll } from '../../shared/intake/src/testing/read-all.ts'

/** Measures of any names come back under their names, whatever else the format calls so. */

const FORMATS = [
  'csv',
  'ndjson',
  'geojson',
  'geojson-lines',
  'mf-json',
  'gpx',
  'kml',
  'parquet',
  'geoparquet',
  'arrow',
] as const satisfies readonly FormatName[]

/** What formats have a use for, or their readers look for. */
const USED = [
  'times',
  'speeds',
  'headings',
  'datetimes',
  'timestamps',
  'coordtimes',
  'coordinates',
  'geometry',
  'bbox',
  'reports',
  'properties',
  'interpolation',
  'time',
  'ele',
  'name',
  'id',
  'type',
  'x',
  'y',
  'lon',
  'lat',
  'constructor',
  'track_type',
  'extension_altitude',
]
const name = fc
  .tuple(fc.oneof(fc.constantFrom(...USED), fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)), fc.constantFrom('', '_', '__'))
  .map((parts) => parts.join(''))
  .filter(isMeasureName)
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 8 })

const rowsOf = (specs: readonly MeasureSpec[]): PositionRow[] =>
  [0, 1, 2].map((at) => ({
    vehicleId: 'v',
    vehicleType: 'bus',
    eventTime: Date.UTC(2026, 0, 5) + at * 1000,
    longitude: 8.5 + at,
    latitude: 47.25,
    speed: at,
    heading: 90,
    measures: Object.fromEntries(specs.map(({ name: each }, i) => [each, 10 * i + at + 0.5])),
  }))

test.each(FORMATS)('%s: no measure is lost to another name', async (format) => {
  await fc.assert(
    fc.asyncProperty(names, async (all) => {
      const specs = all.map((each): MeasureSpec => ({ name: each, type: 'double' }))
      const rows = rowsOf(specs)
      const bytes = await writeFormat(format, [rows], { measures: specs })
      const read = await readAll(detectFormat(bytes.subarray(0, 64 * 1024), 'export'), inputOf(bytes))
      expect(read.faults).toEqual([])
      expect(read.rows.map((row) => Object.fromEntries(all.map((each) => [each, Number(row[each])] as const)))).toEqual(
        rows.map(({ measures }) => measures),
      )
      expect(read.rows.map((row) => [row['vehicle_id'], Number(row['longitude']), Number(row['speed'])])).toEqual(
        rows.map(({ vehicleId, longitude, speed }) => [vehicleId, longitude, speed]),
      )
    }),
    { numRuns: 150 },
  )
})
