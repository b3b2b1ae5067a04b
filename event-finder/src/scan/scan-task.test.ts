import { createArenaPool } from '@fleetlake/columnar/parquet'
import { createMemoryStore } from '@fleetlake/archive'
import { rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { areaOf, edgesAtOnce } from '@fleetlake/core'
import { expect, test } from 'vitest'
import { createByteBudget } from '../waiting/byte-budget.ts'
import { createTurns, type Turns } from '../waiting/turns.ts'
import { scanTask, startCounts } from './scan-task.ts'

const ROWS = 2_000

/** A comb: a line of latitude between its ends crosses every tooth. */
const combOf = (teeth: number): [number, number][] => {
  const tips = Array.from({ length: teeth }, (_, i): [number, number][] => [
    [-56 + i / teeth, -34],
    [-56 + (i + 0.5) / teeth, -35],
  ]).flat()
  return [...tips, [-55, -34], [-55, -36], [-56, -36], [-56, -34]]
}

const file = parquetCodec.encode(
  rowsOfArrays({
    length: ROWS,
    vehicleIds: textsOfStrings(['v']),
    vehicle: new Int32Array(ROWS),
    vehicleTypes: ['bus'],
    vehicleType: new Int32Array(ROWS),
    eventTime: Float64Array.from({ length: ROWS }, (_, i) => 1.7e12 + i),
    longitude: new Int32Array(ROWS).fill(-55_500_000),
    latitude: new Int32Array(ROWS).fill(-34_500_000),
  }),
)

/** Scans the file; how many turns of the processor that took, and the rows that match. */
const scan = async (teeth: number, inside: boolean): Promise<{ turns: number; rows: number; edges: number }> => {
  const area = areaOf({ type: 'Polygon', coordinates: [combOf(teeth)] })
  const store = createMemoryStore()
  await store.put('a.parquet', file)
  const processor = createTurns(1)
  let turns = 0
  const counting: Turns = {
    take: (owner, work) => {
      turns++
      return processor.take(owner, work)
    },
  }
  const chunks = [{ path: 'a.parquet', bytes: file.length, inside }]
  const search = { area, period: { from: 0, to: 4e12 }, vehicleTypes: undefined, vehicleIds: undefined }
  const task = { owner: { client: 'c', query: 'q' }, search, chunks, skip: 0, limit: undefined, batchRows: 8_192 }
  const deps = {
    store,
    reads: createTurns(1),
    processor: counting,
    memory: createByteBudget(1e8),
    arenas: createArenaPool(),
  }
  const counts = startCounts()
  let rows = 0
  for await (const batch of scanTask(task, deps, counts)) rows += batch.length
  expect(counts.failed).toEqual([])
  return { turns, rows, edges: edgesAtOnce(area) }
}

test('rows that are dear to test are tested in turns of 25,000 edges at most, so that others come between', async () => {
  const { turns, rows, edges } = await scan(1_000, false)
  expect(edges).toBeGreaterThan(1_000)
  expect(turns).toBeGreaterThanOrEqual((ROWS * edges) / 25_000)
  expect(rows).toBe((await scan(1_000, true)).rows)
})

test('rows that need no test, and those of a simple area, take one turn', async () => {
  expect((await scan(1_000, true)).turns).toBe(1)
  expect((await scan(1, false)).turns).toBe(1)
})
