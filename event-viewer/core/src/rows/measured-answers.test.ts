import { type PositionRow, type Positions, rowsOfPositions } from '@fleetlake/columnar'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MEASURES, measuredBatches, measuredPositions } from '../testing/measured-rows.ts'
import { createAnswerMeasures } from './answer-measures.ts'
import { createRowCollector } from './collect-rows.ts'
import { foundPositions } from './found-positions.ts'
import { createRowGatherer } from './gather-rows.ts'
import { mergeRows } from './merge-rows.ts'

/** Answers that have measures, on their way through collecting, gathering and merging. */
const collected = (batches: readonly Positions[]): PositionRow[] => {
  const collector = createRowCollector({ maxRows: 1000 })
  for (const batch of batches) collector.add(batch)
  return [...foundPositions(collector.finish(), 7)].flatMap(rowsOfPositions)
}
const sorted = (rows: readonly PositionRow[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted()
const measured = (batches: readonly PositionRow[][]): Positions[] => batches.map((rows) => measuredPositions(rows))

test('every row keeps its measures, whatever the order of the batches', () => {
  const twoOrders = measuredBatches.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  )
  fc.assert(
    fc.property(twoOrders, ([all, others]) => {
      const rows = collected(measured(all))
      expect(sorted(rows)).toEqual(sorted(all.flat()))
      expect(collected(measured(others))).toEqual(rows)
    }),
  )
})

test('a batch that lacks a column has no value of it, before and after those that have it', () => {
  const row = (vehicleId: string, state?: string): PositionRow => ({
    vehicleId,
    vehicleType: 'bus',
    eventTime: 0,
    longitude: 0,
    latitude: 0,
    speed: 1,
    heading: 2,
    ...(state === undefined ? {} : { measures: { state } }),
  })
  const batches = [
    measuredPositions([row('a')], []),
    measuredPositions([row('b', 'idle')]),
    measuredPositions([row('c')], []),
  ]
  expect(collected(batches)).toEqual([row('a'), row('b', 'idle'), row('c')])
  const gatherer = createRowGatherer({ blockRows: 3 })
  expect(batches.flatMap((batch) => gatherer.add(batch)).flatMap(rowsOfPositions)).toEqual(collected(batches))
})

test('blocks have the rows of the batches, in their order, and the columns of all batches so far', () => {
  fc.assert(
    fc.property(measuredBatches, fc.integer({ min: 1, max: 9 }), (all, blockRows) => {
      const gatherer = createRowGatherer({ blockRows })
      const blocks = measured(all).flatMap((batch) => gatherer.add(batch))
      const rest = gatherer.rest()
      const gathered = [...blocks, ...(rest === undefined ? [] : [rest])]
      expect(gathered.flatMap(rowsOfPositions)).toEqual(all.flat())
      for (const { measures } of gathered) expect(measures.map(({ spec }) => spec)).toEqual(MEASURES)
    }),
  )
})

test('sorted sources with measures merge into what one sort of all their rows gives', async () => {
  await fc.assert(
    fc.asyncProperty(measuredBatches, fc.integer({ min: 1, max: 9 }), async (all, batchRows) => {
      const sources = all.map((rows) => sourceOf(measuredPositions(rows), batchRows))
      const merged: Positions[] = []
      for await (const batch of mergeRows(sources, { batchRows })) merged.push(batch)
      expect(merged.flatMap(rowsOfPositions)).toEqual(collected(measured(all)))
    }),
    { numRuns: 60 },
  )
})

async function* sourceOf(rows: Positions, batchRows: number): AsyncGenerator<Positions> {
  const collector = createRowCollector({ maxRows: 1000 })
  collector.add(rows)
  yield* foundPositions(collector.finish(), batchRows)
}

test('an answer without measures has none, and nothing is held for them', () => {
  const collector = createRowCollector({ maxRows: 1000 })
  collector.add(measuredPositions([], []))
  expect(collector.finish().measures).toEqual([])
})

test('a column of two types is refused wherever rows are put together', () => {
  const row: PositionRow = { vehicleId: 'a', vehicleType: 'bus', eventTime: 0, longitude: 0, latitude: 0 }
  const [one, other] = (['double', 'string'] as const).map((type) => measuredPositions([row], [{ name: 'load', type }]))
  const says = fault('query.invalid', 'the answer has the column "load" as double and as string')
  const collector = createRowCollector({ maxRows: 1000 })
  collector.add(one)
  expect(() => collector.add(other)).toThrow(says)
  const gatherer = createRowGatherer({ blockRows: 10 })
  gatherer.add(one)
  expect(() => gatherer.add(other)).toThrow(says)
  const answer = createAnswerMeasures()
  answer.columns(one)
  expect(() => answer.columns(other)).toThrow(says)
})

test('the columns of an answer are those of its first batch, in their order, though a later one lacks some or has them in another', () => {
  const row: PositionRow = { vehicleId: 'a', vehicleType: 'bus', eventTime: 0, longitude: 0, latitude: 0 }
  const answer = createAnswerMeasures()
  expect(answer.specs()).toBeUndefined()
  answer.columns(measuredPositions([row]))
  const later = answer.columns(measuredPositions([row], MEASURES.slice(0, 2).toReversed()))
  expect(later.map((column) => column?.spec.name)).toEqual(MEASURES.map(({ name }, i) => (i < 2 ? name : undefined)))
  expect(answer.specs()).toEqual(MEASURES)
})
