import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latitudeOf, longitudeOf, metresPerUnit, ringX, ringY, UNITS_PER_HEIGHT } from './mercator-ring.ts'

const longitudes = fc.double({ min: -180, max: 180, noNaN: true })
const latitudes = fc.double({ min: -85, max: 85, noNaN: true })

test('a place comes back from its units within a centimetre', () => {
  fc.assert(
    fc.property(longitudes, latitudes, (longitude, latitude) => {
      const [x, y] = [ringX(longitude), ringY(latitude)]
      const east = Math.abs(longitudeOf(x) - longitude)
      expect(Math.min(east, 360 - east) * 111_320).toBeLessThan(0.01)
      expect(Math.abs(latitudeOf(y) - latitude) * 111_320).toBeLessThan(0.01)
    }),
  )
})

test('units are int32, and so is the difference of any two latitudes', () => {
  fc.assert(
    fc.property(longitudes, fc.double({ min: -90, max: 90, noNaN: true }), latitudes, (longitude, one, other) => {
      const [x, y] = [ringX(longitude), ringY(one)]
      expect(x).toBe(x | 0)
      expect(y).toBe(y | 0)
      expect(ringY(other) - y).toBe((ringY(other) - y) | 0)
    }),
  )
})

test('the antimeridian is one place, and a step across it is a short one', () => {
  expect(ringX(180)).toBe(ringX(-180))
  expect((ringX(-179.999) - ringX(179.999)) | 0).toBe(ringX(0.001) - ringX(-0.001))
})

test('a known place has the units of its web mercator tile', () => {
  // Zoom 31 has tiles of 2 x units, 1 y unit: https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames
  const tile = (latitude: number): number => {
    const angle = (latitude * Math.PI) / 180
    return ((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * UNITS_PER_HEIGHT
  }
  expect(ringY(-34.88)).toBe(Math.round(tile(-34.88) - UNITS_PER_HEIGHT / 2))
  expect(ringX(-56.17)).toBe(Math.round((-56.17 / 360) * 2 ** 32))
})

test('a unit is as long as the place says', () => {
  expect(metresPerUnit(0) * 2 ** 32).toBeCloseTo(40_075_016.686, 3)
  expect(metresPerUnit(ringY(60)) / metresPerUnit(0)).toBeCloseTo(0.5, 6)
})
