import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { ViewerConfig } from '../../../api/viewer-config.ts'
import { byZoom } from './by-zoom.ts'
import { MAP_PALETTES } from './map-palette.ts'
import type { MapPalette, Theme } from './map-palette.ts'
import { placeLayers, seaNameLayer, textLayer } from './name-layers.ts'
import { streetLayers, streetNameLayers } from './street-layers.ts'

export type City = NonNullable<ViewerConfig['city']>

/** The layers with the borders and names of districts; hidden until they are asked for. */
export const DISTRICT_LAYERS = ['district-borders'] as const

/**
 * The map of a city pack. Both themes have the same sources and layers and differ in `paint` alone, so that one becomes the
 * other in place, and what others have added stays.
 * @param city layers that it does not name are left out
 */
export const cityStyle = ({ theme, city }: { theme: Theme; city: City | null }): StyleSpecification => {
  const palette = MAP_PALETTES[theme]
  const layers = city?.layers ?? []
  return {
    version: 8,
    name: city?.name ?? 'Empty',
    sources: Object.fromEntries(layers.map((layer) => [layer, sourceOf(layer, city!)])),
    layers: [
      {
        id: 'background',
        type: 'background',
        paint: { 'background-color': layers.includes('extent') ? palette.unknown : palette.land },
      },
      ...cityLayers(palette).filter((layer) => !('source' in layer) || layers.includes(layer.source)),
    ],
    transition: { duration: 0, delay: 0 },
  }
}

const sourceOf = (layer: string, { attribution }: City): SourceSpecification => ({
  type: 'geojson',
  data: `/api/city/${layer}.geojson`,
  attribution,
  // Beyond this zoom tiles are the same, only larger: 8,192 units across a tile are 15 cm here.
  maxzoom: 14,
  ...SOURCE_OPTIONS[layer],
})

const SOURCE_OPTIONS: Readonly<Record<string, { buffer?: number; tolerance?: number }>> = {
  streets: { buffer: 32, tolerance: 0.5 },
  // Its edge is drawn wider than a tile's usual margin.
  extent: { buffer: 512 },
}

const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
const isLine: ExpressionSpecification = ['==', ['geometry-type'], 'LineString']

const cityLayers = (palette: MapPalette): LayerSpecification[] => {
  const streets = { source: 'streets', kind: ['get', 'highway'] as ExpressionSpecification }
  const { text } = palette
  return [
    { id: 'land', type: 'fill', source: 'extent', filter: isArea, paint: { 'fill-color': palette.land } },
    { id: 'parks', type: 'fill', source: 'parks', paint: { 'fill-color': palette.park } },
    {
      // Below the sea: on it borders mean nothing.
      id: 'district-borders',
      type: 'line',
      source: 'districts',
      layout: { visibility: 'none', 'line-join': 'round' },
      paint: { 'line-color': palette.district, 'line-width': byZoom({ 10: 1.2, 16: 5 }, 1) },
    },
    { id: 'sea', type: 'fill', source: 'sea', paint: { 'fill-color': palette.sea } },
    { id: 'beaches', type: 'fill', source: 'beaches', paint: { 'fill-color': palette.beach } },
    { id: 'water', type: 'fill', source: 'water', filter: isArea, paint: { 'fill-color': palette.water } },
    {
      id: 'waterways',
      type: 'line',
      source: 'water',
      filter: isLine,
      minzoom: 11,
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': palette.water,
        'line-width': byZoom({
          11: ['match', ['get', 'waterway'], 'river', 1.2, 0.4],
          15: ['match', ['get', 'waterway'], 'river', 4, 1.6],
          18: ['match', ['get', 'waterway'], 'river', 14, 6],
        }),
      },
    },
    ...streetLayers(streets, palette),
    {
      // Where the map ends it fades: what is beyond is not known to be empty.
      id: 'extent-edge',
      type: 'line',
      source: 'extent',
      filter: isLine,
      paint: {
        'line-color': palette.unknown,
        'line-width': byZoom({ 9: 24, 13: 160 }, 1.3),
        'line-blur': byZoom({ 9: 12, 13: 80 }, 1.3),
      },
    },
    ...streetNameLayers(streets, palette),
    textLayer({ id: 'park-names', source: 'parks', minzoom: 14.5, color: text.park, halo: text.halo }),
    textLayer({ id: 'beach-names', source: 'beaches', minzoom: 13.5, color: text.beach, halo: text.halo }),
    textLayer({
      id: 'water-names',
      source: 'water',
      minzoom: 13,
      color: text.water,
      halo: text.waterHalo,
      placement: 'line',
    }),
    seaNameLayer(palette),
    ...placeLayers({ source: 'places', kind: ['get', 'place'] }, palette),
  ]
}
