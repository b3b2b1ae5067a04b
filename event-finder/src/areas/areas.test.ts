import { openRegistryStore } from '@fleetlake/archive'
import { configSchema, subjects } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { askAreas, type Hub, pendingSearchRecords } from '@fleetlake/hub'
import { addAreas, openRegistry, type Registry, renameArea } from '@fleetlake/registry'
import { onTestFinished, expect, test } from 'vitest'
import { startMemoryProvisioned } from '../../../shared/hub/src/testing/memory-hub.ts'
import { startFinder } from '../start-finder.ts'
import { writeTestArchive } from '../testing/archive.ts'
import { ALL, askAll, box, keysOf } from '../testing/finder.ts'

const WHO = { who: 'anna' }
const polygon = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon',
  coordinates: [box(west, south, east, north)],
})
const WEST = polygon(-57, -35.5, -56.2, -34.3)
const EAST = polygon(-56.2, -35.5, -55.5, -34.3)

interface Scene {
  readonly hub: Hub
  /** Nobody hears of what it changes. */
  readonly registry: Registry
}

const openScene = async (): Promise<Scene> => {
  const { path } = await writeTestArchive({ vehicles: 10, steps: 40 })
  const { hub } = await startMemoryProvisioned()
  const config = configSchema.parse({ archive: { path } })
  const finder = await startFinder(hub, { config, version: 'test' })
  const registry = await openRegistry(await openRegistryStore(config.archive))
  onTestFinished(async () => {
    await finder.stop()
    await registry.close()
  })
  return { hub, registry }
}

const withAreas = async (scene: Scene): Promise<{ west: string; east: string }> => {
  const { added } = await addAreas(
    scene.registry,
    [
      { name: 'West', geometry: WEST },
      { name: 'East', geometry: EAST, validFrom: '2030-01-01T00:00:00Z' },
    ],
    WHO,
  )
  return { west: added[0].id, east: added[1].id }
}

const PERIOD = { from: ALL.from, to: ALL.to }

test('a search by names finds what a search in their polygons finds, and says which versions it has used', async () => {
  const scene = await openScene()
  const { west, east } = await withAreas(scene)
  const { hub } = scene
  const found = async (where: object): Promise<string[]> => {
    const { batches, outcome } = await askAll(hub, { ...PERIOD, ...where })
    expect(outcome.status).toBe('complete')
    return keysOf(batches).toSorted()
  }
  const [inWest, inEast] = [await found({ area: WEST }), await found({ area: EAST })]
  expect(Math.min(inWest.length, inEast.length)).toBeGreaterThan(10)
  expect(await found({ areas: ['west'] })).toEqual(inWest)
  expect(await found({ areas: ['West', east] })).toEqual([...inWest, ...inEast].toSorted())
  await renameArea(scene.registry, { nameOrId: west, name: 'Far west' }, WHO)
  const { outcome } = await askAll(hub, { ...PERIOD, areas: [west, 'EAST', 'far west'] })
  expect([outcome.stats?.areas, outcome.stats?.notes]).toEqual([
    [
      { id: west, name: 'Far west', version: 2 },
      { id: east, name: 'East', version: 1 },
    ],
    ['the polygon of East holds from 2030-01-01T00:00:00Z on, and was searched for the time before, too'],
  ])
})

test('a search of an area that is not there is refused with the nearest names, and of none with no area', async () => {
  const scene = await openScene()
  await withAreas(scene)
  const reasonOf = async (where: object): Promise<unknown> => {
    const { outcome } = await askAll(scene.hub, { ...PERIOD, ...where })
    return [outcome.status, outcome.reason]
  }
  expect(await reasonOf({ areas: ['Wset'] })).toEqual([
    'refused',
    'there is no area "Wset": `fleet areas list` shows those that there are',
  ])
  expect(await reasonOf({ areas: ['Eats'] })).toEqual(['refused', expect.stringContaining('there is no area "Eats"')])
  expect(await reasonOf({ areas: ['Wes'] })).toEqual(['refused', 'there is no area "Wes"; did you mean "West"?'])
  expect(await reasonOf({})).toEqual(['refused', 'the area is not a GeoJSON object'])
})

test('the record of a search has the names, the versions and the polygons, and of a search around areas what was searched', async () => {
  const scene = await openScene()
  const { west, east } = await withAreas(scene)
  await askAll(scene.hub, { ...PERIOD, areas: ['west', 'east'] })
  const around = polygon(-57.1, -35.6, -56.1, -34.2)
  const asked = await askAll(scene.hub, { ...PERIOD, areas: ['west'], area: around })
  expect([asked.outcome.status, asked.outcome.stats?.areas]).toEqual([
    'complete',
    [{ id: west, name: 'West', version: 1 }],
  ])
  const records = await pendingSearchRecords(scene.hub)
  const areas = records.flatMap((record) => (record.kind === 'asked' ? [JSON.parse(record.area!)] : []))
  const feature = (properties: object, geometry: object | null) => ({ type: 'Feature', properties, geometry })
  expect(areas).toEqual([
    {
      type: 'FeatureCollection',
      features: [
        feature({ id: west, name: 'West', version: 1 }, WEST),
        feature({ id: east, name: 'East', version: 1 }, EAST),
      ],
    },
    {
      type: 'FeatureCollection',
      features: [feature({ isAround: true }, around), feature({ id: west, name: 'West', version: 1 }, null)],
    },
  ])
})

test('of named areas that are too long for a record the names and the versions are in it', async () => {
  const scene = await openScene()
  const ring = Array.from({ length: 2_000 }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * (i % 1_999)) / 1_999
    return [-56 + Math.cos(angle), -35 + Math.sin(angle)]
  })
  const long = (i: number): string => `${i} ${'ö'.repeat(120)}`
  const given = Array.from({ length: 64 }, (_, i) => ({
    name: i === 0 ? 'Round' : long(i),
    geometry: i === 0 ? { type: 'Polygon', coordinates: [ring] } : WEST,
  }))
  const { added } = await addAreas(scene.registry, given, WHO)
  await askAll(scene.hub, { ...PERIOD, areas: ['round'] })
  await askAll(scene.hub, { ...PERIOD, areas: added.map(({ id }) => id) })
  const records = await pendingSearchRecords(scene.hub)
  const [round, many] = records.flatMap((record) => (record.kind === 'asked' ? [JSON.parse(record.area!)] : []))
  expect(round.features).toEqual([
    { type: 'Feature', properties: { id: added[0].id, name: 'Round', version: 1 }, geometry: null },
  ])
  expect(many.features.length).toBeGreaterThan(20)
  expect(many.features).toEqual(
    added.slice(0, many.features.length).map(({ id, value: { name } }) => ({
      type: 'Feature',
      properties: { id, name, version: 1 },
      geometry: null,
    })),
  )
})

test('a search around areas that it does not hold is refused: its record would name what it was not about', async () => {
  const scene = await openScene()
  await withAreas(scene)
  const reasonOf = async (area: unknown): Promise<unknown> =>
    (await askAll(scene.hub, { ...PERIOD, areas: ['west'], area })).outcome.reason
  expect(await reasonOf(EAST)).toBe(
    'the area that is searched does not hold West: leave it out, or leave out the names',
  )
  expect(await reasonOf({ type: 'Feature', properties: {}, geometry: WEST })).toBe(
    'an area that is given beside names of areas must be a Polygon or a MultiPolygon',
  )
})

test('whoever asks is told the polygons of areas, or why not', async () => {
  const scene = await openScene()
  const { west } = await withAreas(scene)
  expect(await askAreas(scene.hub, ['WEST', west])).toEqual([{ id: west, name: 'West', version: 1, geometry: WEST }])
  await expect(askAreas(scene.hub, ['Wes'])).rejects.toThrow(
    fault('area.invalid', 'there is no area "Wes"; did you mean "West"?'),
  )
  const heard: string[] = []
  scene.hub.listen('areaQuery', subjects.areaQuery('*'), ({ person }) => void heard.push(person))
  await askAreas(scene.hub, ['west'])
  expect(heard).toEqual(['anyone'])
})
