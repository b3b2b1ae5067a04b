import { expect, test } from 'vitest'
import type { Ring, SearchRequest } from './request/search-request.ts'
import { resolveSearch } from './search-input.ts'

const ring: Ring = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 0],
]
const request: SearchRequest = {
  where: { kind: 'everywhere' },
  when: { kind: 'exact', from: 0, to: 1000 },
  types: [],
  ids: [],
  select: [],
  filter: '',
  limit: 10,
  timeoutMs: 20,
}
const context = { now: 5000, archive: undefined }
const period = { from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:00:01.000Z', limit: 10, timeoutMs: 20 }

test('everywhere has no area, a view is a box, one shape a polygon, several are a multipolygon', () => {
  const areaOf = (where: SearchRequest['where']): unknown => {
    const resolved = resolveSearch({ ...request, where }, context)
    return resolved.ok ? resolved.input : resolved.problem
  }
  expect([
    areaOf({ kind: 'everywhere' }),
    areaOf({ kind: 'view', bounds: [1, 2, 3, 4] }),
    areaOf({ kind: 'shapes', shapes: [[ring]] }),
    areaOf({ kind: 'shapes', shapes: [[ring], [ring]] }),
  ]).toEqual([
    period,
    {
      ...period,
      area: {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [1, 2],
              [3, 2],
              [3, 4],
              [1, 4],
              [1, 2],
            ],
          ],
        ],
      },
    },
    { ...period, area: { type: 'Polygon', coordinates: [ring] } },
    { ...period, area: { type: 'MultiPolygon', coordinates: [[ring], [ring]] } },
  ])
})

test('types and ids are there when they select', () => {
  expect(resolveSearch({ ...request, types: ['bus'], ids: ['a', 'b'] }, context)).toEqual({
    ok: true,
    input: { ...period, vehicleTypes: ['bus'], vehicleIds: ['a', 'b'] },
  })
})

test('measures and a filter are there when they are asked for', () => {
  expect(resolveSearch({ ...request, select: ['*'], filter: ' temperature > 8 ' }, context)).toEqual({
    ok: true,
    input: { ...period, select: ['*'], where: 'temperature > 8' },
  })
})

test('what can not be asked says what to do', () => {
  const problem = (
    some: Partial<SearchRequest>,
    archive?: { oldest: number | null; newest: number | null },
  ): unknown => {
    const resolved = resolveSearch({ ...request, ...some }, { ...context, archive })
    return resolved.ok ? resolved.input : resolved.problem
  }
  const newest: Partial<SearchRequest> = { when: { kind: 'last', ms: 1, until: 'newest' } }
  const far: Ring = [
    [-179, 0],
    [179, 0],
    [179, 1],
    [-179, 0],
  ]
  expect([
    problem(newest),
    problem(newest, { oldest: null, newest: null }),
    problem({ where: { kind: 'shapes', shapes: [] } }),
    problem({ where: { kind: 'shapes', shapes: [[far]] } }),
    problem({ where: { kind: 'areas', areas: [] } }),
    problem({ where: { kind: 'areas', areas: Array.from({ length: 65 }, (_, i) => `area ${i}`) } }),
    problem({ select: ['speed'] }),
  ]).toEqual([
    'The newest event is not known, because the archive can’t be read: choose a period by date and time.',
    'The archive has no events yet: generate some on the Live page, or choose a period by date and time.',
    'There is no area: draw one on the map, or search in view or everywhere.',
    'This area can’t be searched: the polygon, outer ring, position 1 to 2 spans more than 180° of longitude: if it crosses the antimeridian, write -181 for 179, and likewise for all that lies beyond it, or cut the polygon there (RFC 7946, 3.1.9); if it goes the long way around, put a position in between.',
    'There is no area: choose one of the list, or search in view or everywhere.',
    '65 areas are chosen, and a search takes 64 at most: choose fewer, or search in view or everywhere.',
    'Measures: "speed" is a column of every position.',
  ])
})

test('who may search the last day only is asked for no more than that, and told so where nothing of it is left', () => {
  const bounded = { ...context, earliest: 400 }
  expect(resolveSearch(request, bounded)).toEqual({
    ok: true,
    input: { ...period, from: '1970-01-01T00:00:00.400Z' },
  })
  expect(resolveSearch(request, { ...context, earliest: 1000 })).toEqual({
    ok: false,
    problem: 'Your role may search the last 24 hours only: choose a period that reaches into them.',
  })
})
