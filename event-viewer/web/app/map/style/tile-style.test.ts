import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { expect, test } from 'vitest'
import type { Theme } from './map-palette.ts'
import { schemaOf, TILE_SCHEMAS } from './tile-schema.ts'
import { tileStyle } from './tile-style.ts'
import type { Tileset } from './tile-style.ts'

const themes: readonly Theme[] = ['dark', 'light']

const vector = (layers: readonly string[]): Tileset => ({
  source: { type: 'vector', tiles: ['pmtiles://http://localhost/city.pmtiles/{z}/{x}/{y}'] },
  layers,
})

const sourceLayers = (tileset: Tileset): unknown[] =>
  tileStyle({ theme: 'dark', tileset }).layers.flatMap((layer) =>
    'source-layer' in layer ? [layer['source-layer']] : [],
  )

test.each(TILE_SCHEMAS)('tiles of $name are drawn with their streets, waters and names', (schema) => {
  const { parks, beaches, water, waterways, buildings, streets, streetNames, places } = schema
  const all = [...parks, ...beaches, ...water, waterways, buildings, streets, streetNames, places]
  const layers = [...new Set([...schema.has, ...all.map(({ layer }) => layer)])]
  expect(schemaOf(layers)).toBe(schema)
  for (const theme of themes) expect(validateStyleMin(tileStyle({ theme, tileset: vector(layers) }))).toEqual([])
  expect(new Set(sourceLayers(vector(layers)))).toEqual(new Set(layers))
})

test('a layer that a tileset of a known schema lacks is not asked for', () => {
  expect(new Set(sourceLayers(vector(['transportation', 'water', 'place'])))).toEqual(
    new Set(['transportation', 'water', 'place']),
  )
})

test('of tiles with other layers every layer is outlined', () => {
  const tileset = vector(['rivers', 'roads_of_mine'])
  for (const theme of themes) expect(validateStyleMin(tileStyle({ theme, tileset }))).toEqual([])
  expect(sourceLayers(tileset)).toEqual(['rivers', 'roads_of_mine'])
})

test('pictures are shown as they are, dimmed in the dark', () => {
  const tileset: Tileset = { source: { type: 'raster', tiles: ['http://localhost/{z}/{x}/{y}.png'] }, layers: [] }
  const [dark, light] = themes.map((theme) => tileStyle({ theme, tileset }))
  expect([...validateStyleMin(dark), ...validateStyleMin(light)]).toEqual([])
  expect(dark.layers[1].paint).toEqual({ 'raster-brightness-max': 0.55, 'raster-saturation': -0.5 })
  expect(light.layers[1].paint).toEqual({ 'raster-brightness-max': 1, 'raster-saturation': -0.2 })
})
