import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pointOf, readPoint } from './read-point.ts'

const lonLat = { first: 121.5, second: 31.24, order: 'lon-lat' }
const bare = { first: 31.24, second: 121.5, order: undefined }

test.each([
  ['POINT(121.5 31.24)', lonLat],
  ['point z ( 1.215e2  31.24 7)', lonLat],
  ['SRID=4326;POINT(121.5 31.24)', lonLat],
  ['SRID=3857;POINT(121.5 31.24)', { srid: 3857 }],
  ['01010000000000000000605E403D0AD7A3703D3F40', lonLat],
  ['0101000020E61000000000000000605E403D0AD7A3703D3F40', lonLat],
  ['0101000020110F00000000000000605E403D0AD7A3703D3F40', { srid: 3857 }],
  ['{"type":"Point","coordinates":[121.5,31.24]}', lonLat],
  [{ type: 'Point', coordinates: [121.5, 31.24, 7] }, lonLat],
  [[31.24, 121.5], bare],
  ['31.24,121.5', bare],
  ['31.24, 121.5', bare],
  ['(31.24, 121.5)', bare],
  ['[31.24,121.5]', bare],
  ['31.24 121.5', bare],
  ['31.24;121.5', bare],
  ['31,24;121,5', bare],
  ['31,24, 121,5', bare],
  ['31,24 121,5', bare],
  ['31.24,121.5,7.5', bare],
  ['geo:31.24,121.5;u=10', { ...bare, order: 'lat-lon' }],
  ['31.24N 121.5E', { ...bare, order: 'lat-lon' }],
  ['31.24 N, 121.5 E', { ...bare, order: 'lat-lon' }],
  ['31.24 N 121.5 E', { ...bare, order: 'lat-lon' }],
  ['E121.5 N31.24', { ...bare, first: 121.5, second: 31.24, order: 'lon-lat' }],
  [`31°30'0"N, 121°30'0"W`, { first: 31.5, second: -121.5, order: 'lat-lon' }],
])('%j is a place', (value, place) => {
  const found = pointOf(value)
  expect(found).toEqual(place)
})

test.each([
  '',
  'somewhere',
  'POINT EMPTY',
  'LINESTRING(1 2, 3 4)',
  '0102000000',
  '31.24',
  '31.24,121.5,7,8,9',
  '31.24N, 121.5N',
  '2026-05-06 07:08',
  '[1]',
  '{"type":"Polygon","coordinates":[]}',
  [1, 'x'],
  7,
  true,
  null,
])('%j is none', (value) => {
  expect(pointOf(value)).toBeUndefined()
})

test('a coordinate is the one of its axis', () => {
  expect(readPoint('31.24,121.5', 'lat-lon', 'longitude')).toBe(121.5)
  expect(readPoint('31.24,121.5', 'lon-lat', 'longitude')).toBe(31.24)
  // What the cell itself says counts most.
  expect(readPoint('POINT(121.5 31.24)', 'lat-lon', 'longitude')).toBe(121.5)
  expect(readPoint('', 'lat-lon', 'latitude')).toBe('position-missing')
  expect(readPoint('SRID=3857;POINT(1 2)', 'lat-lon', 'latitude')).toBe('position-not-a-number')
})

test('numbers come back as they are written, in each form', () => {
  const coordinate = fc.tuple(
    fc.double({ min: -180, max: 180, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6 + 0),
    fc.double({ min: -90, max: 90, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6 + 0),
  )
  fc.assert(
    fc.property(coordinate, ([x, y]) => {
      const forms = [`POINT(${x} ${y})`, `${x},${y}`, `${x} ${y}`, `(${x}, ${y})`, [x, y], JSON.stringify([x, y])]
      for (const form of forms) {
        expect([readPoint(form, 'lon-lat', 'longitude'), readPoint(form, 'lon-lat', 'latitude')]).toEqual([x, y])
      }
    }),
  )
})
