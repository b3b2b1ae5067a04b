import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import type { Bounds } from '../core/city.ts'
import type { CityFeature, Coordinate } from './feature.ts'
import { findSea } from './find-sea.ts'

export const MONTEVIDEO = { name: 'Montevideo', attribution: '© OpenStreetMap contributors' } as const

const POINT = 1

const SEA = {
  type: 'Feature',
  properties: { place: 'sea', name: 'Río de la Plata' },
  geometry: { type: 'Point', coordinates: [-56.205, -34.942] },
} as const satisfies CityFeature

/**
 * Montevideo as OpenStreetMap had it in 2017: the OSM QA tiles that @mapbox/mvt-fixtures carries. What a tile's edge cuts
 * in two ends and begins at the very same point there.
 */
export const readMontevideo = async (): Promise<CityFeature[]> =>
  (await readTiles(isUsed)).flatMap(({ features }) => features)

/** The same, and what a map shows besides: the area that the tiles cover, and the sea, which they lack. */
export const readMontevideoMap = async (): Promise<CityFeature[]> => {
  const tiles = await readTiles((tags, isPoint) => isUsed(tags, isPoint) || isOnLand(tags, isPoint))
  const all = tiles.flatMap(({ features }) => features)
  const kept = (keeps: Keeps): CityFeature[] =>
    all.filter(({ properties, geometry }) => keeps(properties ?? {}, geometry.type === 'Point'))
  const bounds = [
    Math.min(...tiles.map((tile) => tile.bounds[0])),
    Math.min(...tiles.map((tile) => tile.bounds[1])),
    Math.max(...tiles.map((tile) => tile.bounds[2])),
    Math.max(...tiles.map((tile) => tile.bounds[3])),
  ] as const
  const seaAt = SEA.geometry.coordinates
  return [...kept(isUsed), ...extentOf(bounds), SEA, findSea({ land: kept(isOnLand), bounds, seaAt })]
}

type Tags = Readonly<Record<string, unknown>>
type Keeps = (tags: Tags, isPoint: boolean) => boolean

interface Tile {
  readonly features: readonly CityFeature[]
  readonly bounds: Bounds
}

const readTiles = async (keeps: Keeps): Promise<Tile[]> => {
  const fixtures = dirname(createRequire(import.meta.url).resolve('@mapbox/mvt-fixtures/package.json'))
  const folder = join(fixtures, 'real-world', 'osm-qa-montevideo')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.mvt')).toSorted()
  return await Promise.all(names.map(async (name) => decodeTile(name, await readFile(join(folder, name)), keeps)))
}

const decodeTile = (name: string, bytes: Uint8Array, keeps: Keeps): Tile => {
  const [z, x, y] = name.split(/[-.]/).map(Number)
  const features: CityFeature[] = []
  for (const layer of Object.values(new VectorTile(new PbfReader(bytes)).layers)) {
    for (let n = 0; n < layer.length; n++) {
      const feature = layer.feature(n)
      const { properties } = feature
      if (!keeps(properties, feature.type === POINT)) continue
      const { geometry } = feature.toGeoJSON(x, y, z)
      if (geometry.type !== 'GeometryCollection') features.push({ type: 'Feature', geometry, properties })
    }
  }
  return { features, bounds: [longitudeOf(x, z), latitudeOf(y + 1, z), longitudeOf(x + 1, z), latitudeOf(y, z)] }
}

const longitudeOf = (x: number, z: number): number => (x / 2 ** z) * 360 - 180

const latitudeOf = (y: number, z: number): number =>
  (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI

/** What the tiles cover, and the four edges at which they end; these run on past the corners, so that both ends fade alike. */
const extentOf = ([west, south, east, north]: Bounds): CityFeature[] => {
  const properties = { boundary: 'map' }
  const edge = (...coordinates: Coordinate[]): CityFeature => ({
    type: 'Feature',
    properties,
    geometry: { type: 'LineString', coordinates },
  })
  const [wide, high] = [east - west, north - south]
  const corners = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  return [
    { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [corners] } },
    edge([west - wide, south], [east + wide, south]),
    edge([west - wide, north], [east + wide, north]),
    edge([west, south - high], [west, north + high]),
    edge([east, south - high], [east, north + high]),
  ]
}

const USED = ['highway', 'place', 'leisure', 'landuse', 'natural', 'waterway']

const isUsed: Keeps = (tags, isPoint) =>
  isPoint ? 'place' in tags || 'highway' in tags : USED.some((key) => key in tags)

const STANDING = ['highway', 'railway', 'barrier', 'building', 'man_made', 'landuse', 'leisure', 'natural', 'amenity']
const STANDING_POINTS = ['addr:street', 'highway', 'shop', 'amenity']
const AFLOAT = ['boundary', 'route', 'seamark:type', 'waterway']
const WATERS = new Set<unknown>(['water', 'wetland', 'bay', 'cape', 'shoal', 'marina', 'pipeline', 'cable'])

/** What is certainly not in the water. */
const isOnLand: Keeps = (tags, isPoint) => {
  if (AFLOAT.some((key) => key in tags)) return false
  if ([tags['natural'], tags['leisure'], tags['man_made'], tags['power']].some((value) => WATERS.has(value)))
    return false
  if ('place' in tags) return tags['place'] === 'islet' && !isPoint
  return (isPoint ? STANDING_POINTS : STANDING).some((key) => key in tags)
}
