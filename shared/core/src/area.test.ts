import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Area, areaOf } from './area.ts'
import { contains } from './place.ts'
import { box, multi, pointsOf, polygon, type Position } from './testing/geo-json.ts'

/** Which of some positions are in an area, degrees. */
const inside = (geojson: unknown, positions: readonly Position[]): boolean[] => {
  const area: Area = areaOf(geojson)
  return positions.map(([x, y]) => contains(area, Math.round(x * 1e6), Math.round(y * 1e6)))
}

const SQUARE = box(0, 0, 10, 10)
const MIDDLE = [5, 5]

test.each<[string, unknown, inside: string, outside: string]>([
  ['either winding', polygon(SQUARE.toReversed()), '5 5', ''],
  ['a Feature, with altitudes', { type: 'Feature', geometry: polygon(SQUARE.map(([x, y]) => [x, y, 100])) }, '5 5', ''],
  ['repeated positions', polygon([SQUARE[0], SQUARE[0], ...SQUARE.slice(1), SQUARE[4]]), '5 5', ''],
  ['positions on an edge', polygon(pointsOf('0 0, 5 0, 10 0, 10 10, 0 10, 0 0')), '5 5', ''],
  ['a spike', polygon(pointsOf('0 0, 10 0, 10 10, 5 10, 5 15, 5 10, 0 10, 0 0')), '5 5', '5 12'],
  [
    'a hole at the end of a slit',
    polygon([...SQUARE, [2, 2], [2, 8], [8, 8], [8, 2], [2, 2], [0, 0]]),
    '1 1, 9 5',
    '5 5',
  ],
  ['a ring that touches itself', polygon(pointsOf('0 0, 10 0, 5 5, 10 10, 0 10, 5 5, 0 0')), '5 1, 5 9', '1 5'],
  ['a hole', polygon(SQUARE, box(4, 4, 6, 6)), '3 3', '5 5'],
  ['a hole wound like its outline', polygon(SQUARE, box(4, 4, 6, 6).toReversed()), '3 3', '5 5'],
  ['a hole that touches the outline in a vertex', polygon(SQUARE, pointsOf('0 0, 5 4, 4 5, 0 0')), '5 5', '4 4'],
  ['a hole with an edge on the outline', polygon(SQUARE, box(0, 4, 6, 6)), '0 3', '5 5, 0 5'],
  ['a hole across the outline', polygon(SQUARE, box(8, 4, 12, 6)), '5 5', '9 5, 11 5'],
  ['a hole beside the outline', polygon(SQUARE, box(20, 4, 22, 6)), '5 5', '21 5'],
  ['holes that overlap', polygon(SQUARE, box(2, 2, 6, 6), box(4, 4, 8, 8)), '1 1', '5 5, 3 3, 7 7'],
  ['a hole in a hole', polygon(SQUARE, box(2, 2, 8, 8), box(4, 4, 6, 6)), '', '5 5, 3 3'],
  ['a hole of nothing', polygon(SQUARE, box(4, 4, 4, 6)), '5 5', ''],
  ['polygons that overlap', multi([SQUARE], [box(4, 4, 14, 14)]), '5 5, 12 12', '12 2'],
  ['a hole that another polygon fills in part', multi([SQUARE, box(2, 2, 8, 8)], [box(4, 4, 6, 6)]), '5 5', '3 3'],
  ['one polygon of nothing beside another', multi([box(20, 20, 20, 21)], [SQUARE]), '5 5', ''],
  [
    'a FeatureCollection',
    {
      type: 'FeatureCollection',
      features: [
        { type: 'Feature', geometry: polygon(SQUARE) },
        { type: 'Feature', geometry: polygon(box(20, 0, 30, 10)) },
      ],
    },
    '5 5, 25 5',
    '15 5',
  ],
  [
    'an end that misses its beginning by less than rounding keeps',
    polygon([...SQUARE.slice(0, 4), [1e-9, -1e-9]]),
    '5 5',
    '',
  ],
  ['longitudes that run on beyond 180', polygon(box(170, 0, 190, 10)), '175 5, -175 5, 180 5, -180 5', '-170 5, 0 5'],
  ['longitudes that run on beyond −180', polygon(box(-190, 0, -170, 10)), '175 5, -175 5', '169 5'],
  ['longitudes from 0 to 360', polygon(box(303, -35, 304, -34)), '-56.5 -34.5', '-55.5 -34.5'],
  [
    'a hole given in another turn than its outline',
    polygon(box(170, 0, 190, 10), box(-178, 4, -176, 6)),
    '-179 5',
    '-177 5',
  ],
  [
    'the antimeridian cut as RFC 7946 has it',
    multi([box(170, 0, 180, 10)], [box(-180, 0, -170, 10)]),
    '180 5, -180 5, 175 5',
    '',
  ],
  ['the whole globe', polygon(box(-180, -90, 180, 90)), '180 90, -180 -90, 0 0, 180 0', ''],
  ['the globe but for a hole', polygon(box(-180, -90, 180, 90), box(-57, -35, -56, -34)), '0 90', '-56.5 -34.5'],
  [
    'a cap around the south pole',
    polygon(pointsOf('-180 -60, -180 -90, 180 -90, 180 -60, 0 -70, -180 -60')),
    '0 -90, 179 -65',
    '0 -65',
  ],
  ['an edge of exactly half a turn', polygon(box(-90, 0, 90, 10)), '0 5', '180 5'],
  ['a tenth of a metre', polygon(box(0, 0, 1e-6, 1e-6)), '0 0', '1e-6 0'],
])('%s is taken', (_, geojson, insiders, outsiders) => {
  const listOf = (text: string): Position[] => (text === '' ? [] : pointsOf(text))
  expect([inside(geojson, listOf(insiders)), inside(geojson, listOf(outsiders))]).toEqual([
    listOf(insiders).map(() => true),
    listOf(outsiders).map(() => false),
  ])
})

test('an edge is straight in longitude and latitude, not along a great circle', () => {
  expect(
    inside(polygon(pointsOf('-60 50, 60 50, 0 80, -60 50')), [
      [0, 50.1],
      [0, 49.9],
    ]),
  ).toEqual([true, false])
})

test('a crossing that only rounding makes, or that rounding heals, is taken', () => {
  // A vertex half a tenth of a millionth north of an edge: rounded, it is south of it.
  const close = polygon(pointsOf('0 0, 10 3.300001, 10 10, 4 1.32000045, 0 10, 0 0'))
  expect(inside(close, pointsOf('1 2, 9 6, 4 5'))).toEqual([true, true, false])
  const knot = polygon(pointsOf('0 0, 10 0, 10 10, 5 10, 5.0000001 10.0000001, 5.0000001 10, 5 10.0000001, 0 10, 0 0'))
  expect(inside(knot, [MIDDLE])).toEqual([true])
})

test('vertices are rounded as positions are: a position that is a vertex before rounding is one after it', () => {
  const degrees = fc.double({ min: 1, max: 9, noNaN: true })
  fc.assert(
    fc.property(degrees, degrees, (x, y) => {
      // The southwestern corner of one box and the northeastern corner of another: in the first alone.
      const areas = [box(x, y, 10, 10), box(0, 0, x, y)].map((ring) => inside(polygon(ring), [[x, y]])[0])
      expect(areas).toEqual([true, false])
    }),
  )
})

test('ten thousand vertices are checked, and what they enclose is found', () => {
  const ring = Array.from({ length: 10_000 }, (_, i) => {
    const [angle, radius] = [(i / 10_000) * 2 * Math.PI, i % 2 === 0 ? 2 : 1.99]
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  })
  expect(inside(polygon([...ring, ring[0]]), pointsOf('0 0, 1.98 0, 2.01 0, -1.4 1.4'))).toEqual([
    true,
    true,
    false,
    true,
  ])
})
