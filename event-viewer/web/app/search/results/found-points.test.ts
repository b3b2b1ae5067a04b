import { positionsOfRows } from '@fleetlake/columnar'
import { positions } from '@fleetlake/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowCollector } from '@fleetlake/viewer-core'
import { type FoundPoints, foundPoints, mercatorX, mercatorY } from './found-points.ts'

const finish = (work: Generator<void, FoundPoints>): FoundPoints => {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

test('a city is drawn to the centimetre, each row in the colour of its type', () => {
  const city = positions({ west: -56.4, east: -56, south: -35, north: -34.7, vehicles: 5, maxLength: 30 })
  fc.assert(
    fc.property(city, (rows) => {
      const collector = createRowCollector({ maxRows: 100 })
      collector.add(positionsOfRows(rows))
      const found = collector.finish()
      const { originX, originY, offsets, slots } = finish(foundPoints(found, (type) => type.length))
      // The way around the equator is 4.0e9 cm.
      for (let row = 0; row < found.length; row++) {
        expect(Math.abs(originX + offsets[2 * row] - mercatorX(found.longitude[row]))).toBeLessThan(1 / 4e9)
        expect(Math.abs(originY + offsets[2 * row + 1] - mercatorY(found.latitude[row]))).toBeLessThan(1 / 4e9)
      }
      const types = found.ids.flatMap((_, vehicle) =>
        Array.from(
          { length: found.start[vehicle + 1] - found.start[vehicle] },
          (__, i) => found.types[found.rowType?.[found.start[vehicle] + i] ?? found.type[vehicle]],
        ),
      )
      expect([...slots]).toEqual(types.map((type) => type.length))
    }),
  )
})

test('the map is a square: its corners are those of the projection', () => {
  expect([mercatorX(-180), mercatorX(180), mercatorY(0)]).toEqual([0, 1, 0.5])
  expect([mercatorY(85.05112878), mercatorY(-90)].map((y) => Math.abs(y).toFixed(6))).toEqual(['0.000000', '1.000000'])
})
