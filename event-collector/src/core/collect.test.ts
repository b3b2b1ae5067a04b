import {
  type MeasureSpec,
  measureValue,
  positionsOfRows,
  type PositionRow,
  textAt,
  textsToStrings,
} from '@fleetlake/columnar'
import { cellName, cellOf, toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunksOf, createChunkArrays } from './chunks.ts'
import { createPartitionBuffer } from './partition-buffer.ts'
import { takeIn } from './take-in.ts'

const HOUR_MS = 3_600_000
/** With a column of each kind, and none for `note`. */
const TABLE: { measures: readonly MeasureSpec[] } = {
  measures: [
    { name: 'temperature', type: 'double' },
    { name: 'doors', type: 'int' },
    { name: 'order_id', type: 'string' },
    { name: 'ignition', type: 'boolean' },
  ],
}
const row: fc.Arbitrary<PositionRow> = fc.record({
  vehicleId: fc.constantFrom('a', 'b', 'c', 'çd'),
  vehicleType: fc.constantFrom('taxi', 'bus'),
  eventTime: fc.oneof(fc.integer({ min: 0, max: 30 * HOUR_MS }), fc.constantFrom(NaN, -1, 31 * HOUR_MS, Infinity)),
  longitude: fc.oneof(fc.double({ min: -56.3, max: -56, noNaN: true }), fc.constantFrom(NaN, 181, 180)),
  latitude: fc.oneof(fc.double({ min: -35, max: -34.8, noNaN: true }), fc.constantFrom(-91, 90, Infinity)),
  speed: fc.constantFrom(0, 12.5, NaN),
  heading: fc.constantFrom(0, 359.5, NaN),
})
const measures = fc.record(
  {
    temperature: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant('hot')),
    doors: fc.constantFrom(1, 2, 2.5),
    order_id: fc.constantFrom('o-1', 'o-2', 'ö'),
    ignition: fc.boolean(),
    note: fc.constantFrom('x', 'y'),
  },
  { requiredKeys: [] },
)

interface Plain {
  id: string
  type: string
  time: number
  x: number
  y: number
  speed: number
  heading: number
}

const compare = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

test('every row is in exactly one chunk of its own date and cell or is told as bad, sorted by vehicle and time', () => {
  const options = { windowMs: 600_000, geohashLength: 5 }
  // Used again and again, as a collector does.
  const arrays = createChunkArrays()
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), fc.constantFrom(1, 5, 1_000), (rows, minRows) => {
      const buffer = createPartitionBuffer()
      const bad = takeIn(buffer, positionsOfRows(rows), { geohashLength: 5, latestMs: 30 * HOUR_MS, table: TABLE })
      const found: Plain[] = []
      for (const chunk of chunksOf(buffer, { ...options, minRows }, arrays)) {
        expect(chunk.length).toBeGreaterThan(0)
        for (let i = 0; i < chunk.length; i++) {
          const [x, y, time] = [chunk.longitude[i], chunk.latitude[i], chunk.eventTime[i]]
          expect(cellName(cellOf(x, y, 5), 5)).toBe(chunk.cell)
          expect(new Date(time).toISOString().slice(0, 10)).toBe(chunk.date)
          if (i > 0) {
            expect(chunk.vehicle[i]).toBeGreaterThanOrEqual(chunk.vehicle[i - 1])
            if (chunk.vehicle[i] === chunk.vehicle[i - 1]) expect(time).toBeGreaterThanOrEqual(chunk.eventTime[i - 1])
          }
          if (minRows === 1) expect(Math.floor(time / 600_000) * 600_000).toBe(chunk.windowFrom)
          const [id, type] = [textAt(chunk.vehicleIds, chunk.vehicle[i]), chunk.vehicleTypes[chunk.vehicleType[i]]]
          found.push({ id, type, time, x, y, speed: chunk.speed[i], heading: chunk.heading[i] })
        }
        expect(textsToStrings(chunk.vehicleIds)).toEqual(chunk.vehicles)
        expect(new Set(chunk.vehicles).size).toBe(chunk.vehicles.length)
      }
      const badAt = new Set(bad.map(({ index }) => index))
      const good = rows
        .filter((_, i) => !badAt.has(i))
        .map((r): Plain => ({
          id: r.vehicleId,
          type: r.vehicleType,
          time: r.eventTime,
          x: toMicroDegrees(r.longitude),
          y: toMicroDegrees(r.latitude),
          speed: r.speed ?? NaN,
          heading: r.heading ?? NaN,
        }))
      expect(found.toSorted(compare)).toEqual(good.toSorted(compare))
      const isTrue = (r: PositionRow): boolean =>
        r.eventTime >= 0 && r.eventTime <= 30 * HOUR_MS && Math.abs(r.longitude) <= 180 && Math.abs(r.latitude) <= 90
      expect(rows.flatMap((r, i) => (isTrue(r) ? [] : [i]))).toEqual(bad.map(({ index }) => index))
    }),
    { numRuns: 200 },
  )
})

test('sparse windows of a day and cell share a chunk, days and cells never do', () => {
  const at = (eventTime: number, longitude = -56.1): PositionRow => ({
    vehicleId: 'a',
    vehicleType: 't',
    eventTime,
    longitude,
    latitude: -34.9,
    speed: 1,
    heading: 1,
  })
  const buffer = createPartitionBuffer()
  const rows = [at(0), at(600_000), at(1_200_000), at(23.9 * HOUR_MS), at(24 * HOUR_MS), at(0, -56.2)]
  expect(takeIn(buffer, positionsOfRows(rows), { geohashLength: 5, latestMs: 1e12, table: TABLE })).toEqual([])
  const shapes = (minRows: number): string[] =>
    [...chunksOf(buffer, { windowMs: 600_000, geohashLength: 5, minRows })].map(
      (c) => `${c.date} ${c.cell} ${c.length}`,
    )
  const [west, east] = [-56.2, -56.1].map((x) => cellName(cellOf(x * 1e6, -34.9e6, 5), 5))
  expect(shapes(100).toSorted()).toEqual(
    [`1970-01-01 ${east} 4`, `1970-01-01 ${west} 1`, `1970-01-02 ${east} 1`].toSorted(),
  )
  expect(shapes(1)).toHaveLength(6)
})

test('rows whose id or type is missing or too long are told as bad, and nothing of them is kept', () => {
  const at = (vehicleId: string, vehicleType = 'bus'): PositionRow => ({
    vehicleId,
    vehicleType,
    eventTime: 0,
    longitude: 1,
    latitude: 2,
    speed: 1,
    heading: 1,
  })
  const long = 'é'.repeat(128)
  const buffer = createPartitionBuffer()
  const rows = [at('a'), at(''), at(long), at('b', ''), at('c', long), at('x'.repeat(255), 'y'.repeat(255))]
  expect(takeIn(buffer, positionsOfRows(rows), { geohashLength: 5, latestMs: 0, table: TABLE })).toEqual([
    { index: 1, reason: 'vehicle-id-missing' },
    { index: 2, reason: 'text-too-long' },
    { index: 3, reason: 'vehicle-type-missing' },
    { index: 4, reason: 'text-too-long' },
  ])
  expect(textsToStrings(buffer.vehicles.texts())).toEqual(['a', 'x'.repeat(255)])
  expect(buffer.vehicleTypes).toEqual(['bus', 'y'.repeat(255)])
})

test('what a buffer says that it holds counts the texts, types too', () => {
  const buffer = createPartitionBuffer()
  const rows = Array.from({ length: 2_000 }, (_, i) => ({
    vehicleId: `${i}`.padEnd(250, 'v'),
    vehicleType: `${i}`.padEnd(250, 't'),
    eventTime: 0,
    longitude: 1,
    latitude: 2,
    speed: 1,
    heading: 1,
  }))
  takeIn(buffer, positionsOfRows(rows), { geohashLength: 5, latestMs: 0, table: TABLE })
  // Ids as bytes and as texts, types as texts.
  expect(buffer.heldBytes).toBeGreaterThan(2_000 * (250 + 250 + 250))
})

test('of messages one after the other each row has in its chunk what it said, in a column or in its attributes', () => {
  const arrays = createChunkArrays()
  const said = fc.record({ eventTime: fc.integer({ min: 0, max: 30 * HOUR_MS }), west: fc.boolean(), measures })
  fc.assert(
    fc.property(fc.array(fc.array(said, { maxLength: 20 }), { maxLength: 6 }), (messages) => {
      const buffer = createPartitionBuffer()
      const sent = messages.flat().map(({ measures: all }) => all)
      let number = 0
      for (const message of messages) {
        const rows = message.map(({ eventTime, west, measures: all }) => ({
          vehicleId: `v${number++}`,
          vehicleType: 'bus',
          eventTime,
          longitude: west ? -56.1 : 56.1,
          latitude: -34.9,
          measures: all,
        }))
        const options = { geohashLength: 5, latestMs: 30 * HOUR_MS, table: TABLE }
        expect(takeIn(buffer, positionsOfRows(rows), options)).toEqual([])
      }
      let found = 0
      for (const chunk of chunksOf(buffer, { windowMs: 600_000, geohashLength: 5, minRows: 5 }, arrays)) {
        for (const column of chunk.measures) {
          // None that none of its rows has, and no text that none of them names.
          const values = Array.from({ length: chunk.length }, (_, i) => measureValue(column, i))
          expect(values.some((value) => value !== null)).toBe(true)
          if ('texts' in column) expect(new Set(values).has(textAt(column.texts, column.texts.count - 1))).toBe(true)
        }
        for (let i = 0; i < chunk.length; i++) {
          const kept = Object.fromEntries(
            chunk.measures
              .map((column) => [column.spec.name, measureValue(column, i)] as const)
              .filter(([, value]) => value !== null),
          )
          const { attributes = '{}', ...columns } = kept
          const all = sent[Number(textAt(chunk.vehicleIds, chunk.vehicle[i]).slice(1))]
          // Of a message in which a measure is of two kinds the numbers come as texts.
          const asTexts = (object: object): unknown =>
            Object.fromEntries(Object.entries(object).map(([name, value]) => [name, String(value)]))
          expect(asTexts({ ...columns, ...(JSON.parse(String(attributes)) as object) })).toEqual(asTexts(all))
          found++
        }
      }
      expect(found).toBe(sent.length)
    }),
    { numRuns: 200 },
  )
})

test('what a buffer says that it holds counts the measures, as long as its rows', () => {
  const buffer = createPartitionBuffer()
  const bare = createPartitionBuffer()
  const rowsOf = (from: number, said: PositionRow['measures']): PositionRow[] =>
    Array.from({ length: 5_000 }, (_, i) => ({
      vehicleId: 'v',
      vehicleType: 'bus',
      eventTime: from + i,
      longitude: 1,
      latitude: 2,
      ...(said === undefined ? {} : { measures: { ...said, note: `${from + i}`.padEnd(100, 'n') } }),
    }))
  const options = { geohashLength: 5, latestMs: 1e12, table: TABLE }
  takeIn(buffer, positionsOfRows(rowsOf(0, { temperature: 1.5 })), options)
  takeIn(buffer, positionsOfRows(rowsOf(5_000, undefined)), options)
  takeIn(bare, positionsOfRows(rowsOf(0, undefined)), options)
  takeIn(bare, positionsOfRows(rowsOf(5_000, undefined)), options)
  expect(buffer.heldBytes - bare.heldBytes).toBeGreaterThan(10_000 * (8 + 4) + 5_000 * 100)
})

test('a row is taken without blanks around its texts and without a speed or heading that none has; one at 0, 0 is bad', () => {
  const at = (vehicleId: string, more: Partial<PositionRow> = {}): PositionRow => ({
    vehicleId,
    vehicleType: 'bus',
    eventTime: 0,
    longitude: 1,
    latitude: 2,
    speed: 1,
    heading: 1,
    ...more,
  })
  const buffer = createPartitionBuffer()
  const rows = [
    at('a', { speed: -1, heading: 360 }),
    at(' a\u00A0', { vehicleType: 'bus ', speed: 1e9, heading: 511 }),
    at(' '),
    at('b', { longitude: 0, latitude: -4e-7 }),
    at('c', { longitude: 0 }),
  ]
  expect(takeIn(buffer, positionsOfRows(rows), { geohashLength: 5, latestMs: 0, table: TABLE })).toEqual([
    { index: 2, reason: 'vehicle-id-missing' },
    { index: 3, reason: 'null-island' },
  ])
  expect([textsToStrings(buffer.vehicles.texts()), buffer.vehicleTypes]).toEqual([['a', 'c'], ['bus']])
  const { vehicle, speed, heading } = buffer.columns
  expect([vehicle, speed, heading].map((column) => [...column.subarray(0, 3)])).toEqual([
    [0, 0, 1],
    [NaN, NaN, 1],
    [0, NaN, 1],
  ])
})
