import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { SearchRequest } from '../request/search-request.ts'
import { addressOf, formatSearch, parseSearch, type UrlQuery } from './search-url.ts'
import { searchRequest } from './testing/arbitraries.ts'
import { searchPageOf } from './vehicle-search-page.ts'

const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/search', component: {} }] })

/** Through the address bar and back. */
const throughAddress = (query: ReturnType<typeof formatSearch>): UrlQuery =>
  router.resolve(router.resolve({ path: '/search', query }).fullPath).query

test('the address holds the whole search', () => {
  fc.assert(
    fc.property(searchRequest, (request) => {
      expect(parseSearch(throughAddress(formatSearch(request)))).toEqual({ request, problems: [] })
    }),
  )
})

test('any address at all is understood or told to be wrong, and never thrown at', () => {
  const value = fc.oneof(fc.string(), fc.constant(null), fc.array(fc.oneof(fc.string(), fc.constant(null))))
  const key = fc.constantFrom(
    'area',
    'view',
    'everywhere',
    'when',
    'type',
    'id',
    'select',
    'filter',
    'limit',
    'timeout',
  )
  fc.assert(
    fc.property(fc.dictionary(key, value), (query) => {
      const parsed = parseSearch(query)
      if (parsed === undefined || parsed.problems.length > 0) return
      expect(parseSearch(throughAddress(formatSearch(parsed.request)))).toEqual(parsed)
    }),
  )
})

test('an address that servers would refuse is not used', () => {
  const ids = (count: number): SearchRequest => ({
    where: { kind: 'everywhere' },
    when: { kind: 'all' },
    types: [],
    ids: Array.from({ length: count }, (_, i) => `vehicle ${i}`),
    select: [],
    filter: '',
    limit: 1,
    timeoutMs: 1,
  })
  expect([addressOf(ids(1000)), addressOf(ids(100))]).toEqual([undefined, formatSearch(ids(100))])
})

test('an address without a search holds none', () => {
  expect([parseSearch({}), parseSearch({ other: 'x' })]).toEqual([undefined, undefined])
})

test('an address that a person can read', () => {
  expect(
    parseSearch({
      view: '-56.2,-34.93,-56.1,-34.88',
      when: '-90min..newest',
      type: ['bus', 'taxi'],
      select: ['altitude', '*'],
      filter: 'altitude > 8',
      limit: '10',
    }),
  ).toEqual({
    request: {
      where: { kind: 'view', bounds: [-56.2, -34.93, -56.1, -34.88] },
      when: { kind: 'last', ms: 5_400_000, until: 'newest' },
      types: ['bus', 'taxi'],
      ids: [],
      select: ['altitude', '*'],
      filter: 'altitude > 8',
      limit: 10,
      timeoutMs: 60_000,
    },
    problems: [],
  })
})

test('each thing that is wrong is told, and stands for its default', () => {
  expect(
    parseSearch({
      view: '1,2,3',
      when: '2026-01-05T09:00:00Z..2026-01-05T08:00:00Z',
      id: ['', 'a'],
      filter: ['a', 'b'],
      limit: '-3',
      timeout: '2h',
    }),
  ).toEqual({
    request: {
      where: { kind: 'shapes', shapes: [] },
      when: { kind: 'last', ms: 3_600_000, until: 'newest' },
      types: [],
      ids: ['a'],
      select: [],
      filter: '',
      limit: 2_000_000,
      timeoutMs: 60_000,
    },
    problems: [
      'The link’s view “1,2,3” is not west,south,east,north in degrees.',
      'The link’s period “2026-01-05T09:00:00Z..2026-01-05T08:00:00Z” is not a period such as -1h..now, -1h..newest, today, yesterday, all, or 2026-01-05T08:00:00Z..2026-01-05T09:00:00Z.',
      'The link has an id that is empty or longer than 256 characters.',
      'The link has more than one filter, or one of more than 4096 characters.',
      'The link’s limit “-3” is not a whole number from 1 to 5,000,000.',
      'The link’s timeout “2h” is not a duration up to 1h, such as 60s.',
    ],
  })
})

test('of ids, types, measures and areas an address may have as many as a search takes', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i}`)
  const query = { in: many(65), when: 'all', type: many(1_001), id: many(100_001), select: many(65) }
  expect(parseSearch(query)?.problems).toEqual([
    'The link has 65 names of areas; a search takes 64 at most.',
    'The link has 1001 types; a search takes 1000 at most.',
    'The link has 100001 ids; a search takes 100000 at most.',
    'The link has 65 measures; a search takes 64 at most.',
  ])
})

test('an area that can not be searched says why', () => {
  const problems = (query: UrlQuery): readonly string[] | undefined => parseSearch({ when: 'all', ...query })?.problems
  expect([
    problems({ area: 'AAAAAA' }),
    problems({ area: 'A' }),
    problems({}),
    problems({ area: 'A', view: '' }),
  ]).toEqual([
    [
      'The link’s area can’t be searched: polygon 1 of 1, outer ring encloses nothing: rounded to 1e-6 degrees (11 cm), its positions lie on one line.',
    ],
    ['The link’s area can’t be searched: the area of the link is cut off.'],
    ['The link must say where to search, once: area=…, in=<area>, view=west,south,east,north, or everywhere.'],
    ['The link must say where to search, once: area=…, in=<area>, view=west,south,east,north, or everywhere.'],
  ])
})

test('a vehicle’s page of the last hour searches for it alone', () => {
  const { path, query } = searchPageOf('van 7', Date.UTC(2026, 0, 5, 12))
  expect([path, parseSearch(query)?.problems, parseSearch(query)?.request.ids]).toEqual(['/search', [], ['van 7']])
})
