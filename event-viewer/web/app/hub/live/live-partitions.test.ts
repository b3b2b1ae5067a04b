import type { ViewBounds } from '../../shell/view-bounds.ts'
import { cellOf, partitionOfCell, toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { viewOf } from './live-view.ts'
import { partitionsInView } from './live-partitions.ts'

const PARTITIONS = [1, 4, 6, 7, 9, 12, 13, 20]
const settingsOf = (geohashLength: number, partitions: readonly number[] | null = PARTITIONS) => ({
  partitions,
  partitioning: { by: 'cell' as const, geohashLength },
})

test('no partition with a vehicle in view is left out, wherever the view is', () => {
  const degrees = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
  const view = fc.record({
    west: degrees(-540, 540),
    south: degrees(-91, 90),
    width: fc.oneof(degrees(0, 0.2), degrees(0, 359)),
    height: fc.oneof(degrees(0, 0.2), degrees(0, 180)),
    isWrapped: fc.boolean(),
  })
  fc.assert(
    fc.property(view, degrees(0, 1), degrees(0, 1), fc.integer({ min: 1, max: 6 }), (some, x, y, length) => {
      const { west, south, width, height, isWrapped } = some
      const bounds: ViewBounds = [west, south, isWrapped ? west + width - 360 : west + width, south + height]
      const longitude = ((((west + x * width + 180) % 360) + 360) % 360) - 180
      const latitude = Math.max(-90, Math.min(90, south + y * height))
      fc.pre(viewOf({ bounds }).contains(longitude, latitude))
      const cell = cellOf(toMicroDegrees(longitude), toMicroDegrees(latitude), length)
      const partition = PARTITIONS[partitionOfCell(cell, PARTITIONS.length)]
      return partitionsInView({ bounds }, settingsOf(length))?.includes(partition) ?? true
    }),
    { numRuns: 2_000 },
  )
})

test('a view of a few cells needs their partitions only', () => {
  const [cell] = [cellOf(-56_150_000, -34_900_000, 5)]
  const bounds: ViewBounds = [-56.151, -34.901, -56.149, -34.899]
  expect(partitionsInView({ bounds }, settingsOf(5))).toEqual([PARTITIONS[partitionOfCell(cell, 8)]])
})

test('all are needed by a wide view, for a vehicle that is followed, and where it is not the cell that decides', () => {
  const bounds: ViewBounds = [-56.151, -34.901, -56.149, -34.899]
  const all = [
    partitionsInView({ bounds: [-57, -36, -55, -34] }, settingsOf(5)),
    partitionsInView({ bounds: [-180, -90, 180, 90] }, settingsOf(1)),
    partitionsInView({}, settingsOf(5)),
    partitionsInView({ bounds, follow: 'bus-1' }, settingsOf(5)),
    partitionsInView({ bounds }, settingsOf(5, null)),
    partitionsInView({ bounds }, { partitions: PARTITIONS, partitioning: { by: 'vehicle', geohashLength: 5 } }),
    partitionsInView({ bounds }, settingsOf(5, [3])),
  ]
  expect(all).toEqual(all.map(() => undefined))
})
