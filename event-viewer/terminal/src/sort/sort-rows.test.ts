import {
  measureOfValues,
  type MeasureSpec,
  positionsOfRows,
  rowsOfPositions,
  type PositionRow,
  type Positions,
} from '@fleetlake/columnar'
import { fault } from '@fleetlake/core/testing'
import { createRowCollector, foundPositions } from '@fleetlake/viewer-core'
import { positions, temporaryFolder } from '@fleetlake/testing'
import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { sortRows, type SortOptions } from './sort-rows.ts'

async function* answerOf(batches: readonly (readonly PositionRow[])[]): AsyncGenerator<Positions> {
  for (const rows of batches) yield positionsOfRows(rows)
}

const sort = async (batches: readonly (readonly PositionRow[])[], options: SortOptions): Promise<PositionRow[]> => {
  const rows: PositionRow[] = []
  for await (const batch of sortRows(answerOf(batches), options)) rows.push(...rowsOfPositions(batch))
  return rows
}

const inMemory = (rows: readonly PositionRow[]): PositionRow[] => {
  const collector = createRowCollector({ maxRows: 10_000 })
  collector.add(positionsOfRows(rows))
  return [...foundPositions(collector.finish(), 10_000)].flatMap(rowsOfPositions)
}

const batches = fc.array(positions({ vehicles: 5, from: 0, to: 40, maxLength: 30 }), { maxLength: 12 })

test('rows that go through the temporary file come out as rows that are sorted in memory', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 60 }), async (all, runRows) => {
      expect(await sort(all, { runRows, batchRows: 7, maxRuns: 3 })).toEqual(inMemory(all.flat()))
    }),
    { numRuns: 60 },
  )
})

test('the temporary file keeps what an answer says of its measures', async () => {
  const spec: MeasureSpec = { name: 'pressure', type: 'double', unit: 'bar', description: 'of the tyres' }
  const row: PositionRow = { vehicleId: 'a', vehicleType: 'bus', eventTime: 0, longitude: 0, latitude: 0 }
  const measured = { ...positionsOfRows([row, row, row]), measures: [measureOfValues(spec, [1, null, 3])] }
  const answer = async function* () {
    yield* [measured, measured]
  }
  for await (const { measures } of sortRows(answer(), { runRows: 2, batchRows: 2, maxRuns: 2 })) {
    expect(measures.map((column) => column.spec)).toEqual([spec])
  }
})

test('nothing is left of the temporary file, not even while it is read', async () => {
  const folder = await temporaryFolder()
  vi.stubEnv('TMPDIR', folder)
  try {
    const all = fc.sample(positions({ vehicles: 5, maxLength: 30 }), { numRuns: 9, seed: 1 })
    for await (const batch of sortRows(answerOf(all), { runRows: 10, batchRows: 5 })) {
      expect(batch.length).toBeGreaterThan(0)
      expect(readdirSync(folder)).toEqual([])
    }
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a folder where it can not be is told, and what to do', async () => {
  vi.stubEnv('TMPDIR', '/no-such-folder')
  try {
    const all = fc.sample(positions({ vehicles: 5, maxLength: 30 }), { numRuns: 9, seed: 1 })
    await expect(sort(all, { runRows: 10 })).rejects.toThrow(
      fault(
        'store.failed',
        "the temporary file for sorting in /no-such-folder can't be made: set TMPDIR to another folder",
      ),
    )
  } finally {
    vi.unstubAllEnvs()
  }
})

const said = fc.record(
  { altitude: fc.integer({ min: 0, max: 2 }), state: fc.constantFrom('', 'idle', 'ônibus'), ignition: fc.boolean() },
  { requiredKeys: [] },
)
const measuredBatches = batches.chain((all) =>
  fc.tuple(...all.map((rows) => fc.tuple(...rows.map((row) => said.map((measures) => ({ ...row, measures })))))),
)

test('measures go through the temporary file with their rows, whichever of them a batch has', async () => {
  await fc.assert(
    fc.asyncProperty(measuredBatches, fc.integer({ min: 1, max: 60 }), async (all, runRows) => {
      expect(await sort(all, { runRows, batchRows: 7, maxRuns: 3 })).toEqual(inMemory(all.flat()))
      // Large texts fill a run before there are many rows.
      expect(await sort(all, { runBytes: 1, batchRows: 7, maxRuns: 3 })).toEqual(inMemory(all.flat()))
    }),
    { numRuns: 40 },
  )
})
