import { type MeasureSpec, measureValue, positionsOfRows, type PositionRow, textAt } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPartitionBuffer } from '../../event-collector/src/core/partition-buffer.ts'
import { takeIn } from '../../event-collector/src/core/take-in.ts'
import { createTailBlock } from '../../event-finder/src/tail/tail-block.ts'

const LATEST_MS = 1_000
const TABLE: { readonly measures: readonly MeasureSpec[] } = { measures: [{ name: 'temperature', type: 'double' }] }

const text = fc.constantFrom(
  'a',
  'a ',
  '\u00A0a',
  '\u3000a\uFEFF',
  'é',
  'カ',
  '',
  ' ',
  'b c',
  'x'.repeat(255),
  ` ${'x'.repeat(255)}`,
  'x'.repeat(256),
)
const degrees = fc.constantFrom(0, -0, 4.9e-7, -5e-7, 5.1e-7, 1e-6, 12.3456785, -180, 180, 91, 181, NaN, Infinity)
const motion = fc.constantFrom(0, -0, -1, 12.5, 359.99, 360, 361, 511, 1_000, 1_001, 65_535, NaN, Infinity, -Infinity)
const rows: fc.Arbitrary<PositionRow[]> = fc.array(
  fc.record({
    vehicleId: text,
    vehicleType: text,
    eventTime: fc.constantFrom(-1, 0, 5, 1_000, 1_001, NaN, Infinity),
    longitude: degrees,
    latitude: degrees,
    speed: motion,
    heading: motion,
    measures: fc.constantFrom({}, { temperature: 5 }, { temperature: 'hot' }, { note: 'x'.repeat(4_097) }),
  }),
  { maxLength: 40 },
)

test('collector and tail take the same rows of a message, with the same values', () => {
  let taken = 0
  fc.assert(
    fc.property(rows, (sent) => {
      const positions = positionsOfRows(sent)
      const buffer = createPartitionBuffer()
      const bad = takeIn(buffer, positions, { geohashLength: 5, latestMs: LATEST_MS, table: TABLE })
      const block = createTailBlock(0)
      block.add(positions, LATEST_MS, TABLE)
      const tail = block.take(0, 1)?.rows
      expect(tail?.length ?? 0).toBe(buffer.length)
      expect(buffer.length + bad.length).toBe(sent.length)
      const kept = buffer.measures.columns(buffer.length)
      for (let row = 0; row < buffer.length; row++) {
        const { columns } = buffer
        expect([
          textAt(tail!.vehicleIds, tail!.vehicle[row]),
          tail!.vehicleTypes[tail!.vehicleType[row]],
          ...[tail!.eventTime, tail!.longitude, tail!.latitude, tail!.speed, tail!.heading].map(
            (column) => column[row],
          ),
          ...tail!.measures.map((measure) => measureValue(measure, row)),
        ]).toEqual([
          buffer.vehicleId(columns.vehicle[row]),
          buffer.vehicleTypes[columns.vehicleType[row]],
          ...[columns.eventTime, columns.longitude, columns.latitude, columns.speed, columns.heading].map(
            (column) => column[row],
          ),
          ...kept.map((measure) => measureValue(measure, row)),
        ])
      }
      taken += buffer.length
    }),
    { numRuns: 500 },
  )
  expect(taken).toBeGreaterThan(20)
})
