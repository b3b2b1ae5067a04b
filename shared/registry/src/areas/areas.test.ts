import { createMemoryStore } from '@fleetlake/archive'
import { areaOf } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRegistry, type Registry } from '../open-registry.ts'
import type { RegistryView } from '../entries.ts'
import { MAX_AREAS_BYTES } from '../limits.ts'
import { addAreas } from './add-areas.ts'
import type { NamedArea } from './area.ts'
import { checkBytes } from './check-areas.ts'
import { changeGeometry, removeAreas, renameArea } from './change-areas.ts'
import { checkGeometry } from './check-geometry.ts'
import { findAreas, joinAreas } from './find-area.ts'
import { nearestTexts } from './nearest-texts.ts'

const WHO = { who: 'anna' }

const square = (west: number, south: number, size = 1) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [west + size, south],
      [west + size, south + size],
      [west, south + size],
      [west, south],
    ],
  ],
})
const BOW_TIE = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ],
  ],
}

const opened = (): Promise<Registry> => openRegistry(createMemoryStore(), { now: () => Date.UTC(2026, 0, 5) })
const namesIn = (registry: Registry): string[] =>
  [...registry.entries('areas').values()].map(({ value }) => value.name).toSorted()

test('areas are added in one commit, found by name in any case and by id, and keep what was said of them', async () => {
  const registry = await opened()
  const { added, ...others } = await addAreas(
    registry,
    [
      { name: 'Harbour', geometry: square(0, 0), description: 'the old one', colour: '#0ea5e9' },
      {
        name: 'Ciudad  Vieja',
        geometry: { type: 'Feature', properties: {}, geometry: square(2, 0) },
        properties: { pop: 7 },
      },
    ].map(({ name, ...rest }) => ({ ...rest, name: name.replace('  ', ' ') })),
    WHO,
  )
  expect(others).toEqual({ replaced: [], unchanged: 0, commits: 1 })
  expect(added).toEqual([
    {
      id: expect.stringMatching(/^area-[a-z2-7]{10}$/),
      version: 1,
      value: { name: 'Harbour', geometry: square(0, 0), description: 'the old one', colour: '#0ea5e9' },
      who: 'anna',
      at: Date.UTC(2026, 0, 5),
    },
    {
      id: expect.stringMatching(/^area-[a-z2-7]{10}$/),
      version: 1,
      value: { name: 'Ciudad Vieja', geometry: square(2, 0), properties: { pop: 7 } },
      who: 'anna',
      at: Date.UTC(2026, 0, 5),
    },
  ])
  const [harbour, vieja] = added
  expect(findAreas(registry, ['HARBOUR', ' ciudad  vieja ', harbour.id])).toEqual([harbour, vieja])
  expect(joinAreas([harbour])).toEqual({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { id: harbour.id, name: 'Harbour', version: 1 },
        geometry: square(0, 0),
      },
    ],
  })
})

test('all areas that are wrong are told, each with its place, and none is added', async () => {
  const registry = await opened()
  await addAreas(registry, [{ name: 'Harbour', geometry: square(0, 0) }], WHO)
  const given = [
    { where: 'feature 1', name: 'Sound', geometry: square(3, 0) },
    { where: 'feature 2', name: 'Tie', geometry: BOW_TIE },
    { where: 'feature 3', name: 'SOUND', geometry: square(4, 0) },
    { where: 'feature 4', name: '', geometry: square(5, 0) },
    { where: 'feature 5', name: 'Swapped', geometry: square(0, 100) },
    { where: 'feature 6', name: 'area-abcdefghij', geometry: square(0, 0) },
    { where: 'feature 7', name: 'Coloured', geometry: square(0, 0), colour: 'red' },
    { where: 'feature 8', name: 'Point', geometry: { type: 'Point', coordinates: [0, 0] } },
    { where: 'feature 9', name: 'Two\nlines', geometry: square(0, 0) },
  ]
  await expect(addAreas(registry, given, WHO)).rejects.toMatchObject({
    code: 'registry.invalid',
    message: "8 areas can't be added",
    faults: [
      expect.stringMatching(/^feature 2: the polygon, outer ring crosses itself at 0.5, 0.5 \(longitude, latitude\)/),
      'feature 3 has the name of feature 1, "SOUND"',
      'feature 4: its name is empty',
      expect.stringMatching(/^feature 5: the polygon, outer ring, position 1 is \[0, 100\], off the globe: /),
      'feature 6: its name is an id of an area, not a name',
      'feature 7: its colour must be # and six hexadecimal digits, such as #0ea5e9',
      'feature 8: the area is of type "Point"; a Polygon or a MultiPolygon is needed',
      'feature 9: its name has control characters',
    ],
  })
  await expect(
    addAreas(
      registry,
      [
        { where: 'feature 1', name: 'harbour', geometry: square(1, 0) },
        { where: 'feature 2', name: 'New', geometry: square(1, 0) },
      ],
      WHO,
    ),
  ).rejects.toThrow(fault('registry.invalid', 'feature 1: there is an area "Harbour" already'))
  expect([namesIn(registry), registry.version()]).toEqual([['Harbour'], 1])
})

test('with replace an area of that name gets what is given, and what is the same changes nothing', async () => {
  const registry = await opened()
  const { added } = await addAreas(registry, [{ name: 'Harbour', geometry: square(0, 0) }], WHO)
  const [{ id }] = added
  const given = [
    { name: 'Harbour', geometry: square(7, 7), validFrom: '2026-01-01T00:00:00Z' },
    { name: 'New', geometry: square(1, 0) },
  ]
  const second = await addAreas(registry, given, { ...WHO, replace: true })
  expect([second.added.length, second.replaced, second.unchanged, second.commits]).toEqual([
    1,
    [{ id, version: 2, value: given[0], who: 'anna', at: Date.UTC(2026, 0, 5) }],
    0,
    1,
  ])
  const third = await addAreas(registry, given, { ...WHO, replace: true })
  expect(third).toEqual({ added: [], replaced: [], unchanged: 2, commits: 0 })
})

test('more areas than a commit takes come in several commits, and none comes when one of them is wrong', async () => {
  const registry = await opened()
  const many = Array.from({ length: 1_001 }, (_, i) => ({ name: `a${i}`, geometry: square(i % 100, 0) }))
  await expect(addAreas(registry, [...many, { name: 'a0', geometry: square(0, 0) }], WHO)).rejects.toThrow(
    fault('registry.invalid', 'the area "a0" has the name of the area "a0", "a0"'),
  )
  expect(registry.version()).toBe(-1)
  const { added, commits } = await addAreas(registry, many, WHO)
  expect([added.length, commits, registry.entries('areas').size]).toEqual([1_001, 2, 1_001])
})

test('one area has so many positions, and all areas together take so many bytes', () => {
  const value: NamedArea = { name: 'New', geometry: checkGeometry(square(0, 0)) }
  const held = (bytes: number): RegistryView => ({
    entries: () => new Map([['area-aaaaaaaaaa', {}]]) as never,
    find: () => ({ change: { value: 'x'.repeat(bytes) } }) as never,
  })
  const one = [{ where: 'the area', value, json: 'x'.repeat(1_000) }]
  expect(() => checkBytes(held(MAX_AREAS_BYTES - 1_000), one, new Map())).not.toThrow()
  expect(() => checkBytes(held(MAX_AREAS_BYTES - 999), one, new Map())).toThrow(
    fault(
      'registry.invalid',
      'all areas together may take 67108864 bytes of JSON, and these would make it 67108865: remove some first, or simplify them',
    ),
  )
  const ring = Array.from({ length: 10_001 }, () => [0, 0])
  expect(() => checkGeometry({ type: 'Polygon', coordinates: [ring] })).toThrow(
    fault(
      'area.invalid',
      'it has 10001 positions, and an area may have 10000: simplify it, or cut it into several areas',
    ),
  )
})

test('an area keeps its id and its history when it is renamed, changed and removed', async () => {
  const registry = await opened()
  const { added } = await addAreas(
    registry,
    ['Harbour', 'Depot'].map((name, i) => ({ name, geometry: square(i, 0) })),
    WHO,
  )
  const [{ id }] = added
  await renameArea(registry, { nameOrId: 'harbour', name: 'Old harbour' }, WHO)
  await changeGeometry(registry, { nameOrId: id, geometry: square(9, 9) }, { who: 'bert', expected: 2 })
  await expect(renameArea(registry, { nameOrId: id, name: 'DEPOT' }, WHO)).rejects.toThrow(
    fault('registry.invalid', 'there is an area "Depot" already'),
  )
  await expect(renameArea(registry, { nameOrId: id, name: ' ' }, WHO)).rejects.toThrow(
    fault('registry.invalid', '" " is no name of an area: it has blanks around it, or several in a row'),
  )
  await expect(removeAreas(registry, [id], { ...WHO, expected: 2 })).rejects.toThrow(
    fault('registry.conflict', `areas ${id} was changed by bert at 2026-01-05T00:00:00.000Z: look at it and try again`),
  )
  expect((await removeAreas(registry, ['old HARBOUR', id], WHO)).map(({ value }) => value)).toEqual([
    { name: 'Old harbour', geometry: square(9, 9) },
  ])
  await expect(removeAreas(registry, ['Old harbour'], WHO)).rejects.toThrow(
    fault('registry.invalid', 'there is no area "Old harbour": `fleet areas list` shows those that there are'),
  )
  const history = (await registry.history()).filter((change) => change.id === id)
  expect(history.map(({ version, who, value }) => [version, who, value && JSON.parse(value)])).toEqual([
    [1, 'anna', { name: 'Harbour', geometry: square(0, 0) }],
    [2, 'anna', { name: 'Old harbour', geometry: square(0, 0) }],
    [3, 'bert', { name: 'Old harbour', geometry: square(9, 9) }],
    [4, 'anna', undefined],
  ])
  expect(namesIn(registry)).toEqual(['Depot'])
})

test('of areas that are not there the nearest names are told', async () => {
  const registry = await opened()
  const names = ['Harbour', 'Harbour east', 'Pocitos', 'Punta Carretas', 'Buceo']
  await addAreas(
    registry,
    names.map((name, i) => ({ name, geometry: square(i, 0) })),
    WHO,
  )
  expect(() => findAreas(registry, ['Buceo', 'habour', 'punta careta', 'xyz'])).toThrow(
    fault(
      'area.invalid',
      'there is no area "habour"; did you mean "Harbour"?; there is no area "punta careta"; did you mean "Punta Carretas"?; there is no area "xyz": `fleet areas list` shows those that there are',
    ),
  )
  expect(nearestTexts('harbour', names, (text) => text.toLowerCase())).toEqual(['Harbour', 'Harbour east'])
  expect(() => findAreas({ entries: () => new Map() }, ['x'])).toThrow(
    fault('area.invalid', 'there is no area "x", nor any other: add one on the search page, or with `fleet areas add`'),
  )
})

test('what is kept of an area is the area that was given, to a search', () => {
  const degrees = (most: number): fc.Arbitrary<number> => fc.double({ min: -most, max: most, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(degrees(170), degrees(85)), { minLength: 3, maxLength: 6 }), (points) => {
      const given = { type: 'Polygon', coordinates: [[...points, points[0]]] }
      let wanted: ReturnType<typeof areaOf>
      try {
        wanted = areaOf(given)
      } catch {
        expect(() => checkGeometry(given)).toThrow(fault('area.invalid'))
        return
      }
      const kept = checkGeometry(given)
      expect(areaOf(kept)).toEqual(wanted)
      expect(checkGeometry(JSON.parse(JSON.stringify(kept)))).toEqual(kept)
    }),
  )
})
