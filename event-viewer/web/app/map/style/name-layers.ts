import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { byZoom } from './by-zoom.ts'
import type { MapPalette } from './map-palette.ts'

/** Font stacks of the style: the first is a file that comes with the page, for what it lacks the system's. */
export const FONT = {
  medium: ['Fleet Medium', 'system-ui', 'sans-serif'],
  semibold: ['Fleet Semibold', 'system-ui', 'sans-serif'],
} as const

export interface TextLayer {
  readonly id: string
  readonly source: string
  readonly sourceLayer?: string
  readonly minzoom: number
  readonly color: string
  readonly halo: string
  /** Names of lines run along them. */
  readonly placement?: 'point' | 'line'
}

/** Names of areas and waters, small. */
export const textLayer = ({
  id,
  source,
  sourceLayer,
  minzoom,
  color,
  halo,
  placement = 'point',
}: TextLayer): LayerSpecification =>
  ({
    id,
    type: 'symbol',
    source,
    ...(sourceLayer === undefined ? {} : { 'source-layer': sourceLayer }),
    minzoom,
    layout: {
      'symbol-placement': placement,
      'symbol-spacing': 400,
      'text-field': ['get', 'name'],
      'text-font': FONT.medium,
      'text-size': byZoom({ 13: 10.5, 18: 13 }, 1),
      'text-max-width': 7,
      'text-padding': 6,
    },
    paint: { 'text-color': color, 'text-halo-color': halo, 'text-halo-width': 1.2 },
  }) as unknown as LayerSpecification

/** The name of the sea, far from the shore. */
export const seaNameLayer = ({ text }: MapPalette): LayerSpecification =>
  ({
    id: 'sea-names',
    type: 'symbol',
    source: 'places',
    maxzoom: 15,
    filter: ['==', ['get', 'place'], 'sea'],
    layout: {
      'text-field': ['get', 'name'],
      'text-font': FONT.medium,
      'text-size': byZoom({ 8: 11, 14: 20 }, 1),
      'text-letter-spacing': 0.25,
    },
    paint: { 'text-color': text.water, 'text-halo-color': text.waterHalo, 'text-halo-width': 1 },
  }) as unknown as LayerSpecification

export interface PlaceSource {
  readonly source: string
  readonly sourceLayer?: string
  /** A value of OpenStreetMap's `place`. */
  readonly kind: ExpressionSpecification
}

/** Names of places: of towns from afar, of suburbs in the city, of neighbourhoods near by. */
export const placeLayers = ({ source, sourceLayer, kind }: PlaceSource, palette: MapPalette): LayerSpecification[] => {
  const { text } = palette
  const layer = (
    id: string,
    kinds: readonly string[],
    zooms: { minzoom?: number; maxzoom?: number },
    layout: Record<string, unknown>,
    color: string,
  ): LayerSpecification =>
    ({
      id,
      type: 'symbol',
      source,
      ...(sourceLayer === undefined ? {} : { 'source-layer': sourceLayer }),
      ...zooms,
      filter: ['match', kind, kinds, true, false],
      layout: { 'text-field': ['get', 'name'], 'text-max-width': 7, 'text-padding': 8, ...layout },
      paint: { 'text-color': color, 'text-halo-color': text.halo, 'text-halo-width': 1.6, 'text-halo-blur': 0.4 },
    }) as unknown as LayerSpecification
  return [
    layer(
      'neighbourhoods',
      ['neighbourhood', 'quarter', 'hamlet', 'village', 'locality'],
      { minzoom: 13.5 },
      {
        'text-font': FONT.medium,
        'text-size': byZoom({ 13: 10.5, 17: 14 }, 1),
      },
      text.suburb,
    ),
    layer(
      'suburbs',
      ['suburb', 'borough'],
      { minzoom: 11.2, maxzoom: 17 },
      {
        'text-font': FONT.semibold,
        'text-size': byZoom({ 11: 10.5, 14: 13.5, 17: 18 }, 1),
        'text-transform': 'uppercase',
        'text-letter-spacing': 0.08,
      },
      text.suburb,
    ),
    layer(
      'towns',
      ['city', 'town'],
      { maxzoom: 12.5 },
      {
        'text-font': FONT.semibold,
        'text-size': byZoom({ 6: 12, 12: 20 }, 1),
        'symbol-sort-key': ['length', ['get', 'name']],
      },
      text.place,
    ),
  ]
}
