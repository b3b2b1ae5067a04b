import { type PositionRow, rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { awkwardBatches } from '../../event-viewer/core/src/testing/awkward-rows.ts'
import { MEASURES, measuredBatches } from '../../event-viewer/core/src/testing/measured-rows.ts'
import { writeFormat } from '../../event-viewer/core/src/testing/write-format.ts'
import { arrow } from '../../shared/intake/src/formats/arrow/arrow.ts'
import { START } from '../../shared/intake/src/formats/block.ts'
import type { Format } from '../../shared/intake/src/formats/format.ts'
import { parquet } from '../../shared/intake/src/formats/parquet/parquet.ts'
import { inputOf, readAll, type Row } from '../../shared/intake/src/testing/read-all.ts'

/** What our exports and our archive write is read as the rows that were written. */

const OWN = new Set(['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading'])

const measuresOf = (row: Row): NonNullable<PositionRow['measures']> =>
  Object.fromEntries(
    MEASURES.flatMap(({ name }) => (row[name] === undefined ? [] : [[name, row[name] as number | string | boolean]])),
  )

/** An unknown speed is NaN; names that are neither a column's nor a measure's make another row. */
const rowOf = (row: Row) => ({
  vehicleId: row['vehicle_id'],
  vehicleType: row['vehicle_type'],
  eventTime: row['event_time'],
  longitude: row['longitude'],
  latitude: row['latitude'],
  speed: row['speed'] ?? Number.NaN,
  heading: row['heading'] ?? Number.NaN,
  measures: measuresOf(row),
  others: Object.keys(row).filter((name) => !OWN.has(name) && !MEASURES.some((measure) => measure.name === name)),
})

const exported = (row: PositionRow): unknown => ({ ...row, measures: row.measures ?? {}, others: [] })

const FORMATS: readonly (readonly [name: 'parquet' | 'geoparquet' | 'arrow', format: Format])[] = [
  ['parquet', parquet],
  ['geoparquet', parquet],
  ['arrow', arrow],
]

describe.each(FORMATS)('%s', (name, format) => {
  test.each([
    ['position', awkwardBatches, undefined],
    ['measure', measuredBatches, MEASURES],
  ] as const)('every %s comes back equal, and what is not known stays unknown', async (_, anyBatches, measures) => {
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        const bytes = await writeFormat(name, batches, measures === undefined ? {} : { measures })
        const { rows, faults } = await readAll(format, inputOf(bytes), { blockBytes: 500 })
        expect(rows.map(rowOf)).toEqual(batches.flat().map(exported))
        expect(faults).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

test.each(FORMATS)('%s: the units of measures are told', async (name, format) => {
  const row = { vehicleId: 'a', vehicleType: 'bus', eventTime: 1.7e12, longitude: 1, latitude: 2, speed: 3, heading: 4 }
  const bytes = await writeFormat(name, [[{ ...row, measures: { load: 5 } }]], { measures: MEASURES })
  const signal = new AbortController().signal
  const units: unknown[] = []
  for await (const block of format.read(inputOf(bytes), { from: START, blockBytes: 500, signal }))
    units.push(Object.fromEntries(block.units ?? []))
  expect(units).toEqual([
    Object.fromEntries(
      MEASURES.flatMap((measure) => (measure.unit === undefined ? [] : [[measure.name, measure.unit]])),
    ),
  ])
})

test('a data file of the archive is read as the rows that were written', async () => {
  const length = 3_000
  const bytes = parquetCodec.encode(
    rowsOfArrays({
      length,
      vehicleIds: textsOfStrings(Array.from({ length: 90 }, (_, i) => `v${i}-ü`)),
      vehicle: Int32Array.from({ length }, (_, i) => i % 90),
      vehicleTypes: ['bus', 'taxi'],
      vehicleType: Int32Array.from({ length }, (_, i) => i & 1),
      eventTime: Float64Array.from({ length }, (_, i) => 1.7e12 + i * 5_001),
      longitude: Int32Array.from({ length }, (_, i) => -56_000_000 + ((i * 7_919) % 100_000)),
      latitude: Int32Array.from({ length }, (_, i) => -34_000_000 - ((i * 104_729) % 900_000)),
      speed: Float32Array.from({ length }, (_, i) => (i % 11 === 0 ? Number.NaN : (i % 300) / 10)),
      heading: Float32Array.from({ length }, (_, i) => (i * 31) % 360),
    }),
  )
  const { rows } = await readAll(parquet, inputOf(bytes))
  expect(rows.map(rowOf)).toEqual(
    Array.from({ length }, (_, i) => ({
      vehicleId: `v${i % 90}-ü`,
      vehicleType: i % 2 === 0 ? 'bus' : 'taxi',
      eventTime: 1.7e12 + i * 5_001,
      longitude: (-56_000_000 + ((i * 7_919) % 100_000)) / 1e6,
      latitude: (-34_000_000 - ((i * 104_729) % 900_000)) / 1e6,
      speed: i % 11 === 0 ? Number.NaN : Math.fround((i % 300) / 10),
      heading: (i * 31) % 360,
      measures: {},
      others: [],
    })),
  )
})
