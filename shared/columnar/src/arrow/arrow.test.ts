import {
  Float64,
  makeVector,
  Table,
  tableFromIPC,
  tableToIPC,
  TimestampMicrosecond,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { decodePositions } from './decode.ts'
import { decodeForeignPositions, decodeLetterPositions } from './foreign.ts'
import { encodePositions } from './position-batch.ts'
import { type PositionRow, positionsOfRows, rowsOfPositions } from '../rows/position-rows.ts'

const float32 = fc.oneof(fc.float({ noDefaultInfinity: true }), fc.constant(NaN))
const row: fc.Arbitrary<PositionRow> = fc.record({
  vehicleId: fc.string({ unit: 'grapheme', maxLength: 12 }),
  vehicleType: fc.constantFrom('taxi', 'bus', 'ômnibus', ''),
  eventTime: fc.integer({ min: -1e13, max: 1e14 }),
  longitude: fc.double(),
  latitude: fc.double(),
  speed: float32,
  heading: float32,
})

test('what is encoded reads back whole, from any place in a buffer', () => {
  fc.assert(
    fc.property(fc.array(row), fc.nat(9), (rows, shift) => {
      const bytes = encodePositions(positionsOfRows(rows))
      const moved = new Uint8Array(bytes.length + shift).subarray(shift)
      moved.set(bytes)
      expect(rowsOfPositions(decodePositions(moved)!)).toEqual(rows)
    }),
  )
})

const sample: PositionRow[] = Array.from({ length: 300 }, (_, i) => ({
  vehicleId: `v-${i}`,
  vehicleType: ['taxi', 'bus'][i % 2],
  eventTime: 1_700_000_000_000 + i,
  longitude: -56 + i / 1e6,
  latitude: -34.5,
  speed: i % 3 === 0 ? NaN : i,
  heading: 90,
}))

test('the Arrow library reads our batches, with nulls and a time zone', () => {
  const table = tableFromIPC(encodePositions(positionsOfRows(sample)))
  expect(table.schema.fields.map((field) => String(field))).toEqual([
    'vehicle_id: Utf8',
    'vehicle_type: Dictionary<Int32, Utf8>',
    'event_time: Timestamp<MILLISECOND, UTC>',
    'longitude: Float64',
    'latitude: Float64',
    'speed: Float32',
    'heading: Float32',
  ])
  expect(table.toArray().map((r) => ({ ...r.toJSON() }))[3]).toEqual({
    vehicle_id: 'v-3',
    vehicle_type: 'bus',
    event_time: 1_700_000_000_003,
    longitude: -56 + 3 / 1e6,
    latitude: -34.5,
    speed: null,
    heading: 90,
  })
})

test('what the Arrow library writes is read the slow way, to the same rows', () => {
  const bytes = tableToIPC(tableFromIPC(encodePositions(positionsOfRows(sample))), 'stream')
  expect(rowsOfPositions(decodeForeignPositions(bytes))).toEqual(sample)
})

test('times of other producers become whole milliseconds, rounded down', () => {
  const micros = [1_767_600_000_000_999n, 1_767_600_000_001_000n, -1n]
  const columns = {
    vehicle_id: vectorFromArray(['a', 'b', 'c']),
    vehicle_type: vectorFromArray(['bus', 'bus', 'bus']),
    event_time: makeVector({ type: new TimestampMicrosecond(), data: BigInt64Array.from(micros) }),
    longitude: vectorFromArray([1, 2, 3], new Float64()),
    latitude: vectorFromArray([1, 2, 3], new Float64()),
  }
  const { eventTime } = decodeForeignPositions(tableToIPC(new Table(columns), 'stream'))
  expect([...eventTime]).toEqual([1_767_600_000_000, 1_767_600_000_001, -1])
})

test('a column of reasons is written and passed over', () => {
  const bytes = encodePositions(
    positionsOfRows(sample),
    sample.map(() => 'off-the-globe'),
  )
  expect(tableFromIPC(bytes).getChild('reason')!.get(299)).toBe('off-the-globe')
  expect(rowsOfPositions(decodeLetterPositions(bytes))).toEqual(sample)
})

test('damaged bytes are refused with arrow.invalid or read as rows, never anything else', () => {
  const good = encodePositions(positionsOfRows(sample.slice(0, 20)))
  let refused = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(good.length),
      (flips, cut) => {
        const bad = good.slice(0, cut < good.length / 2 ? good.length : cut)
        for (const [at, value] of flips) if (at < bad.length) bad[at] = value
        try {
          const rows = decodePositions(bad)
          if (rows !== undefined) rowsOfPositions(rows)
        } catch (error) {
          refused++
          expect(error).toEqual(fault('arrow.invalid'))
        }
      },
    ),
    { numRuns: 3_000 },
  )
  expect(refused).toBeGreaterThan(100)
})

test('vehicle ids that are not UTF-8, or are cut within a character, are damage', () => {
  const bytes = encodePositions(
    positionsOfRows([
      { ...sample[0], vehicleId: 'a' },
      { ...sample[1], vehicleId: 'é' },
    ]),
  )
  const at = Buffer.from(bytes).indexOf(Buffer.from('aé'))
  const broken = bytes.slice()
  broken[at] = 0xff
  expect(() => decodePositions(broken)).toThrow(fault('arrow.invalid'))
  const cut = positionsOfRows([
    { ...sample[0], vehicleId: 'a' },
    { ...sample[1], vehicleId: 'é' },
  ])
  cut.vehicleIdOffsets[1] = 2
  expect(() => decodePositions(encodePositions(cut))).toThrow('a text is not UTF-8')
})

test('noise is refused', () => {
  const noise = new TextEncoder().encode('not arrow at all, and long enough to look')
  expect(() => decodePositions(noise)).toThrow(fault('arrow.invalid'))
  expect(() => decodeForeignPositions(noise)).toThrow(fault('arrow.invalid'))
})
