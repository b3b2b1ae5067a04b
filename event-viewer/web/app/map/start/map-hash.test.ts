import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metresPerPixel } from '../map-scale.ts'
import { formatMapHash, parseMapHash } from './map-hash.ts'

const views = fc.record({
  zoom: fc.double({ min: 0, max: 22, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -85, max: 85, noNaN: true }),
  bearing: fc.double({ min: -180, max: 180, noNaN: true }),
})

test('a view comes back from its hash to within a pixel', () => {
  fc.assert(
    fc.property(views, (view) => {
      const back = parseMapHash(formatMapHash(view))!
      const pixelDegrees = 360 / (512 * 2 ** view.zoom)
      expect(Math.abs(back.longitude - view.longitude)).toBeLessThanOrEqual(pixelDegrees)
      expect(Math.abs(back.latitude - view.latitude)).toBeLessThanOrEqual(pixelDegrees)
      expect(Math.abs(back.zoom - view.zoom)).toBeLessThanOrEqual(0.005 + 1e-9)
      expect(Math.abs(back.bearing - view.bearing)).toBeLessThanOrEqual(0.05 + 1e-9)
    }),
  )
})

test('what is written once is written the same again', () => {
  fc.assert(
    fc.property(views, (view) => {
      const hash = formatMapHash(view)
      const again = formatMapHash(parseMapHash(hash)!)
      expect(formatMapHash(parseMapHash(again)!)).toBe(again)
    }),
  )
})

test('the hash is short and says zoom, latitude, longitude and, when turned, bearing', () => {
  const view = { zoom: 13.4567, longitude: -56.164531234, latitude: -34.901112345, bearing: 0 }
  expect(formatMapHash(view)).toBe('#map=13.46/-34.90111/-56.16453')
  expect(formatMapHash({ ...view, bearing: -12.34 })).toBe('#map=13.46/-34.90111/-56.16453/-12.3')
})

test.each([
  '',
  '#',
  '#map=',
  '#map=1/2',
  '#map=1/2/3/4/5',
  '#map=x/2/3',
  '#map=1//3',
  '#map=1/91/0',
  '#map=1/0/181',
  '#q=1',
])('%j is not a view', (hash) => expect(parseMapHash(hash)).toBeUndefined())

test('a pixel is as many metres as Web Mercator says', () => {
  expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.517, 3)
  expect(metresPerPixel(60, 1)).toBeCloseTo(78_271.517 / 4, 3)
})
