import type { KnownLoss } from '@fleetlake/archive'
import { areaOf, cellOf, contains, partitionOfCell } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionsOfArea } from './cells-of-area.ts'
import { judgeLosses } from './judge-losses.ts'
import { createLossWatch } from './loss-watch.ts'

const DAY_MS = 86_400_000
const TOLERANCE_MS = 60_000
const [FIRST, LAST] = [10 * DAY_MS, 11 * DAY_MS]

const box = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
})
const GLOBE = areaOf(box(-180, -90, 180, 90))

const lossOf = (some: Partial<KnownLoss> = {}): KnownLoss => ({
  id: 'a',
  stream: 'MOVES_3',
  created: 'c',
  epoch: 0,
  partition: 3,
  from: 1,
  to: 350,
  firstStored: FIRST,
  lastStored: LAST,
  partitions: 8,
  geohashLength: 5,
  toldAt: LAST,
  settled: undefined,
  ...some,
})

const judge = (losses: readonly KnownLoss[], [from, to]: readonly [number, number], area = GLOBE) =>
  judgeLosses(losses, { area, period: { from, to } }, { futureToleranceMs: TOLERANCE_MS })
const touches = (loss: KnownLoss, from: number, to: number): boolean => judge([loss], [from, to]).missing.length > 0

test('a loss touches the periods that its messages may have reported of, to the millisecond', () => {
  const loss = lossOf()
  const before = FIRST - DAY_MS
  const after = LAST + TOLERANCE_MS
  expect([touches(loss, 0, before), touches(loss, 0, before + 1)]).toEqual([false, true])
  expect([touches(loss, after + 1, after + 2), touches(loss, after, after + 1)]).toEqual([false, true])
  // Since when is not known.
  expect(touches(lossOf({ firstStored: undefined }), 0, 1)).toBe(true)
})

test('an answer that it touches is told what is missing; others have a note; one that is settled is not spoken of', () => {
  const during = [FIRST, LAST] as const
  expect(judge([lossOf()], during)).toEqual({
    missing: [
      {
        path: 'MOVES_3',
        reason:
          'messages 1–350 of partition 3, stored between 1970-01-11T00:00:00.000Z and 1970-01-12T00:00:00.000Z, ' +
          'were lost before they were archived; see `fleet table losses`',
      },
    ],
    notes: [],
  })
  expect(judge([lossOf()], [0, 1])).toEqual({
    missing: [],
    notes: [expect.stringMatching(/^other messages were lost, elsewhere/)],
  })
  expect(judge([lossOf({ settled: { at: 1, by: 'o', note: 'n' } })], during)).toEqual({ missing: [], notes: [] })
  const possible = lossOf({ to: undefined, from: 351 })
  expect(judge([possible, possible], during)).toEqual({
    missing: [],
    notes: [
      expect.stringMatching(
        /^messages of MOVES_3 after message 350, .* may be lost: .*; the same holds for 1 more; see/,
      ),
    ],
  })
  expect(judge([possible], [0, 1])).toEqual({ missing: [], notes: [] })
  const many = judge(
    Array.from({ length: 60 }, (_, i) => lossOf({ from: i + 1 })),
    during,
  ).missing
  expect([many.length, many.at(-1)!.reason]).toEqual([51, '10 more losses of messages; see `fleet table losses`'])
})

test('where rows are spread by cells, a loss of a partition that has no cell of the area is elsewhere', () => {
  const [x, y] = [-56.2, -34.9]
  const cell = cellOf(Math.round(x * 1e6), Math.round(y * 1e6), 5)
  const area = areaOf(box(x - 1e-4, y - 1e-4, x + 1e-4, y + 1e-4))
  const found = partitionsOfArea(area, 8, 5)
  expect(found.has(partitionOfCell(cell, 8))).toBe(true)
  for (let partition = 0; partition < 8; partition++) {
    const { missing } = judge([lossOf({ partition })], [FIRST, LAST], area)
    expect(missing.length > 0).toBe(found.has(partition))
  }
  expect(
    judge([lossOf({ partitions: undefined, geohashLength: undefined })], [FIRST, LAST], area).missing,
  ).toHaveLength(1)
})

const micro = (degrees: number) => fc.integer({ min: -degrees * 1e6, max: degrees * 1e6 })

test('the partitions of an area leave none out that a point of it is in', () => {
  fc.assert(
    fc.property(
      micro(179),
      micro(89),
      fc.integer({ min: 1, max: 900_000 }),
      fc.integer({ min: 1, max: 900_000 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 64 }),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
        maxLength: 50,
      }),
      (west, south, width, height, length, count, points) => {
        const area = areaOf(box(west / 1e6, south / 1e6, (west + width) / 1e6, (south + height) / 1e6))
        const partitions = partitionsOfArea(area, count, length)
        for (const [i, j] of points) {
          const [x, y] = [west + Math.round(i * width), south + Math.round(j * height)]
          if (contains(area, x, y)) expect(partitions).toContain(partitionOfCell(cellOf(x, y, length), count))
        }
      },
    ),
  )
})

test('across the antimeridian and at the poles none is left out either', () => {
  for (const [west, south, east, north] of [
    [179.99, 10, 180.01, 10.01],
    [-180, 80, 180, 90],
    [-10, -90, 10, -89.9],
  ]) {
    const area = areaOf(box(west, south, east, north))
    const needed = new Set<number>()
    for (let i = 0; i <= 20; i++) {
      for (let j = 0; j <= 20; j++) {
        const turned = Math.round((west + (i / 20) * (east - west)) * 1e6)
        const x = turned > 180e6 ? turned - 360e6 : turned
        const y = Math.round((south + (j / 20) * (north - south)) * 1e6)
        if (contains(area, x, y)) needed.add(partitionOfCell(cellOf(x, y, 5), 8))
      }
    }
    expect(needed.isSubsetOf(partitionsOfArea(area, 8, 5))).toBe(true)
  }
})

test('losses are read again when a version says that there is news, and only then', async () => {
  let reads = 0
  const watch = createLossWatch(async () => {
    reads++
    return { losses: [lossOf({ from: reads })] }
  })
  const at = async (count: number): Promise<number[]> => (await watch.at({ txn: () => count })).map(({ from }) => from)
  expect(await at(0)).toEqual([])
  expect(await Promise.all([at(1), at(1), at(1)])).toEqual([[1], [1], [1]])
  expect(await at(2)).toEqual([2])
  // An earlier copy of the archive.
  expect(await at(1)).toEqual([3])
  expect(reads).toBe(3)
})

test('a table of losses that is gone is told, and found again once it is there', async () => {
  let isThere = false
  const watch = createLossWatch(async () => (isThere ? { losses: [] } : undefined))
  await expect(watch.at({ txn: () => 3 })).rejects.toThrow(
    fault('table.missing', /^the archive.s table losses is gone/),
  )
  isThere = true
  expect(await watch.at({ txn: () => 3 })).toEqual([])
})
