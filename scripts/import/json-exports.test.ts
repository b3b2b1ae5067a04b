import type { PositionRow } from '@fleetlake/columnar'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FormatName } from '../../event-viewer/core/src/formats/format-names.ts'
import { awkwardBatches } from '../../event-viewer/core/src/testing/awkward-rows.ts'
import { MEASURES, measuredBatches } from '../../event-viewer/core/src/testing/measured-rows.ts'
import { writeFormat } from '../../event-viewer/core/src/testing/write-format.ts'
import { JSON_FORMATS } from '../../shared/intake/src/formats/json/index.ts'
import { inputOf, readAll, type Row } from '../../shared/intake/src/testing/read-all.ts'

/** What our exports write is read as the rows that were exported. */

type Measures = NonNullable<PositionRow['measures']>

const measuresOf = (row: Row): Measures =>
  Object.fromEntries(
    MEASURES.flatMap(({ name, type }): [string, Measures[string]][] => {
      const value = row[name]
      if (value === undefined) return []
      if (type === 'string') return [[name, String(value)]]
      if (type === 'boolean') return [[name, String(value) === 'true']]
      return [[name, type === 'float' ? Math.fround(Number(value)) : Number(value)]]
    }),
  )

const OWN = new Set(
  ['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading'].concat(
    MEASURES.map(({ name }) => name),
  ),
)

/** An unknown speed is NaN; names that are neither a column's nor a measure's make another row. */
const rowOf = (row: Row): PositionRow & { readonly others: readonly string[] } => ({
  vehicleId: String(row['vehicle_id']),
  vehicleType: String(row['vehicle_type']),
  eventTime: typeof row['event_time'] === 'string' ? Date.parse(row['event_time']) : Number(row['event_time']),
  longitude: Number(row['longitude']) + 0,
  latitude: Number(row['latitude']) + 0,
  speed: Math.fround(Number(row['speed'] ?? NaN)),
  heading: Math.fround(Number(row['heading'] ?? NaN)),
  measures: measuresOf(row),
  others: Object.keys(row).filter((name) => !OWN.has(name)),
})

const exported = (row: PositionRow): ReturnType<typeof rowOf> => ({ ...row, measures: row.measures ?? {}, others: [] })

/** Formats of lines have vehicles after each other. */
const sorted = (rows: readonly PositionRow[]): PositionRow[] => {
  const keyed = rows.map(
    (row) => [[row.vehicleId, row.eventTime, row.longitude, row.latitude].join('\n'), row] as const,
  )
  return keyed.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, row]) => row)
}

/** Reports at other times and places: formats of lines have each report once. */
const distinct = (batches: readonly PositionRow[][]): PositionRow[][] => {
  const seen = new Set<string>()
  const isNew = ({ vehicleId, eventTime }: PositionRow): boolean => {
    const key = `${eventTime} ${vehicleId}`
    return !seen.has(key) && seen.add(key).has(key)
  }
  return batches.map((rows) => rows.filter(isNew)).filter((rows) => rows.length > 0)
}

const formats: readonly (readonly [exportedAs: FormatName, readAs: string])[] = [
  ['ndjson', 'ndjson'],
  ['geojson', 'geojson'],
  ['geojson-lines', 'geojson'],
  ['mf-json', 'mf-json'],
]

const read = async (bytes: Uint8Array, readAs: string): Promise<PositionRow[]> => {
  const fits = JSON_FORMATS.map((format) => ({ format, fit: format.sniff(bytes.subarray(0, 64 * 1024), 'export') }))
  const best = fits.toSorted((a, b) => b.fit - a.fit)[0].format
  expect(best.name).toBe(readAs)
  const { rows, faults } = await readAll(best, inputOf(bytes), { blockBytes: 500 })
  expect(faults).toEqual([])
  return rows.map(rowOf)
}

describe.each(formats)('%s', (exportedAs, readAs) => {
  test('every position comes back equal, and what is not known stays unknown', async () => {
    await fc.assert(
      fc.asyncProperty(awkwardBatches.map(distinct), async (batches) => {
        fc.pre(batches.length > 0)
        const rows = await read(await writeFormat(exportedAs, batches), readAs)
        expect(sorted(rows)).toEqual(sorted(batches.flat()).map(exported))
      }),
      { numRuns: 60 },
    )
  })

  test('every measure comes back equal', async () => {
    await fc.assert(
      fc.asyncProperty(measuredBatches.map(distinct), async (batches) => {
        fc.pre(batches.length > 0)
        const rows = await read(await writeFormat(exportedAs, batches, { measures: MEASURES }), readAs)
        expect(sorted(rows)).toEqual(sorted(batches.flat()).map(exported))
      }),
      { numRuns: 60 },
    )
  })
})
