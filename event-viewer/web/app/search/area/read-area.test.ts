import type { FleetError } from '@fleetlake/core'
import { expect, test } from 'vitest'
import type { Ring } from '../request/search-request.ts'
import { readArea } from './read-area.ts'

const box: Ring = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [0, 0],
]
const hole: Ring = [
  [0.2, 0.2],
  [0.4, 0.2],
  [0.4, 0.4],
  [0.2, 0.2],
]
const polygon = { type: 'Polygon', coordinates: [box, hole] }
const away = { type: 'Polygon', coordinates: [box.map(([x, y]) => [x + 5, y])] }
const feature = (geometry: unknown): unknown => ({ type: 'Feature', properties: { name: 'x' }, geometry })
const read = (value: unknown): ReturnType<typeof readArea> => readArea(JSON.stringify(value))

test('areas are found wherever they are nested', () => {
  const shapes = [[box, hole], [box.map(([x, y]) => [x + 5, y])]]
  const both = { type: 'GeometryCollection', geometries: [polygon, away] }
  expect(
    [
      { type: 'MultiPolygon', coordinates: [polygon.coordinates, away.coordinates] },
      both,
      feature(both),
      {
        type: 'FeatureCollection',
        features: [feature(polygon), feature({ type: 'GeometryCollection', geometries: [away] })],
      },
    ].map(read),
  ).toEqual(Array.from({ length: 4 }, () => ({ shapes, leftOut: undefined })))
})

test('a byte order mark, altitudes, rings that are left open and lines that are closed are no trouble', () => {
  const open = { type: 'Polygon', coordinates: [box.slice(0, -1).map(([x, y]) => [x, y, 17])] }
  expect(readArea(`\uFEFF ${JSON.stringify(open)}\n`).shapes).toEqual([[box]])
  expect(read({ type: 'LineString', coordinates: box }).shapes).toEqual([[box]])
})

test('positions are rounded to millionths', () => {
  const fine = box.map(([x, y]) => [x + 4e-7, y - 1e-9])
  expect(read({ type: 'Polygon', coordinates: [fine] }).shapes).toEqual([[box]])
})

test('what is not an area is left out, and told', () => {
  const point = { type: 'Point', coordinates: [0, 0] }
  const line = {
    type: 'LineString',
    coordinates: [
      [0, 0],
      [1, 1],
    ],
  }
  expect(read({ type: 'GeometryCollection', geometries: [point, away, line, point] }).leftOut).toBe(
    '2 × Point, LineString whose ends do not meet left out: only areas are searched',
  )
})

test('what is wrong is told, and where', () => {
  const message = (text: string): string => {
    try {
      return JSON.stringify(readArea(text))
    } catch (error) {
      return `${(error as FleetError).code}: ${(error as FleetError).message}`
    }
  }
  const bowTie = {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2],
        [0, 0],
      ],
    ],
  }
  const swapped = {
    type: 'Polygon',
    coordinates: [
      [
        [-34, 10],
        [-35, 100],
        [-33, 100],
        [-34, 10],
      ],
    ],
  }
  expect(
    [
      '',
      '[1,2]',
      { type: 'Point', coordinates: [0, 0] },
      { type: 'FeatureCollection', features: [] },
      { type: 'FeatureCollection' },
      { type: 'FeatureCollection', features: [feature(polygon), feature(bowTie)] },
      {
        type: 'MultiPolygon',
        coordinates: [
          polygon.coordinates,
          [
            [
              [0, 0],
              [1, 'x'],
            ],
          ],
        ],
      },
      { type: 'GeometryCollection', geometries: [polygon, swapped] },
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
      {
        type: 'Polygon',
        coordinates: [
          [
            [-179, 0],
            [179, 0],
            [179, 1],
            [-179, 0],
          ],
        ],
      },
      { type: 'Polygon', coordinates: [Array.from({ length: 20_001 }, (_, i) => [0, i / 1000])] },
    ].map((value) => message(typeof value === 'string' ? value : JSON.stringify(value))),
  ).toEqual([
    'area.invalid: it is empty; GeoJSON is needed',
    'area.invalid: the text is not GeoJSON: an object with a "type" is needed',
    'area.invalid: no area: it holds Point; a Polygon or a MultiPolygon is needed',
    'area.invalid: no area: it holds nothing; a Polygon or a MultiPolygon is needed',
    'area.invalid: the text is a FeatureCollection without "features"',
    'area.invalid: feature 2, outer ring crosses itself at 1, 1 (longitude, latitude): what it encloses would be a guess; put its positions in order along its border, or make it several polygons',
    'area.invalid: polygon 2 of 2, outline, position 2 is not [longitude, latitude] in numbers',
    'area.invalid: geometry 2, outer ring, position 2 is [-35, 100], off the globe: the two look swapped, since [100, -35] would be on it: longitude comes first, −180 to 180, then latitude, −90 to 90',
    'area.invalid: the polygon, outer ring encloses nothing: rounded to 1e-6 degrees (11 cm), its positions lie on one line',
    'area.invalid: the polygon, outer ring, position 1 to 2 spans more than 180° of longitude: if it crosses the antimeridian, write -181 for 179, and likewise for all that lies beyond it, or cut the polygon there (RFC 7946, 3.1.9); if it goes the long way around, put a position in between',
    'area.invalid: 20,001 positions are too many: simplify it to 20000 at most',
  ])
  expect(message('{"type": "Polygon", "coordinates": [[')).toMatch(/^area\.invalid: it is not JSON \(.+\); a GeoJSON/)
})

test('an outline that runs along itself, with a spike that encloses nothing, stays as it is', () => {
  const spike = [
    [-56.2, -34.9],
    [-56.1, -34.9],
    [-56.1, -34.8],
    [-56.2, -34.8],
    [-56.2, -30.9],
    [-56.2, -34.9],
  ]
  expect(read({ type: 'Polygon', coordinates: [spike] }).shapes).toEqual([[spike]])
})

test('a hole that goes there and back encloses nothing, and is no trouble', () => {
  const outline = [
    [0, 0],
    [1, 0],
    [1, 1],
    [2, 0.5],
    [1, 1],
    [0, 1],
    [0, 0],
  ]
  const line = [
    [0.2, 0.2],
    [0.4, 0.4],
  ]
  expect(read({ type: 'Polygon', coordinates: [outline, line] }).shapes).toEqual([[outline]])
})
