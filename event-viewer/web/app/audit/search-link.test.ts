import { expect, test } from 'vitest'
import type { KnownSearch } from '../../api/searches.ts'
import { parseSearch } from '../search/address/search-url.ts'
import { searchLink } from './search-link.ts'
import { endText, sizeText, whatText } from './search-words.ts'

const search: KnownSearch = {
  kind: 'search',
  at: '2026-01-05T10:00:00.000Z',
  person: 'anna',
  query: 'q1',
  area: {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [0.1, 0],
        [0.1, 0.1],
        [0, 0.1],
        [0, 0],
      ],
    ],
  },
  bounds: { west: 0, south: 0, east: 0.1, north: 0.1 },
  corners: 5,
  from: '2026-01-05T08:00:00.000Z',
  to: '2026-01-05T09:00:00.000Z',
  types: 1,
  vehicleTypes: ['taxi'],
  ids: 5,
  vehicleIds: ['a', 'b', 'c', 'd', 'e'],
  where: 'speed > 3',
  limit: 10,
  status: 'limit-reached',
  rows: 10,
  exports: 0,
}
const { area: _, ...long } = search
const everywhere = { ...long, bounds: { west: -180, south: -90, east: 180, north: 90 } }
const exported: KnownSearch = { kind: 'export', at: search.at, person: 'anna', query: 'q1', format: 'csv' }

test('a recorded search opens as the search that it was; of a long area its extent is searched', () => {
  const opened = (each: KnownSearch): unknown => parseSearch(searchLink(each)!.query)
  const request = {
    where: {
      kind: 'shapes',
      shapes: [
        [
          [
            [0, 0],
            [0.1, 0],
            [0.1, 0.1],
            [0, 0.1],
            [0, 0],
          ],
        ],
      ],
    },
    when: { kind: 'exact', from: Date.parse(search.from!), to: Date.parse(search.to!) },
    types: ['taxi'],
    ids: search.vehicleIds,
    select: [],
    filter: 'speed > 3',
    limit: 10,
    timeoutMs: 60_000,
  }
  expect(opened(search)).toEqual({ request, problems: [] })
  expect(opened(long)).toEqual({
    request: { ...request, where: { kind: 'view', bounds: [0, 0, 0.1, 0.1] } },
    problems: [],
  })
  expect(opened(everywhere)).toEqual({ request: { ...request, where: { kind: 'everywhere' } }, problems: [] })
  expect(searchLink(exported)).toBeUndefined()
})

test('what was searched is said in a few words', () => {
  expect([search, long, everywhere, exported].map((each) => [sizeText(each), whatText(each), endText(each)])).toEqual([
    ['124 km²', 'a, b, c and 2 more ids; taxi; speed > 3', 'limit reached'],
    ['within 124 km² (5 positions)', 'a, b, c and 2 more ids; taxi; speed > 3', 'limit reached'],
    ['everywhere', 'a, b, c and 2 more ids; taxi; speed > 3', 'limit reached'],
    ['', 'Exported as csv', ''],
  ])
})

test('a search of areas that were named opens in their polygons as they were, or in them by id where these were not kept', () => {
  const used = { id: 'area-aaaaaaaaaa', name: 'Harbour', version: 3 }
  const feature = (properties: object, geometry: unknown) => ({ type: 'Feature', properties, geometry })
  const collection = (...features: object[]) => ({ type: 'FeatureCollection', features })
  const whole = { ...search, area: collection(feature(used, search.area)), areas: [used] }
  const short = { ...search, area: collection(feature(used, null)), areas: [used] }
  const around = {
    ...search,
    area: collection(feature({ isAround: true }, search.area), feature(used, null)),
    areas: [used],
    isAround: true,
  }
  const whereOf = (each: KnownSearch): unknown => parseSearch(searchLink(each)!.query)!.request.where
  const drawn = whereOf(search)
  expect([whole, short, around].map((each) => [sizeText(each), whereOf(each)])).toEqual([
    ['in Harbour (version 3)', drawn],
    ['in Harbour (version 3)', { kind: 'areas', areas: ['area-aaaaaaaaaa'] }],
    ['around Harbour (version 3)', drawn],
  ])
})
