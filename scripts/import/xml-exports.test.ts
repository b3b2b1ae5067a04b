import type { PositionRow } from '@fleetlake/columnar'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { xmlText } from '../../event-viewer/core/src/formats/xml-text.ts'
import { MEASURES, measuredRow } from '../../event-viewer/core/src/testing/measured-rows.ts'
import { writeFormat } from '../../event-viewer/core/src/testing/write-format.ts'
import type { Format } from '../../shared/intake/src/formats/format.ts'
import { GPX } from '../../shared/intake/src/formats/gpx/read-gpx.ts'
import { KML } from '../../shared/intake/src/formats/kml/read-kml.ts'
import { inputOf, readAll, type Row } from '../../shared/intake/src/testing/read-all.ts'

/** Exports of ours, read back by the formats of imports: every row that was exported, with all that it says, and an unknown speed stays unknown. */

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', '#13': '\r' }
/** XML has no place for some characters. */
const shown = (text: string): string => xmlText(text).replaceAll(/&(amp|lt|gt|#13);/g, (_, name: string) => NAMED[name])

const values = (textOf: (name: string) => unknown): Record<string, unknown> => {
  const said: Record<string, unknown> = {}
  for (const { name, type } of MEASURES) {
    const value = textOf(name)
    if (value === undefined || value === null || value === '') continue
    if (type === 'string') said[name] = String(value)
    else if (type === 'boolean') said[name] = String(value) === 'true'
    else said[name] = (type === 'float' ? Math.fround(Number(value)) : Number(value)) + 0
  }
  return said
}

const known = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : Math.fround(value)

const exported = (row: PositionRow): unknown[] => [
  shown(row.vehicleId),
  shown(row.vehicleType),
  row.eventTime,
  row.longitude + 0,
  row.latitude + 0,
  known(row.speed),
  known(row.heading),
  values((name) => {
    const value = row.measures?.[name]
    return typeof value === 'string' ? shown(value) : value
  }),
]

const imported = (row: Row): unknown[] => [
  row['vehicle_id'],
  row['vehicle_type'],
  row['event_time'],
  Number(row['longitude']) + 0,
  Number(row['latitude']) + 0,
  known(row['speed'] as number | undefined),
  known(row['heading'] as number | undefined),
  values((name) => row[name]),
]

/** GPX has no 180° east. */
const west = (row: unknown[]): unknown[] => row.with(3, row[3] === 180 ? -180 : row[3])
const sorted = (rows: readonly unknown[][]): unknown[] =>
  rows.map((row) => [JSON.stringify(row), row] as const).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))

const rowsOfDifferentTimes = fc.uniqueArray(measuredRow, {
  maxLength: 24,
  selector: ({ vehicleId, eventTime }) => `${eventTime} ${shown(vehicleId)}`,
})

const formats: readonly ['gpx' | 'kml', Format, (row: unknown[]) => unknown[]][] = [
  ['gpx', GPX, west],
  ['kml', KML, (row) => row],
]

describe.each(formats)('%s', (name, format, inFormat) => {
  const readBack = async (rows: readonly PositionRow[], measures = MEASURES): Promise<unknown[][]> => {
    const bytes = await writeFormat(name, [rows], { measures })
    expect(format.sniff(bytes.subarray(0, 64 * 1024), `answer.${name}`)).toBe(2)
    const read = await readAll(format, inputOf(bytes))
    expect(read.faults).toEqual([])
    return read.rows.map(imported)
  }

  test('any rows come back', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOfDifferentTimes, async (rows) => {
        expect(sorted(await readBack(rows))).toEqual(sorted(rows.map((row) => inFormat(exported(row)))))
      }),
      { numRuns: 100 },
    )
  })

  test('a stretch that is cut since it is long comes back without its report at the cut twice', async () => {
    const rows = Array.from({ length: 100_003 }, (_, i): PositionRow => ({
      vehicleId: 'a',
      vehicleType: 'taxi',
      eventTime: Date.UTC(2026, 0, 5) + i * 1000,
      longitude: i / 1e6,
      latitude: 0,
      speed: i === 7 ? NaN : i % 30,
      heading: NaN,
    }))
    const back = await readBack(rows, [])
    expect(back.length).toBe(rows.length)
    expect(back.filter((row, i) => row[2] !== rows[i].eventTime || row[3] !== rows[i].longitude)).toEqual([])
    expect(back.filter((row) => row[5] === undefined).map((row) => row[2])).toEqual([rows[7].eventTime])
  })
})
