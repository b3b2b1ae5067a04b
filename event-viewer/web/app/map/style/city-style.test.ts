import { createPropertyExpression, latest, validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import type { StylePropertySpecification } from '@maplibre/maplibre-gl-style-spec'
import fc from 'fast-check'
import type { StyleSpecification } from 'maplibre-gl'
import { expect, test } from 'vitest'
import { cityStyle, DISTRICT_LAYERS } from './city-style.ts'
import type { City } from './city-style.ts'
import { MAP_PALETTES } from './map-palette.ts'
import type { Theme } from './map-palette.ts'
import { STREET_CLASSES } from './street-class.ts'
import { streetLayers } from './street-layers.ts'

const LAYERS = ['extent', 'sea', 'streets', 'parks', 'beaches', 'water', 'places', 'districts']

const LINE_WIDTH = latest['paint_line']['line-width'] as StylePropertySpecification

const cityOf = (layers: readonly string[]): City => ({
  name: 'Test',
  attribution: '© those who made the map',
  bounds: [-56.4, -35, -56, -34.8],
  layers,
  districts: [],
  vehicleTypes: [],
})

const themes: readonly Theme[] = ['dark', 'light']

const withoutPaint = (style: StyleSpecification): unknown => ({
  ...style,
  layers: style.layers.map((layer) => ({ ...layer, paint: Object.keys(layer.paint ?? {}) })),
})

test.each(themes)('the %s style of a city, whichever layers it has, is one that MapLibre accepts', (theme) => {
  fc.assert(
    fc.property(fc.subarray(LAYERS), (layers) => {
      const style = cityStyle({ theme, city: cityOf(layers) })
      expect(validateStyleMin(style)).toEqual([])
      expect(Object.keys(style.sources)).toEqual(layers)
      const used = style.layers.flatMap((layer) => ('source' in layer ? [layer.source] : []))
      expect(new Set(used)).toEqual(new Set(layers))
    }),
  )
})

test('without a city the map is empty and valid', () => {
  const style = cityStyle({ theme: 'dark', city: null })
  expect(validateStyleMin(style)).toEqual([])
  expect([style.sources, style.layers.map(({ id }) => id)]).toEqual([{}, ['background']])
})

test('dark and light differ in paint alone, so that one becomes the other in place', () => {
  const [dark, light] = themes.map((theme) => cityStyle({ theme, city: cityOf(LAYERS) }))
  expect(withoutPaint(light)).toEqual(withoutPaint(dark))
  expect(light).not.toEqual(dark)
})

test('every source is served by the viewer itself and names its makers', () => {
  for (const [name, source] of Object.entries(cityStyle({ theme: 'light', city: cityOf(LAYERS) }).sources)) {
    expect(source).toMatchObject({ data: `/api/city/${name}.geojson`, attribution: '© those who made the map' })
  }
})

test('borders of districts are there and hidden until they are asked for', () => {
  const { layers } = cityStyle({ theme: 'dark', city: cityOf(LAYERS) })
  const shown = layers.filter(({ id }) => (DISTRICT_LAYERS as readonly string[]).includes(id))
  expect(shown.map(({ layout }) => layout?.visibility)).toEqual(DISTRICT_LAYERS.map(() => 'none'))
})

test('at every zoom a street is at least as wide as one of a lower class, and its casing wider', () => {
  const layers = streetLayers({ source: 'streets', kind: ['get', 'highway'] }, MAP_PALETTES.light)
  const widthOf = (id: string, zoom: number, highway: string): number => {
    const { paint } = layers.find((layer) => layer.id === id) as { paint: Record<string, unknown> }
    const parsed = createPropertyExpression(paint['line-width'], 'line-width', LINE_WIDTH)
    if (parsed.result === 'error') throw new Error(JSON.stringify(parsed.value))
    return parsed.value.evaluate({ zoom }, { type: 2, properties: { highway } })
  }
  const kinds = STREET_CLASSES.map((each) => (each === 'local' ? 'residential' : each))
  fc.assert(
    fc.property(fc.double({ min: 8, max: 20, noNaN: true }), fc.nat(kinds.length - 2), (zoom, n) => {
      const width = widthOf('streets-main', zoom, kinds[n])
      expect(widthOf('streets-main', zoom, kinds[n + 1])).toBeGreaterThanOrEqual(width)
      expect(widthOf('streets-main-casing', zoom, kinds[n])).toBeGreaterThan(width)
    }),
  )
})
