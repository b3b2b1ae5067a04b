import { cellOf, partitionOfCell, partitionOfText, toMicroDegrees, windowStart } from '@fleetlake/core'
import { decodePositions, type PositionRow, rowsOfPositions } from '@fleetlake/columnar'
import { generatedVehicleId, MAX_PAYLOAD_BYTES } from '@fleetlake/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReportColumns, type ReportColumns } from '../core/report-columns.ts'
import { createRouter, type Outlet, type RouterOptions } from './router.ts'
import { encodeVehicleIds, type VehicleIds } from './vehicle-ids.ts'

const TYPES = ['bus', 'car', 'truck']
const WINDOW_MS = 600_000
const START = Date.UTC(2026, 0, 5)
const PARTITIONS = [0, 2, 3, 7]

interface Sent {
  readonly partition: number
  readonly payload: Uint8Array
  readonly headers: Record<string, string>
}

const SOURCE = 'generation/test'

const options: RouterOptions = {
  source: SOURCE,
  by: 'cell',
  geohashLength: 5,
  partitions: PARTITIONS,
  vehicleTypes: TYPES,
  batchRows: 100,
  windowMs: WINDOW_MS,
}

/** Keeps what is published; a partition has no room after each batch when `isTight`. */
const outlet = (isTight = false): Outlet & { sent: Sent[] } => {
  const sent: Sent[] = []
  return {
    sent,
    publish: (partition, payload, headers) => void sent.push({ partition, payload, headers }),
    room: () => !isTight,
  }
}

const reportsOf = (rows: readonly PositionRow[], vehicles: readonly number[]): ReportColumns => {
  const reports = createReportColumns(rows.length)
  reports.length = rows.length
  rows.forEach((row, i) => {
    reports.vehicle[i] = vehicles[i]
    reports.type[i] = TYPES.indexOf(row.vehicleType)
    reports.time[i] = row.eventTime
    reports.longitude[i] = row.longitude
    reports.latitude[i] = row.latitude
    reports.speed[i] = row.speed ?? NaN
    reports.heading[i] = row.heading ?? NaN
  })
  return reports
}

const idsOf = (texts: readonly string[]): VehicleIds => {
  const encoded = texts.map((text) => new TextEncoder().encode(text))
  const offsets = new Int32Array(texts.length + 1)
  encoded.forEach(({ length }, i) => (offsets[i + 1] = offsets[i] + length))
  return {
    offsets,
    bytes: Uint8Array.from(encoded.flatMap((id) => [...id])),
  }
}

const degrees = (limit: number): fc.Arbitrary<number> =>
  fc.integer({ min: -limit * 1e6, max: limit * 1e6 }).map((micro) => micro / 1e6)

const row = (vehicleIdText: string): fc.Arbitrary<PositionRow> =>
  fc.record({
    vehicleId: fc.constant(vehicleIdText),
    vehicleType: fc.constantFrom(...TYPES),
    eventTime: fc.integer({ min: START, max: START + 3 * WINDOW_MS }),
    longitude: degrees(180),
    latitude: degrees(90),
    speed: fc.integer({ min: 0, max: 40 }),
    heading: fc.integer({ min: 0, max: 359 }),
  })

/** Rows of a few vehicles whose ids may be long, in the order in which they are reported. */
const fleetRows = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 5 })
  .chain((ids) => fc.tuple(fc.constant(ids), fc.array(fc.constantFrom(...ids).chain(row), { maxLength: 400 })))

const partitionOfRow = (
  by: RouterOptions['by'],
  { longitude, latitude, vehicleType, vehicleId: id }: PositionRow,
): number => {
  if (by === 'vehicle-type') return PARTITIONS[partitionOfText(vehicleType, 4)]
  if (by === 'vehicle') return PARTITIONS[partitionOfText(id, 4)]
  return PARTITIONS[partitionOfCell(cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), 5), 4)]
}

test('every row is published once, in the order of its partition, in batches of one window that are never too large', () => {
  fc.assert(
    fc.property(
      fleetRows,
      fc.integer({ min: 1, max: 5000 }),
      fc.boolean(),
      fc.array(fc.integer({ min: START, max: START + 3 * WINDOW_MS }), { maxLength: 3 }),
      ([ids, rows], batchRows, isTight, untils) => {
        const vehicleIds = idsOf(ids)
        const reports = reportsOf(
          rows,
          rows.map((each) => ids.indexOf(each.vehicleId) * 3 + 2),
        )
        const to = outlet(isTight)
        const router = createRouter({ ...options, batchRows }, to)
        const routed = { reports, ids: vehicleIds, first: 2, stride: 3 }
        let next = 0
        for (const until of untils) {
          next = router.route(routed, next, until)
          const isHeld = next < rows.length && rows[next].eventTime >= until
          expect(isHeld || isTight || next === rows.length).toBe(true)
        }
        while (next < rows.length) next = router.route(routed, next, Infinity)
        router.flush()

        const batches = to.sent.map(({ payload }) => rowsOfPositions(decodePositions(payload)!))
        for (const partition of PARTITIONS) {
          const published = batches.flatMap((batch, i) => (to.sent[i].partition === partition ? batch : []))
          expect(published).toEqual(
            rows
              .filter((each) => partitionOfRow('cell', each) === partition)
              .map((each) => ({ ...each, measures: { source: SOURCE } })),
          )
        }
        batches.forEach((batch, i) => {
          expect(batch.length).toBeLessThanOrEqual(batchRows)
          expect(new Set(batch.map(({ eventTime }) => windowStart(eventTime, WINDOW_MS))).size).toBe(1)
          expect(to.sent[i].payload.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES)
          const over = (pick: (each: PositionRow) => number, of: (...values: number[]) => number): number =>
            of(...batch.map(pick))
          expect(to.sent[i].headers).toEqual({
            'fleet-rows': String(batch.length),
            'fleet-from': String(over((each) => each.eventTime, Math.min)),
            'fleet-to': String(over((each) => each.eventTime, Math.max)),
            'fleet-bounds': [
              over((each) => each.longitude, Math.min),
              over((each) => each.latitude, Math.min),
              over((each) => each.longitude, Math.max),
              over((each) => each.latitude, Math.max),
            ].join(','),
          })
        })
      },
    ),
    { numRuns: 200 },
  )
})

test('a batch is cut where one row more would make its message too large', () => {
  const ids = idsOf(['x'.repeat(200)])
  const rows = fc
    .sample(row('x'.repeat(200)), { numRuns: 2000, seed: 1 })
    .map((each) => ({ ...each, longitude: 1, latitude: 1, eventTime: START }))
  const to = outlet()
  const router = createRouter({ ...options, batchRows: 10_000 }, to)
  router.route(
    {
      reports: reportsOf(
        rows,
        rows.map(() => 0),
      ),
      ids,
      first: 0,
      stride: 1,
    },
    0,
    Infinity,
  )
  router.flush()
  const sizes = to.sent.map(({ payload }) => payload.length)
  expect(to.sent.reduce((sum, { headers }) => sum + Number(headers['fleet-rows']), 0)).toBe(2000)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES)
  expect(sizes[0]).toBeGreaterThan(MAX_PAYLOAD_BYTES - 1_000)
})

test.each(['vehicle', 'vehicle-type'] as const)('partitioned by %s, a row goes where the hash says', (by) => {
  const share = { first: 1, stride: 2, count: 40 }
  const rows = Array.from({ length: 40 }, (_, n): PositionRow => ({
    vehicleId: generatedVehicleId('v-', 1 + n * 2),
    vehicleType: TYPES[n % 3],
    eventTime: START + n,
    longitude: -56,
    latitude: -34,
    speed: 1,
    heading: 2,
  }))
  const to = outlet()
  const router = createRouter({ ...options, by }, to)
  const reports = reportsOf(
    rows,
    rows.map((_, n) => 1 + n * 2),
  )
  router.route({ reports, ids: encodeVehicleIds(share, 'v-'), first: share.first, stride: share.stride }, 0, Infinity)
  router.flush()
  const published = to.sent.flatMap(({ partition, payload }) =>
    rowsOfPositions(decodePositions(payload)!).map((each) => ({ partition, id: each.vehicleId })),
  )
  const expected = rows.map((each) => ({ partition: partitionOfRow(by, each), id: each.vehicleId }))
  const inOrder = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id)
  expect(published.toSorted(inOrder)).toEqual(expected.toSorted(inOrder))
})

test('a partition without room stops the rows at once, and they go on where they stopped', () => {
  const rows = Array.from({ length: 10 }, (_, n): PositionRow => ({
    vehicleId: generatedVehicleId('v-', 0),
    vehicleType: 'car',
    eventTime: START + n,
    longitude: -56,
    latitude: -34,
    speed: 1,
    heading: 2,
  }))
  const to = outlet(true)
  const router = createRouter({ ...options, batchRows: 4 }, to)
  const routed = {
    reports: reportsOf(
      rows,
      rows.map(() => 0),
    ),
    ids: encodeVehicleIds({ first: 0, stride: 1, count: 1 }, 'v-'),
    first: 0,
    stride: 1,
  }
  const stops = [router.route(routed, 0, Infinity)]
  while (stops.at(-1)! < 10) stops.push(router.route(routed, stops.at(-1)!, Infinity))
  expect(stops).toEqual([4, 8, 10])
})
