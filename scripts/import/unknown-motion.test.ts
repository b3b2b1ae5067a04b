import type { PositionRow } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FormatName } from '../../event-viewer/core/src/formats/format-names.ts'
import { writeFormat } from '../../event-viewer/core/src/testing/write-format.ts'
import { planFields } from '../../shared/intake/src/fields/index.ts'
import { START } from '../../shared/intake/src/formats/block.ts'
import { detectFormat } from '../../shared/intake/src/formats/formats.ts'
import { type InputReading, inputReadingOf } from '../../shared/intake/src/rows/input-reading.ts'
import { createBlockTaker } from '../../shared/intake/src/rows/take-block.ts'
import { emptyTally } from '../../shared/intake/src/rows/tally.ts'
import { takenRowsOf } from '../../shared/intake/src/testing/take-block.ts'
import { inputOf } from '../../shared/intake/src/testing/read-all.ts'

/** An export of ours that is imported has the rows that were exported: what was not known is not derived from the rows before. */

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

const NOW = Date.UTC(2026, 5, 1)

/** Time, place, speed and heading of the rows that an import takes. */
const imported = async (bytes: Uint8Array): Promise<unknown[]> => {
  const format = detectFormat(bytes.subarray(0, 64 * 1024), 'export')
  const rows: unknown[] = []
  const taker = createBlockTaker({
    tally: emptyTally(),
    latestMs: NOW,
    vehicleType: 'unknown',
    refuse: ({ reason }) => rows.push(reason),
    sink: {
      begin: () => undefined,
      finish: () => undefined,
      add: (stored) => {
        for (const { type, timeMs, longitude, latitude, speed, heading } of takenRowsOf(stored))
          rows.push([type, timeMs, longitude, latitude, speed, heading])
      },
    },
  })
  let reading: InputReading | undefined
  const options = { from: START, blockBytes: 1 << 20, signal: new AbortController().signal }
  for await (const block of format.read(inputOf(bytes), options)) {
    reading ??= inputReadingOf(planFields({ format, sample: [block], asked: {}, options: {}, nowMs: NOW }))
    taker.take(block, reading)
  }
  return rows
}

const value = (known: number): fc.Arbitrary<number> => fc.constantFrom(known, Number.NaN)

test.each(FORMATS)('%s', async (name) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value(3), value(90)), { minLength: 2, maxLength: 5 }), async (motions) => {
      const rows = motions.map(([speed, heading], i): PositionRow => ({
        vehicleId: 'v',
        vehicleType: 'bus',
        eventTime: Date.UTC(2026, 0, 5) + i * 10_000,
        longitude: 8.5 + i / 1_000,
        latitude: 47.25,
        speed,
        heading,
      }))
      expect(await imported(await writeFormat(name, [rows]))).toEqual(
        rows.map(({ vehicleType, eventTime, longitude, latitude, speed, heading }) => [
          vehicleType,
          eventTime,
          longitude,
          latitude,
          speed,
          heading,
        ]),
      )
    }),
    { numRuns: 60 },
  )
})
