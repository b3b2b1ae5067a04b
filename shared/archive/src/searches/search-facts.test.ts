import { expect, test } from 'vitest'
import type { AskedSearch } from './read-searches.ts'
import { searchFacts } from './search-facts.ts'

const entry: AskedSearch = {
  kind: 'asked',
  at: 0,
  sequence: 1,
  person: 'anna',
  query: 'q1',
  bounds: { west: 0, south: 0, east: 1, north: 1 },
  corners: 5,
  from: '2026-01-05T08:00:00Z',
  to: '2026-01-05T09:00:00Z',
  types: 0,
  ids: 0,
  endsWithinMs: 1,
  ended: undefined,
  exports: 0,
}
const used = { id: 'area-aaaaaaaaaa', name: 'Harbour', version: 3 }
const collection = (...properties: unknown[]): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: properties.map((each) => ({ type: 'Feature', properties: each, geometry: null })),
  })

test('areas that a search has named are told, and so is that more was searched around them', () => {
  const told = (area: string): unknown => {
    const { areas, isAround } = searchFacts({ ...entry, area })
    return { areas, isAround }
  }
  expect([
    told(collection(used)),
    told(collection({ isAround: true }, used)),
    told(collection({ name: 'a file of a person' }, null)),
    told('{"type":"Polygon","coordinates":[]}'),
    told('no JSON'),
  ]).toEqual([
    { areas: [used], isAround: undefined },
    { areas: [used], isAround: true },
    { areas: undefined, isAround: undefined },
    { areas: undefined, isAround: undefined },
    { areas: undefined, isAround: undefined },
  ])
})
