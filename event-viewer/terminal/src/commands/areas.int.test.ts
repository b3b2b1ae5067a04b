import { mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { type FleetRun, runFleetProcess } from '../testing/fleet.ts'

const USER = userInfo().username
const TIME = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`

/** Without what adding leaves behind the sixth digit, which no area keeps. */
const rounded = (degrees: number): number => Number(degrees.toFixed(6))

const square = (west: number, south: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [rounded(west + 0.1), south],
      [rounded(west + 0.1), rounded(south + 0.1)],
      [west, rounded(south + 0.1)],
      [west, south],
    ],
  ],
})
const feature = (properties: object | null, geometry: object) => ({ type: 'Feature', properties, geometry })
const collection = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features })

const makeArchive = async (): Promise<{
  readonly folder: string
  fleet(args: readonly string[], input?: string): Promise<FleetRun>
}> => {
  const folder = await temporaryFolder()
  const config = join(folder, 'fleet.yaml')
  const city = join(folder, 'city')
  await writeFile(
    config,
    `archive:\n  path: ${folder}\nhub:\n  url: nats://127.0.0.1:9\ngenerator:\n  cityDir: ${city}\n`,
  )
  return { folder, fleet: (args, input) => runFleetProcess([...args, '--config', config], input) }
}

test('areas are added, listed, shown, renamed and removed, and their history tells what was done', async () => {
  const { fleet } = await makeArchive()
  expect((await fleet(['areas'])).err).toBe(
    'no areas: add one with `fleet areas add harbour.geojson --name Harbour`, or on the search page\n',
  )
  const added = await fleet(
    ['areas', 'add', '-', '--name', ' Harbour ', '--colour', '#0ea5e9', '--valid-from', '2026-01-01'],
    JSON.stringify(square(-56.2, -34.9)),
  )
  expect(added).toEqual({ code: 0, out: '', err: '1 area added\n' })
  expect((await fleet(['areas'])).out).toMatch(
    new RegExp(
      `^name     id +size +positions  version  last changed\nHarbour  area-[a-z2-7]{10}  101 km²  5 +1 +${TIME} by ${USER}\n$`,
    ),
  )
  const moved = await fleet(
    ['areas', 'add', '-', '--name', 'HARBOUR', '--replace', '--json'],
    JSON.stringify(square(-56.3, -34.8)),
  )
  const { replaced } = JSON.parse(moved.out)
  expect(replaced).toMatchObject([{ name: 'HARBOUR', version: 2, geometry: square(-56.3, -34.8) }])
  expect((await fleet(['areas', 'rename', 'harbour', 'Old harbour'])).err).toBe(
    'harbour is Old harbour now (version 3)\n',
  )
  expect((await fleet(['areas', 'show', replaced[0].id])).out).toMatch(
    new RegExp(
      `^name      Old harbour\nid        ${replaced[0].id}\nholds     always\npolygons  1 polygon, 5 positions, 102 km²\nversion   3, ${TIME} by ${USER}\n$`,
    ),
  )
  expect(await fleet(['areas', 'show', 'Old harbor'])).toEqual({
    code: 2,
    out: '',
    err: 'error: there is no area "Old harbor"; did you mean "Old harbour"?\n',
  })
  expect((await fleet(['areas', 'remove', 'old harbour'])).err).toBe('removed: Old harbour\n')
  expect((await fleet(['areas', 'history', 'old harbour'])).out).toMatch(
    new RegExp(
      `^version  changed +by +what\n1 +${TIME}  ${USER} +added as Harbour, 101 km²\n2 +${TIME}  ${USER} +renamed from Harbour to HARBOUR; polygons from 101 km² to 102 km²; holds always\n3 +${TIME}  ${USER} +renamed from HARBOUR to Old harbour\n4 +${TIME}  ${USER} +removed\n$`,
    ),
  )
})

test('each feature of a collection becomes an area, all or none, and comes out as it was', async () => {
  const { fleet } = await makeArchive()
  const good = collection(
    feature({ nom: 'Ain', code: '01', tags: { a: 1 } }, square(5, 46)),
    feature({ nom: 'Aisne', code: '02' }, square(3, 49)),
  )
  const bad = collection(
    feature({ nom: 'Ain' }, square(5, 46)),
    feature({ name: 'x' }, square(3, 49)),
    feature({ nom: 'ain' }, square(3, 49)),
    feature({ nom: 'Point' }, { type: 'Point', coordinates: [0, 0] }),
  )
  const args = ['areas', 'add', '-', '--name-property', 'nom', '--prefix', 'France: ']
  expect(await fleet(args, bad)).toEqual({
    code: 1,
    out: '',
    err: 'feature 2 has no property "nom" with a text or a number: it has name\nerror: no area was added: 1 fault\n',
  })
  expect((await fleet(args, bad.replace('"name":"x"', '"nom":"x"'))).err).toBe(
    'feature 3 has the name of feature 1, "France: ain"\nfeature 4: the area is of type "Point"; a Polygon or a MultiPolygon is needed\nerror: no area was added: 2 faults\n',
  )
  expect((await fleet(args, good)).err).toBe('2 areas added\n')
  expect((await fleet(args, good)).err).toBe(
    'feature 1: there is an area "France: Ain" already\nfeature 2: there is an area "France: Aisne" already\nerror: no area was added: 2 faults\n',
  )
  expect((await fleet([...args, '--replace'], good)).err).toBe('0 areas added, 0 replaced, 2 there already\n')
  expect(JSON.parse((await fleet(['areas', 'export'])).out)).toEqual({
    type: 'FeatureCollection',
    features: [
      {
        ...feature({ code: '01', name: 'France: Ain', version: 1 }, square(5, 46)),
        id: expect.stringMatching(/^area-/),
      },
      {
        ...feature({ code: '02', name: 'France: Aisne', version: 1 }, square(3, 49)),
        id: expect.stringMatching(/^area-/),
      },
    ],
  })
  expect(JSON.parse((await fleet(['areas', 'export', 'france: AISNE'])).out).features).toHaveLength(1)
})

test('the districts of the city pack become areas, and what is not said rightly is told', async () => {
  const { folder, fleet } = await makeArchive()
  const missing = await fleet(['areas', 'add', '--from-city'])
  expect([missing.code, missing.err]).toEqual([
    1,
    expect.stringMatching(
      /^error: there is no city pack with districts at .*districts\.geojson: `npm start` builds one/,
    ),
  ])
  await mkdir(join(folder, 'city'))
  await writeFile(
    join(folder, 'city', 'districts.geojson'),
    collection(feature({ name: 'Pocitos' }, square(-56.15, -34.9)), feature({ name: 'Buceo' }, square(-56.1, -34.9))),
  )
  expect((await fleet(['areas', 'add', '--from-city'])).err).toBe('2 areas added\n')
  for (const [args, said] of [
    [['add'], 'name a GeoJSON file, - for standard input, or --from-city'],
    [['add', 'x.geojson'], 'say how the areas are called: --name <name> for one area'],
    [['add', 'x.geojson', '--name', 'x'], "x.geojson can't be read"],
    [['add', '--from-city', '--name', 'x'], "--from-city can't be combined with"],
  ] as const) {
    const run = await fleet(['areas', ...args])
    expect([run.code, run.err]).toEqual([2, expect.stringContaining(said)])
  }
})
