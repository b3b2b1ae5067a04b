import { positionsOfRows, rowsOfPositions, type PositionRow, type Positions } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { awkwardRow } from '../testing/awkward-rows.ts'
import { createRowCollector } from './collect-rows.ts'
import { foundPositions } from './found-positions.ts'
import { mergeRows } from './merge-rows.ts'

/** Rows sorted, in batches of `batchRows`. */
const sorted = (rows: readonly PositionRow[], batchRows: number): Positions[] => {
  const collector = createRowCollector({ maxRows: 1000 })
  collector.add(positionsOfRows(rows))
  return [...foundPositions(collector.finish(), batchRows)]
}

async function* sourceOf(batches: readonly Positions[]): AsyncGenerator<Positions> {
  yield* batches
}

const runs = fc.array(fc.array(awkwardRow, { maxLength: 25 }), { maxLength: 9 })

test('sorted sources merge into what one sort of all their rows gives', async () => {
  await fc.assert(
    fc.asyncProperty(runs, fc.integer({ min: 1, max: 9 }), async (all, batchRows) => {
      const sources = all.map((rows) => sourceOf(sorted(rows, batchRows)))
      const merged: Positions[] = []
      for await (const batch of mergeRows(sources, { batchRows })) merged.push(batch)
      expect(merged.flatMap(rowsOfPositions)).toEqual(sorted(all.flat(), 1000).flatMap(rowsOfPositions))
      expect(merged.slice(0, -1).every(({ length }) => length === batchRows)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('who leaves early ends the sources', async () => {
  let isEnded = false
  async function* endless(): AsyncGenerator<Positions> {
    try {
      for (;;) yield positionsOfRows([{ ...row }])
    } finally {
      isEnded = true
    }
  }
  for await (const batch of mergeRows([endless()], { batchRows: 2 })) if (batch.length > 0) break
  expect(isEnded).toBe(true)
})

const row: PositionRow = {
  vehicleId: 'a',
  vehicleType: 'bus',
  eventTime: 0,
  longitude: 0,
  latitude: 0,
  speed: 0,
  heading: 0,
}
