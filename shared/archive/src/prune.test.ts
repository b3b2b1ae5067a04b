import { areaOf, contains } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW_MS, type Row, SETTINGS, someRows, writeChunks } from './testing/log-table.ts'
import { prune, type Pruned, type Search } from './prune.ts'
import type { Snapshot } from './snapshot.ts'
import { createMemoryStore } from './store/memory-store.ts'
import type { ObjectStore } from './store/object-store.ts'
import { writeCheckpoint } from './log/write-checkpoint.ts'
import { openTable } from './table.ts'

const MIDNIGHT = Date.UTC(2026, 10, 21)
const HOUR_MS = 3_600_000

/** Some cells, in some windows around a midnight: few enough for chunks of several rows. */
const rowOf: fc.Arbitrary<Row> = fc.record({
  vehicleId: fc.constantFrom('bus-1', 'bus-2', 'taxi-1', 'taxi-9', 'é-1', '😀', '\uffff'),
  vehicleType: fc.constantFrom('bus', 'taxi', 'tram'),
  time: fc
    .integer({ min: -1, max: 0 })
    .chain((hour) => fc.integer({ min: 0, max: 600_000 }).map((ms) => MIDNIGHT + hour * HOUR_MS + ms)),
  x: fc.integer({ min: -56_210_000, max: -56_150_000 }),
  y: fc.integer({ min: -34_940_000, max: -34_870_000 }),
  speed: fc.constant(1),
  heading: fc.constant(2),
})

const corner = fc.record({ x: fc.integer({ min: -5_625, max: -5_612 }), y: fc.integer({ min: -3_498, max: -3_483 }) })

/** Rectangles on a grid of 0.01°, which is off the cells' grid, and triangles; some reach beyond the rows. */
const areaArbitrary = fc
  .tuple(fc.array(corner, { minLength: 3, maxLength: 3 }), fc.boolean())
  .filter(([[a, b, c]]) => (b.x - a.x) * (c.y - a.y) !== (c.x - a.x) * (b.y - a.y))
  .map(([[a, b, c], isRectangle]) => {
    const point = (x: number, y: number): [number, number] => [x / 100, y / 100]
    const ring = isRectangle
      ? [
          point(a.x, a.y),
          point(b.x + (a.x === b.x ? 1 : 0), a.y),
          point(b.x + (a.x === b.x ? 1 : 0), c.y),
          point(a.x, c.y),
        ]
      : [point(a.x, a.y), point(b.x, b.y), point(c.x, c.y)]
    return [...ring, ring[0]]
  })
  .filter((ring) => new Set(ring.map(String)).size >= 3)
  .map((ring) => areaOf({ type: 'Polygon', coordinates: [ring] }))

const searchArbitrary: fc.Arbitrary<Search> = fc.record({
  area: areaArbitrary,
  period: fc
    .tuple(fc.integer({ min: -90, max: 15 }), fc.integer({ min: 1, max: 120 }))
    .map(([from, minutes]) => ({ from: MIDNIGHT + from * 60_000, to: MIDNIGHT + (from + minutes) * 60_000 })),
  vehicleTypes: fc.option(fc.uniqueArray(fc.constantFrom('bus', 'taxi', 'tram', 'van')), { nil: undefined }),
  vehicleIds: fc.option(fc.uniqueArray(fc.constantFrom('bus-1', 'taxi-9', 'é-1', '😀', '\uffff', 'none')), {
    nil: undefined,
  }),
})

const matches = (row: Row, { area, period, vehicleTypes, vehicleIds }: Search): boolean =>
  contains(area, row.x, row.y) &&
  row.time >= period.from &&
  row.time < period.to &&
  (vehicleTypes?.includes(row.vehicleType) ?? true) &&
  (vehicleIds?.includes(row.vehicleId) ?? true)

/** A table of the rows, and which of them each file holds. */
const tableOf = async (
  rows: readonly Row[],
): Promise<{ store: ObjectStore; snapshot: Snapshot; rowsOf: Map<string, readonly Row[]> }> => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  const written = await writeChunks(store, rows)
  if (written.length > 0) await table.commit({ parts: [{ add: written.map(({ add }) => add) }], operation: 'WRITE' })
  return { store, snapshot: table.snapshot, rowsOf: new Map(written.map(({ add, rows: held }) => [add.path, held])) }
}

const pathsOf = ({ kept }: Pruned): string[] => kept.map(({ chunk }) => chunk.path)

test('pruning never drops a chunk with a match, and rows of a chunk inside are in the area', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowOf, { minLength: 1, maxLength: 60 }),
      fc.array(searchArbitrary, { minLength: 5, maxLength: 5 }),
      async (rows, searches) => {
        const { snapshot, rowsOf } = await tableOf(rows)
        for (const search of searches) {
          const { kept, total, pruned } = prune(snapshot, search)
          const keptPaths = new Set(kept.map(({ chunk }) => chunk.path))
          for (const chunk of snapshot.files()) {
            if (keptPaths.has(chunk.path)) continue
            expect(rowsOf.get(chunk.path)!.filter((row) => matches(row, search))).toEqual([])
          }
          for (const { chunk, inside } of kept) {
            if (inside) expect(rowsOf.get(chunk.path)!.every(({ x, y }) => contains(search.area, x, y))).toBe(true)
          }
          expect(kept.map(({ chunk }) => chunk.from)).toEqual(
            kept.map(({ chunk }) => chunk.from).toSorted((a, b) => a - b),
          )
          expect(total).toEqual(snapshot.totals)
          expect({ files: kept.length, bytes: kept.reduce((sum, { chunk }) => sum + chunk.bytes, 0) }).toEqual({
            files: total.files - pruned.files,
            bytes: total.bytes - pruned.bytes,
          })
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('a table that was opened from a checkpoint is pruned like one that was read commit by commit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowOf, { minLength: 1, maxLength: 60 }),
      fc.array(searchArbitrary, { minLength: 3, maxLength: 3 }),
      async (rows, searches) => {
        const { store, snapshot } = await tableOf(rows)
        await writeCheckpoint(store, snapshot.version, NOW_MS)
        const { snapshot: opened } = await openTable(store)
        for (const search of searches) expect(prune(opened, search)).toEqual(prune(snapshot, search))
      },
    ),
    { numRuns: 12 },
  )
})

const everywhere = areaOf({
  type: 'Polygon',
  coordinates: [
    [
      [-59, -36],
      [-55, -36],
      [-55, -34],
      [-59, -34],
      [-59, -36],
    ],
  ],
})
const always = { from: 0, to: 2 * MIDNIGHT }

test('what is kept comes oldest first, and what lies in the area needs no test', async () => {
  const hours = [5, 1, 3, 2, 4].map((hour) => someRows(3, '69y7p', MIDNIGHT + hour * HOUR_MS))
  const { snapshot } = await tableOf(hours.flat())
  const { kept } = prune(snapshot, { area: everywhere, period: always })
  expect(kept.map(({ chunk, inside }) => [(chunk.from - MIDNIGHT) / HOUR_MS, inside])).toEqual(
    [1, 2, 3, 4, 5].map((hour) => [hour, true]),
  )
})

test.each<[string, Partial<Search>, number]>([
  ['everything', {}, 4],
  ['a date', { period: { from: MIDNIGHT, to: MIDNIGHT + 24 * HOUR_MS } }, 2],
  ['up to the first row, which is out', { period: { from: 0, to: MIDNIGHT - 2 * HOUR_MS } }, 0],
  ['from the last row, which is in', { period: { from: MIDNIGHT + 2 * HOUR_MS + 10_000, to: always.to } }, 2],
  ['after the last row', { period: { from: MIDNIGHT + 2 * HOUR_MS + 10_001, to: always.to } }, 0],
  ['a type that none has', { vehicleTypes: ['van'] }, 0],
  ['an id beyond all', { vehicleIds: ['w'] }, 0],
  ['no ids at all', { vehicleIds: [] }, 0],
  [
    'an area apart from all',
    {
      area: areaOf({
        type: 'Polygon',
        coordinates: [
          [
            [-56.2, -34.93],
            [-56.19, -34.93],
            [-56.19, -34.92],
            [-56.2, -34.93],
          ],
        ],
      }),
    },
    0,
  ],
])('a search for %s keeps the files that may match', async (_, search, files) => {
  const times = [-2, 2].map((hour) => MIDNIGHT + hour * HOUR_MS)
  const { snapshot } = await tableOf(
    times.flatMap((time) => ['69y7p', '69y7r'].flatMap((cell) => someRows(3, cell, time))),
  )
  const found = prune(snapshot, { area: everywhere, period: always, ...search })
  expect(pathsOf(found)).toHaveLength(files)
  expect(found.pruned.files).toBe(4 - files)
})
