import {
  encodePositions,
  measureOfValues,
  type MeasureSpec,
  type PositionRow,
  positionsOfRows,
  rowsOfPositions,
  type Rows,
  type Positions,
} from '@fleetlake/columnar'
import { roundDegrees, toMicroDegrees } from '@fleetlake/core'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BatchOptions, createBatchBuilder } from './batch-builder.ts'

const chunkOf = (rows: readonly PositionRow[]): Rows => {
  const { vehicleIdOffsets, vehicleIdBytes, ...columns } = positionsOfRows(rows)
  return {
    ...columns,
    vehicle: Int32Array.from(rows, (_, i) => i),
    vehicleIds: { count: rows.length, offsets: vehicleIdOffsets, bytes: vehicleIdBytes },
    longitude: Int32Array.from(columns.longitude, toMicroDegrees),
    latitude: Int32Array.from(columns.latitude, toMicroDegrees),
  }
}

const everySecond = (rows: readonly unknown[]): Uint32Array =>
  Uint32Array.from(rows.flatMap((_, i) => (i % 2 === 0 ? [i] : [])))

const rowsOfBatches = (
  chunks: readonly PositionRow[][],
  batchRows: number,
  pick = everySecond,
  options: BatchOptions = {},
) => {
  const builder = createBatchBuilder(batchRows, options)
  const batches: PositionRow[][] = []
  const encoded: Uint8Array[] = []
  const see = (found: Iterable<Positions>): void => {
    for (const batch of found) {
      batches.push(rowsOfPositions(batch))
      encoded.push(encodePositions(batch))
    }
  }
  for (const rows of chunks) see(builder.add(chunkOf(rows), pick(rows)))
  see(builder.finish())
  return { batches, encoded, rows: batches.flat() }
}

const anyRows = positions({ vehicles: 4, from: 0, to: 10, west: -1, east: 1, south: -1, north: 1 })

test('batches hold the selected rows in their order, as many as they may', () => {
  fc.assert(
    fc.property(
      fc.array(anyRows, { maxLength: 6 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      (chunks, batchRows, reuseColumns) => {
        const { batches, rows } = rowsOfBatches(chunks, batchRows, everySecond, { reuseColumns })
        const selected = chunks.flatMap((chunk) => chunk.filter((_, i) => i % 2 === 0))
        expect(rows).toEqual(
          selected.map((row) => ({
            ...row,
            longitude: roundDegrees(row.longitude),
            latitude: roundDegrees(row.latitude),
          })),
        )
        expect(batches.map(({ length }) => length).slice(0, -1)).toEqual(batches.slice(1).map(() => batchRows))
      },
    ),
  )
})

test('long ids and many types make smaller batches, none larger than a message may be', () => {
  const rows = Array.from({ length: 3_000 }, (_, i): PositionRow => ({
    vehicleId: `${i}`.padEnd(250 + (i % 2) * 3_000, 'ü'),
    vehicleType: `${i}`.padEnd(200, 'é'),
    eventTime: i,
    longitude: 1.5,
    latitude: -2.25,
    speed: 1,
    heading: 2,
  }))
  const all = (of: readonly unknown[]): Uint32Array => Uint32Array.from(of, (_, i) => i)
  const { encoded, rows: found } = rowsOfBatches([rows], 8_192, all)
  expect(found).toEqual(rows)
  for (const { length } of encoded) expect(length).toBeLessThan(520 * 1024)
})

test('batches that share their columns are the same, to the byte', () => {
  fc.assert(
    fc.property(fc.array(anyRows, { maxLength: 6 }), fc.integer({ min: 1, max: 7 }), (chunks, batchRows) => {
      const [shared, own] = [true, false].map((reuseColumns) =>
        rowsOfBatches(chunks, batchRows, everySecond, { reuseColumns }),
      )
      expect(shared.encoded).toEqual(own.encoded)
    }),
  )
})

const TAKEN: readonly MeasureSpec[] = [
  { name: 'temperature', type: 'double' },
  { name: 'driver_id', type: 'string' },
]
const PASSED_OVER: MeasureSpec = { name: 'ignition', type: 'boolean' }

const measured = fc
  .tuple(
    anyRows,
    fc.infiniteStream(
      fc.record(
        { temperature: fc.constantFrom(1, 2.5), driver_id: fc.constantFrom('', 'a', 'ü'), ignition: fc.boolean() },
        { requiredKeys: [] },
      ),
    ),
  )
  .map(([rows, said]) => rows.map((row): PositionRow => ({ ...row, measures: said.next().value })))

/** With the columns in the order of the search, empty or not. */
const measuredChunk = (rows: readonly PositionRow[]): Rows => ({
  ...chunkOf(rows),
  measures: [...TAKEN, PASSED_OVER].map((spec) =>
    measureOfValues(
      spec,
      rows.map(({ measures = {} }) => measures[spec.name] ?? null),
    ),
  ),
})

test('batches carry the measures that are taken, and the same rows give the same batches however they are handed in', () => {
  fc.assert(
    fc.property(measured, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 }), (rows, batchRows, piece) => {
      const encodedOf = (
        pieces: readonly PositionRow[][],
        reuseColumns: boolean,
      ): { rows: PositionRow[]; encoded: Uint8Array[] } => {
        const builder = createBatchBuilder(batchRows, { reuseColumns, measures: TAKEN })
        const found: PositionRow[] = []
        const encoded: Uint8Array[] = []
        const see = (batches: Iterable<Positions>): void => {
          for (const batch of batches) {
            found.push(...rowsOfPositions(batch))
            encoded.push(encodePositions(batch))
          }
        }
        for (const some of pieces)
          see(
            builder.add(
              measuredChunk(some),
              Uint32Array.from(some, (_, i) => i),
            ),
          )
        see(builder.finish())
        return { rows: found, encoded }
      }
      const pieces = Array.from({ length: Math.ceil(rows.length / piece) }, (_, i) =>
        rows.slice(i * piece, (i + 1) * piece),
      )
      const [whole, parts] = [encodedOf([rows], false), encodedOf(pieces, true)]
      expect(parts.encoded).toEqual(whole.encoded)
      expect(whole.rows.map(({ measures }) => measures ?? {})).toEqual(
        rows.map(({ measures: { ignition: _ignition, ...taken } = {} }) => taken),
      )
    }),
  )
})

test('texts of measures count for each row that has them', () => {
  const rows = Array.from({ length: 300 }, (_, i): PositionRow => ({
    vehicleId: `${i}`,
    vehicleType: 'bus',
    eventTime: i,
    longitude: 1,
    latitude: 2,
    measures: { driver_id: 'x'.repeat(4_000) },
  }))
  const builder = createBatchBuilder(8_192, { measures: TAKEN })
  const batches = [
    ...builder.add(
      measuredChunk(rows),
      Uint32Array.from(rows, (_, i) => i),
    ),
    ...builder.finish(),
  ]
  expect(batches.length).toBe(3)
  for (const batch of batches) expect(encodePositions(batch).length).toBeLessThan(520 * 1024)
})
