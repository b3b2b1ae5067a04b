import { encodePositions, decodePositions, positionsOfRows, type Positions } from '@fleetlake/columnar'
import { areaOf } from '@fleetlake/core'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBatchBuilder } from '../core/batch-builder.ts'
import { createRowSelector } from '../core/select-rows.ts'
import { createRowNarrower } from './near-rows.ts'
import { createTailBlock } from './tail-block.ts'

const anyRows = positions({ vehicles: 5, from: 0, to: 20, west: -2, east: 2, south: -2, north: 2 })
const search = fc.record({
  area: fc
    .array(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2, max: 2 })), { minLength: 2, maxLength: 2 })
    .filter(([[ax, ay], [bx, by]]) => ax !== bx && ay !== by)
    .map(([[ax, ay], [bx, by]]) =>
      areaOf({
        type: 'Polygon',
        coordinates: [
          [
            [ax, ay],
            [bx, ay],
            [bx, by],
            [ax, by],
            [ax, ay],
          ],
        ],
      }),
    ),
  period: fc.tuple(fc.nat(19), fc.nat(20)).map(([from, length]) => ({ from, to: from + 1 + length })),
  vehicleTypes: fc.constant(undefined),
  vehicleIds: fc.option(fc.subarray(['vehicle-1', 'vehicle-2', 'unknown-vehicle']), { nil: undefined }),
})

/** The matches of one stretch of a block, as they are sent. */
const found = (batches: Iterable<Positions>): Uint8Array[] => [...batches].map((batch) => encodePositions(batch))

test('what is left of a stretch gives the same answer as all of it', () => {
  let left = 0
  fc.assert(
    fc.property(
      fc.array(anyRows, { maxLength: 6 }),
      search,
      fc.nat(6),
      fc.nat(6),
      (messages, query, after, through) => {
        const block = createTailBlock(0)
        for (const rows of messages) block.add(decodePositions(encodePositions(positionsOfRows(rows))), 1e15)
        const piece = block.take(after, through)
        const expected = messages.slice(after, Math.max(after, through)).flat()
        expect([piece?.rows.length ?? 0, block.count(after, through)]).toEqual([expected.length, expected.length])
        if (piece === undefined) return
        const narrowed = createRowNarrower(query)(piece.rows)
        const select = createRowSelector(query)
        const [all, near] = [piece.rows, narrowed].map((rows) => {
          const batches = createBatchBuilder(1_000)
          return found([...batches.add(rows, select(rows, false)), ...batches.finish()])
        })
        expect(near).toEqual(all)
        left += piece.rows.length - narrowed.length
      },
    ),
  )
  expect(left).toBeGreaterThan(0)
})
