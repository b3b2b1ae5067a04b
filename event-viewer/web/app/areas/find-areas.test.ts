import { areaNameKey } from '@fleetlake/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KnownArea } from '../../api/areas.ts'
import { areaKey, areasLike, currentArea, findAreas } from './find-areas.ts'

const area = (id: string, name: string): KnownArea => ({
  id,
  name,
  version: 1,
  geometry: { type: 'Polygon', coordinates: [] },
})
const [harbour, east] = [area('area-aaaaaaaaaa', 'Harbour'), area('area-bbbbbbbbbb', 'Harbour east')]

test('areas are found by id and by name in any case, each once; what is not there is told', () => {
  expect(findAreas([harbour, east], ['HARBOUR', 'area-aaaaaaaaaa', ' harbour  EAST ', 'gone'])).toEqual({
    found: [harbour, east],
    missing: ['gone'],
  })
})

test('an area that another has changed is changed at the version that is known since, and one that is gone at the one that was seen', () => {
  const changed = { ...harbour, name: 'Port', version: 2 }
  expect([
    currentArea([changed, east], harbour),
    currentArea([east], harbour),
    currentArea(undefined, harbour),
  ]).toEqual([changed, harbour, harbour])
})

test('a list is narrowed to names that have a text in them', () => {
  expect([areasLike([harbour, east], ' EAST'), areasLike([harbour, east], ' '), areasLike([harbour], 'x')]).toEqual([
    [east],
    [harbour, east],
    [],
  ])
})

test('the page compares names as the registry does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (name) => {
      expect(areaKey(name)).toBe(areaNameKey(name))
    }),
  )
})
