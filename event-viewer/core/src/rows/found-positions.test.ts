import { positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowCollector } from './collect-rows.ts'
import { foundPositions } from './found-positions.ts'

test('batches hold what was found, each row once, in order', () => {
  const rows = positions({ vehicles: 5, from: 0, to: 20, maxLength: 60 })
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 25 }), (some, rowsPerBatch) => {
      const collector = createRowCollector({ maxRows: 100 })
      collector.add(positionsOfRows(some))
      const batches = [...foundPositions(collector.finish(), rowsPerBatch)]
      const sorted = some.toSorted(
        (a, b) =>
          a.vehicleId.localeCompare(b.vehicleId, 'en') ||
          a.eventTime - b.eventTime ||
          a.longitude - b.longitude ||
          a.latitude - b.latitude,
      )
      expect(batches.flatMap((batch) => rowsOfPositions(batch))).toEqual(sorted)
      expect(batches.map(({ length }) => length)).toEqual(
        batches.map((_, i) => Math.min(rowsPerBatch, some.length - i * rowsPerBatch)),
      )
    }),
  )
})
