import type { FleetError } from './errors.ts'
import { expect, test } from 'vitest'
import { areaOf } from './area.ts'
import { box, multi, pointsOf, polygon, type Position } from './testing/geo-json.ts'

const refusal = (geojson: unknown): string => {
  try {
    areaOf(geojson)
    return 'taken'
  } catch (error) {
    return `${(error as FleetError).code}: ${(error as FleetError).message}`
  }
}

const OPEN = pointsOf('0 0, 1 0, 1 1')

test.each<[string, unknown, string]>([
  ['no object', 5, 'the area is not a GeoJSON object'],
  [
    'a point',
    { type: 'Point', coordinates: [1, 2] },
    'the area is of type "Point"; a Polygon or a MultiPolygon is needed',
  ],
  ['nothing', { type: 'FeatureCollection', features: [] }, 'the area holds no polygon'],
  [
    'nested collections',
    { type: 'FeatureCollection', features: [{ type: 'FeatureCollection', features: [] }] },
    'feature 1 is not a Feature',
  ],
  [
    'nested Features',
    { type: 'Feature', geometry: { type: 'Feature', geometry: null } },
    `the Feature's geometry is of type "Feature"; a Polygon or a MultiPolygon is needed`,
  ],
  ['a polygon without rings', polygon(), 'the polygon has no rings'],
  ['an empty ring', polygon([]), 'the polygon, outer ring has no positions'],
  [
    'text',
    polygon([
      ['0', 0],
      [1, 0],
      [1, 1],
      ['0', 0],
    ] as unknown as Position[]),
    'the polygon, outer ring, position 1 is not [longitude, latitude] in numbers',
  ],
  ['an open ring', polygon(OPEN), 'the polygon, outer ring is not closed: its last position must repeat its first'],
  [
    'an open hole',
    multi([box(5, 5, 6, 6)], [box(0, 0, 2, 2), OPEN]),
    'polygon 2 of 2, hole 1 is not closed: its last position must repeat its first',
  ],
  [
    'one line',
    polygon(pointsOf('0 0, 1 1, 2 2, 0 0')),
    'the polygon, outer ring encloses nothing: rounded to 1e-6 degrees (11 cm), its positions lie on one line',
  ],
  [
    'less than a millionth',
    polygon(box(0, 0, 4e-7, 4e-7)),
    'the polygon, outer ring encloses nothing: rounded to 1e-6 degrees (11 cm), its positions lie on one line',
  ],
  [
    'not a number',
    polygon([
      [NaN, 0],
      [1, 0],
      [1, 1],
      [NaN, 0],
    ]),
    'the polygon, outer ring, position 1 is [NaN, 0], off the globe: longitude comes first, −180 to 180, then latitude, −90 to 90',
  ],
  [
    'latitude first',
    polygon(pointsOf('-34 -156, 1 0, 1 1, -34 -156')),
    'the polygon, outer ring, position 1 is [-34, -156], off the globe: the two look swapped, since [-156, -34] would be on it: longitude comes first, −180 to 180, then latitude, −90 to 90',
  ],
  [
    'metres',
    polygon(pointsOf('-6250000 -4140000, 1 0, 1 1, 0 0')),
    'the polygon, outer ring, position 1 is [-6250000, -4140000], off the globe: these look like metres of a projection: degrees WGS84 (EPSG:4326) are needed',
  ],
  [
    'a bow tie',
    polygon(pointsOf('-56.2 -34.9, -56.1 -34.8, -56.1 -34.9, -56.2 -34.8, -56.2 -34.9')),
    'the polygon, outer ring crosses itself at -56.15, -34.85 (longitude, latitude): what it encloses would be a guess; put its positions in order along its border, or make it several polygons',
  ],
  [
    'a hole that is a bow tie',
    {
      type: 'Feature',
      geometry: polygon(box(0, 0, 9, 9), pointsOf('1 1, 3 3, 3 1, 1 3, 1 1')),
    },
    "the Feature's geometry, hole 1 crosses itself at 2, 2 (longitude, latitude): what it encloses would be a guess; put its positions in order along its border, or make it several polygons",
  ],
  [
    'an edge across the antimeridian or around the globe',
    polygon(box(170, 0, -170, 10)),
    'the polygon, outer ring, position 1 to 2 spans more than 180° of longitude: if it crosses the antimeridian, write 190 for -170, and likewise for all that lies beyond it, or cut the polygon there (RFC 7946, 3.1.9); if it goes the long way around, put a position in between',
  ],
  [
    'a ring around a pole',
    polygon(pointsOf('0 80, 90 80, 180 80, -90 80, 0 80')),
    'the polygon, outer ring goes round a pole: cut it open along a meridian up to the pole, such as [-180,60],[180,60],[180,90],[-180,90],[-180,60]',
  ],
  [
    'a ring around a pole that ends a turn later',
    polygon(pointsOf('-180 80, -60 80, 60 80, 180 80')),
    'the polygon, outer ring goes round a pole: cut it open along a meridian up to the pole, such as [-180,60],[180,60],[180,90],[-180,90],[-180,60]',
  ],
  [
    'more than the globe',
    polygon(pointsOf('-200 0, -50 0, 100 0, 200 0, 200 10, 100 10, -50 10, -200 10, -200 0')),
    'the polygon, outer ring is wider than the globe',
  ],
])('an area of %s is refused', (_, geojson, message) => {
  expect(refusal(geojson)).toBe(`area.invalid: ${message}`)
})
