import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { byZoom } from './by-zoom.ts'
import type { MapPalette } from './map-palette.ts'
import { FONT } from './name-layers.ts'
import { byClass, MAIN_KINDS, rankOf, streetWidth, WALKED_KINDS } from './street-class.ts'

/** Where streets come from: a source, the layer in it, and the property that holds a feature's class. */
export interface StreetSource {
  readonly source: string
  readonly sourceLayer?: string
  /** A class of OpenStreetMap's `highway`: `trunk`, `residential`, `primary_link`, … */
  readonly kind: ExpressionSpecification
}

/** Casings below, then the streets, widest on top; small streets only from near by. */
export const streetLayers = ({ kind, ...from }: StreetSource, palette: MapPalette): LayerSpecification[] => {
  const { casing, ...colors } = palette.street
  const layout = {
    'line-cap': 'round',
    'line-join': 'round',
    'line-sort-key': byClass(kind, rankOf),
  }
  const layer = (
    id: string,
    isMain: boolean,
    minzoom: number,
    paint: Readonly<Record<string, unknown>>,
  ): LayerSpecification =>
    ({
      id,
      type: 'line',
      ...placeOf(from),
      minzoom,
      filter: ['all', ['==', ['geometry-type'], 'LineString'], isOf(kind, isMain)],
      layout,
      paint,
    }) as unknown as LayerSpecification
  const cased = { 'line-color': casing, 'line-width': streetWidth(kind, 'casing') }
  const filled = { 'line-color': byClass(kind, (each) => colors[each]), 'line-width': streetWidth(kind, 'street') }
  return [
    layer('streets-small-casing', false, 14, cased),
    layer('streets-main-casing', true, 9, cased),
    layer('streets-small', false, 10.5, { ...filled, 'line-opacity': byZoom({ 11: 0.5, 13: 1 }, 1) }),
    layer('streets-main', true, 0, filled),
  ]
}

/** Names along the streets; those of wide streets first. */
export const streetNameLayers = ({ kind, ...from }: StreetSource, palette: MapPalette): LayerSpecification[] => {
  const layer = (id: string, isMain: boolean, minzoom: number): LayerSpecification =>
    ({
      id,
      type: 'symbol',
      ...placeOf(from),
      minzoom,
      filter: isOf(kind, isMain),
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 320,
        'symbol-sort-key': byClass(kind, (each) => -rankOf(each)),
        'text-field': ['get', 'name'],
        'text-font': FONT.medium,
        'text-size': byZoom({ 13: isMain ? 10.5 : 10, 17: isMain ? 14 : 12.5, 20: 18 }, 1.2),
        'text-letter-spacing': 0.02,
        'text-max-angle': 32,
        'text-padding': 4,
        'text-rotation-alignment': 'map',
      },
      paint: { 'text-color': palette.text.street, 'text-halo-color': palette.text.halo, 'text-halo-width': 1.4 },
    }) as unknown as LayerSpecification
  return [layer('street-names-main', true, 13), layer('street-names-small', false, 15)]
}

const placeOf = ({ source, sourceLayer }: Omit<StreetSource, 'kind'>): Readonly<Record<string, string>> => ({
  source,
  ...(sourceLayer === undefined ? {} : { 'source-layer': sourceLayer }),
})

const isOf = (kind: ExpressionSpecification, isMain: boolean): ExpressionSpecification =>
  (isMain
    ? ['match', kind, MAIN_KINDS, true, false]
    : ['match', kind, [...MAIN_KINDS, ...WALKED_KINDS], false, true]) as ExpressionSpecification
