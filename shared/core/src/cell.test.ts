import fc from 'fast-check'
import { fault } from './testing/fault.ts'
import ngeohash from 'ngeohash'
import { expect, test } from 'vitest'
import { cellBounds, cellName, cellOf, parseCell } from './cell.ts'
import { toDegrees } from './position.ts'

const longitude = fc.integer({ min: -180_000_000, max: 180_000_000 })
const latitude = fc.integer({ min: -90_000_000, max: 90_000_000 })
const length = fc.integer({ min: 1, max: 6 })

test('a position lies in the half-open bounds of its cell, to the last millionth of a degree', () => {
  fc.assert(
    fc.property(longitude, latitude, length, (x, y, n) => {
      const { west, south, east, north } = cellBounds(cellOf(x, y, n), n)
      expect(x >= west * 1e6 && (x < east * 1e6 || x === 180e6)).toBe(true)
      expect(y >= south * 1e6 && (y < north * 1e6 || y === 90e6)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('points next to and on a cell edge take the side that half-open cells give them', () => {
  expect([44_999_999, 45_000_000].map((x) => cellName(cellOf(x, 1, 1), 1))).toEqual(['s', 't'])
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8191 }), fc.integer({ min: -1, max: 1 }), (column, off) => {
      const west = -180 + (column * 360) / 8192
      const x = Math.ceil(west * 1e6) + off
      if (x < -180e6) return
      const bounds = cellBounds(cellOf(x, 0, 5), 5)
      expect(bounds.west === west).toBe(off >= 0)
    }),
  )
})

test('away from cell edges the cell is the geohash of ngeohash', () => {
  fc.assert(
    fc.property(longitude, latitude, length, (x, y, n) => {
      const name = cellName(cellOf(x, y, n), n)
      const { west, south } = cellBounds(parseCell(name), n)
      fc.pre(west * 1e6 !== x && south * 1e6 !== y)
      expect(name).toBe(ngeohash.encode(toDegrees(y), toDegrees(x), n))
    }),
    { numRuns: 2_000 },
  )
})

test('the bounds are those of ngeohash, and a name reads back as its cell', () => {
  fc.assert(
    fc.property(longitude, latitude, length, (x, y, n) => {
      const cell = cellOf(x, y, n)
      const name = cellName(cell, n)
      expect(parseCell(name)).toBe(cell)
      const [south, west, north, east] = ngeohash.decode_bbox(name)
      expect(cellBounds(cell, n)).toEqual({ west, south, east, north })
    }),
  )
})

test('what is not a geohash is refused', () => {
  for (const name of ['', 'a', '6ceya1b', 'É']) expect(() => parseCell(name)).toThrow(fault('cell.invalid'))
})
