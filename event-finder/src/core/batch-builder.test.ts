import { encodePositions, type PositionRow, positionsOfRows, rowsOfPositions } from '@fleetlake/contracts'
import { roundDegrees, toMicroDegrees } from '@fleetlake/core'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBatchBuilder } from './batch-builder.ts'
import type { ChunkRows } from './chunk-rows.ts'

const chunkOf = (rows: readonly PositionRow[]): ChunkRows => {
  const columns = positionsOfRows(rows)
  return {
    ...columns,
    longitude: Int32Array.from(columns.longitude, toMicroDegrees),
    latitude: Int32Array.from(columns.latitude, toMicroDegrees),
  }
}

const everySecond = (rows: readonly unknown[]): Uint32Array =>
  Uint32Array.from(rows.flatMap((_, i) => (i % 2 === 0 ? [i] : [])))

const rowsOfBatches = (chunks: readonly PositionRow[][], batchRows: number, pick = everySecond) => {
  const builder = createBatchBuilder(batchRows)
  const batches = [...chunks.flatMap((rows) => [...builder.add(chunkOf(rows), pick(rows))]), ...builder.finish()]
  return { batches, rows: batches.flatMap(rowsOfPositions) }
}

const anyRows = positions({ vehicles: 4, from: 0, to: 10, west: -1, east: 1, south: -1, north: 1 })

test('batches hold the selected rows in their order, as many as they may', () => {
  fc.assert(
    fc.property(fc.array(anyRows, { maxLength: 6 }), fc.integer({ min: 1, max: 7 }), (chunks, batchRows) => {
      const { batches, rows } = rowsOfBatches(chunks, batchRows)
      const selected = chunks.flatMap((chunk) => chunk.filter((_, i) => i % 2 === 0))
      expect(rows).toEqual(
        selected.map((row) => ({
          ...row,
          longitude: roundDegrees(row.longitude),
          latitude: roundDegrees(row.latitude),
        })),
      )
      expect(batches.map(({ length }) => length).slice(0, -1)).toEqual(batches.slice(1).map(() => batchRows))
    }),
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
  const { batches, rows: found } = rowsOfBatches([rows], 8_192, all)
  expect(found).toEqual(rows)
  for (const batch of batches) expect(encodePositions(batch).length).toBeLessThan(520 * 1024)
})
