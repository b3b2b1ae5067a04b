import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import type { CityFeature } from './feature.ts'

export const MONTEVIDEO = { name: 'Montevideo', attribution: '© OpenStreetMap contributors' } as const

const POINT = 1

/**
 * Montevideo as OpenStreetMap had it in 2017: the OSM QA tiles that @mapbox/mvt-fixtures carries. What a tile's edge cuts
 * in two ends and begins at the very same point there.
 */
export const readMontevideo = async (): Promise<CityFeature[]> => {
  const fixtures = dirname(createRequire(import.meta.url).resolve('@mapbox/mvt-fixtures/package.json'))
  const folder = join(fixtures, 'real-world', 'osm-qa-montevideo')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.mvt')).toSorted()
  const tiles = await Promise.all(names.map(async (name) => decodeTile(name, await readFile(join(folder, name)))))
  return tiles.flat()
}

const decodeTile = (name: string, bytes: Uint8Array): CityFeature[] => {
  const [z, x, y] = name.split(/[-.]/).map(Number)
  const features: CityFeature[] = []
  for (const layer of Object.values(new VectorTile(new PbfReader(bytes)).layers)) {
    for (let n = 0; n < layer.length; n++) {
      const feature = layer.feature(n)
      const { properties } = feature
      if (feature.type === POINT && !('place' in properties) && !('highway' in properties)) continue
      if (!USED.some((key) => key in properties)) continue
      const { geometry } = feature.toGeoJSON(x, y, z)
      if (geometry.type !== 'GeometryCollection') features.push({ type: 'Feature', geometry, properties })
    }
  }
  return features
}

const USED = ['highway', 'place', 'leisure', 'landuse', 'natural', 'waterway']
