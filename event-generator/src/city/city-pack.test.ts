import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { City } from '../core/city.ts'
import { buildCity } from './build-city.ts'
import { buildGeoJsonPack, provideMontevideo } from './build-pack.ts'
import { buildPack, loadCityPack, writePack } from './city-pack.ts'
import type { CityPack } from './city-pack.ts'
import type { CityFeature } from './feature.ts'
import { headingBetween, metresBetween } from './geometry.ts'
import { MONTEVIDEO, readMontevideoMap } from './montevideo.ts'
import { largestComponent } from './strongly-connected.ts'

let features: CityFeature[]
let pack: CityPack
let city: City

beforeAll(async () => {
  features = await readMontevideoMap()
  pack = buildPack(features, MONTEVIDEO)
  city = buildCity(features, MONTEVIDEO).city
})

const freshFolder = async (): Promise<string> => {
  const parent = await mkdtemp(join(tmpdir(), 'city-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'pack')
}

test('the same map gives the same bytes', async () => {
  const again = buildPack(await readMontevideoMap(), MONTEVIDEO)
  expect([...again.keys()]).toEqual([...pack.keys()])
  for (const [name, bytes] of pack) expect([name, Buffer.compare(again.get(name)!, bytes)]).toEqual([name, 0])
})

test('a pack holds the city that was built', async () => {
  const folder = await freshFolder()
  await writePack(folder, pack)
  expect((await loadCityPack(folder)) satisfies City).toEqual(city)
  expect((await readdir(folder)).toSorted()).toEqual([
    'beaches.geojson',
    'city.json',
    'districts.geojson',
    'extent.geojson',
    'network.bin',
    'parks.geojson',
    'places.geojson',
    'sea.geojson',
    'streets.geojson',
    'water.geojson',
  ])
})

test('the pack of Montevideo names its source, its suburbs and what drives there', () => {
  const header = JSON.parse(new TextDecoder().decode(pack.get('city.json')))
  expect(header.attribution).toBe('© OpenStreetMap contributors')
  expect(header.districts).toHaveLength(65)
  expect(header.districts).toContain('Pocitos')
  expect(header.vehicleTypes).toEqual(['car', 'taxi', 'van', 'truck', 'bus'])
  for (const [name, bytes] of pack) {
    if (!name.endsWith('.geojson')) continue
    const layer = JSON.parse(new TextDecoder().decode(bytes))
    expect([name, layer.type, layer.attribution, layer.features.length > 0]).toEqual([
      name,
      'FeatureCollection',
      header.attribution,
      true,
    ])
  }
})

test('every edge of Montevideo can be reached from every other, and turning round is for dead ends', () => {
  const { edges, turns } = city
  expect(largestComponent(turns.firstTurn, turns.edge).every((kept) => kept === 1)).toBe(true)
  const leaving = new Uint32Array(edges.count)
  for (const node of edges.startNode) leaving[node]++
  for (let edge = 0; edge < edges.count; edge++) {
    for (let turn = turns.firstTurn[edge]; turn < turns.firstTurn[edge + 1]; turn++) {
      expect(edges.startNode[turns.edge[turn]]).toBe(edges.endNode[edge])
      if (turns.edge[turn] === edges.reverse[edge]) expect(leaving[edges.endNode[edge]]).toBe(1)
    }
  }
})

test('no edge of Montevideo runs against a oneway street', () => {
  const key = (from: readonly number[], to: readonly number[]): string =>
    [...from.slice(0, 2), ...to.slice(0, 2)].map((degrees) => Math.round(degrees * 1e7)).join()
  const legal = new Set<string>()
  for (const { geometry, properties } of features) {
    if (properties?.['highway'] === undefined) continue
    const lines =
      geometry.type === 'LineString'
        ? [geometry.coordinates]
        : geometry.type === 'MultiLineString'
          ? geometry.coordinates
          : []
    const { oneway, junction } = properties
    for (const line of lines) {
      for (let n = 1; n < line.length; n++) {
        const roundabout = junction === 'roundabout' && oneway !== 'no'
        if (oneway !== '-1') legal.add(key(line[n - 1], line[n]))
        if (oneway !== 'yes' && !roundabout) legal.add(key(line[n], line[n - 1]))
      }
    }
  }
  const { edges, vertices } = city
  let illegal = 0
  for (let edge = 0; edge < edges.count; edge++) {
    for (let at = edges.firstVertex[edge]; at < edges.firstVertex[edge + 1] - 1; at++) {
      const [from, to] = [at, at + 1].map((vertex) => [vertices.longitude[vertex], vertices.latitude[vertex]])
      if (!legal.has(key(from, to))) illegal++
    }
  }
  expect(illegal).toBe(0)
})

test('lengths and headings are those of the drawn streets, also across the edges of tiles', () => {
  const { edges, vertices } = city
  for (let edge = 0; edge < edges.count; edge += 7) {
    let way = 0
    for (let at = edges.firstVertex[edge]; at < edges.firstVertex[edge + 1] - 1; at++) {
      const segment = [
        vertices.longitude[at],
        vertices.latitude[at],
        vertices.longitude[at + 1],
        vertices.latitude[at + 1],
      ] as const
      way += metresBetween(...segment)
      expect(vertices.heading[at]).toBe(Math.round(headingBetween(...segment)) % 360)
    }
    expect(edges.length[edge]).toBeCloseTo(way, 2)
  }
  const seam = -56.25
  const crossing = vertices.longitude.filter((longitude) => Math.abs(longitude - seam) < 1e-7).length
  expect(crossing).toBeGreaterThan(20)
})

test('metres to a district are the length of the shortest way of turns', () => {
  const { edges, turns, homeMetres, districts } = city
  for (let district = 0; district < districts.length; district += 9) {
    for (let edge = 0; edge < edges.count; edge += 11) {
      const metres = homeMetres[district * edges.count + edge]
      if (edges.district[edge] === district) {
        expect(metres).toBe(0)
        continue
      }
      const onward = turns.edge.subarray(turns.firstTurn[edge], turns.firstTurn[edge + 1])
      const least = Math.min(...Array.from(onward, (next) => homeMetres[district * edges.count + next]))
      expect(Math.abs(metres - least - edges.length[edge])).toBeLessThanOrEqual(1)
    }
  }
})

test('an interrupted, damaged or other pack is not taken for one, and is built again where Montevideo is wanted', async () => {
  const folder = await freshFolder()
  await expect(loadCityPack(folder)).rejects.toThrow(fault('city.invalid'))
  await mkdir(folder)
  await writeFile(join(folder, 'network.bin'), pack.get('network.bin')!)
  await expect(loadCityPack(folder)).rejects.toThrow(
    fault('city.invalid', /.* holds no city pack, city\.json can't be read: build it first/),
  )
  await writeFile(join(folder, 'city.json'), pack.get('city.json')!)
  await expect(loadCityPack(folder)).resolves.toMatchObject({ name: 'Montevideo' })
  await writeFile(join(folder, 'network.bin'), pack.get('network.bin')!.subarray(0, 1_000_000))
  await expect(loadCityPack(folder)).rejects.toThrow('is not the file that was built')
  await writeFile(join(folder, 'city.json'), '{"format":"fleetlake-city","version":0}')
  await expect(loadCityPack(folder)).rejects.toThrow('holds no city pack of version')
  await writeFile(join(folder, 'city.json'), '{"format":')
  await expect(loadCityPack(folder)).rejects.toThrow('is not JSON')
  expect((await provideMontevideo(folder)).name).toBe('Montevideo')
})

test('packs built at the same time in the same place leave one whole pack and nothing else', async () => {
  const folder = await freshFolder()
  await Promise.all([writePack(folder, pack), writePack(folder, pack), writePack(folder, pack)])
  expect((await loadCityPack(folder)).name).toBe('Montevideo')
  expect(await readdir(join(folder, '..'))).toEqual(['pack'])
})

test('a pack is built from any GeoJSON', async () => {
  const folder = await freshFolder()
  const file = `${folder}.geojson`
  const feature = (geometry: object, properties: object): object => ({ type: 'Feature', geometry, properties })
  const lines = [
    [
      [5, 60],
      [5.01, 60],
    ],
    [
      [5.01, 60],
      [5.01, 60.01],
    ],
    [
      [5.01, 60.01],
      [5, 60],
    ],
  ]
  const map = [
    ...lines.map((coordinates) =>
      feature({ type: 'LineString', coordinates }, { highway: 'primary', oneway: 'yes', name: 'Ring' }),
    ),
    feature({ type: 'Point', coordinates: [5, 60] }, { place: 'suburb', name: 'Sentrum' }),
  ]
  await writeFile(file, JSON.stringify({ type: 'FeatureCollection', features: map }))
  await buildGeoJsonPack(folder, { file, name: 'Bergen', attribution: 'me' })
  const built = await loadCityPack(folder)
  expect({
    name: built.name,
    attribution: built.attribution,
    districts: built.districts,
    edges: built.edges.count,
  }).toEqual({
    name: 'Bergen',
    attribution: 'me',
    districts: ['Sentrum'],
    edges: 1,
  })
  expect(JSON.parse(await readFile(join(folder, 'streets.geojson'), 'utf8')).features).toHaveLength(3)
  await expect(buildGeoJsonPack(folder, { file: `${file}.no`, name: 'X', attribution: '' })).rejects.toThrow(
    fault('city.invalid', "can't be read"),
  )
})
