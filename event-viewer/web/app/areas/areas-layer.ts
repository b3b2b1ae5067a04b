import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap, SymbolLayerSpecification } from 'maplibre-gl'
import type { KnownArea } from '../../api/areas.ts'
import { FONT } from '../map/style/name-layers.ts'
import { runInSlices } from '../shell/run-in-slices.ts'
import { polygonsOf } from './find-areas.ts'
import { labelsOf, namesThatFit, zoomStep } from './label-areas.ts'

const SOURCE = 'fleet-areas'
const FILL = 'fleet-areas-fill'
const LINE = 'fleet-areas-line'
const NAMES = 'fleet-areas-names'

const NAME_PX = 12
const NAME_MARGIN_PX = 3
/** No name is as long. */
const ONE_LINE_EM = 1_000

/** How areas look. */
export interface AreaLook {
  /** Of areas that have no colour. */
  readonly colour: string
  /** Of their names, and of what is around the letters. */
  readonly text: string
  readonly halo: string
  /** What they are drawn below. */
  readonly beforeLayer: string | undefined
}

const dataOf = (areas: readonly KnownArea[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features: areas.map((area) => ({
    type: 'Feature',
    properties: area.colour === undefined ? {} : { colour: area.colour },
    geometry: {
      type: 'MultiPolygon',
      coordinates: polygonsOf(area).map((polygon) => polygon.map((ring) => ring.map(([x, y]) => [x, y]))),
    },
  })),
})

/** Names are placed for these. */
let labelled: readonly KnownArea[] | undefined
/** The step of the zoom that names are shown of. */
let shownZoom = 0

/** Draws areas, thinly, in their own colours or else in one, with the names of those that are larger than their names, in the place of those before. */
export const showAllAreas = (map: MapLibreMap, areas: readonly KnownArea[], look: AreaLook): void => {
  const { colour, text, halo, beforeLayer } = look
  const source = map.getSource<GeoJSONSource>(SOURCE)
  if (source === undefined) {
    map.addSource(SOURCE, { type: 'geojson', data: dataOf(areas), attribution: '' })
    map.addLayer({ id: FILL, type: 'fill', source: SOURCE, paint: { 'fill-opacity': 0.07 } }, beforeLayer)
    map.addLayer(
      { id: LINE, type: 'line', source: SOURCE, paint: { 'line-width': 1.25, 'line-opacity': 0.8 } },
      beforeLayer,
    )
    addNames(map, beforeLayer)
  } else {
    void source.setData(dataOf(areas))
  }
  map.setPaintProperty(FILL, 'fill-color', ['coalesce', ['get', 'colour'], colour])
  map.setPaintProperty(LINE, 'line-color', ['coalesce', ['get', 'colour'], colour])
  map.setPaintProperty(NAMES, 'text-color', text)
  map.setPaintProperty(NAMES, 'text-halo-color', halo)
  void placeNames(map, areas)
}

export const hideAllAreas = (map: MapLibreMap): void => {
  labelled = undefined
  map.off('zoom', onZoom)
  for (const layer of [FILL, LINE, NAMES]) if (map.getLayer(layer) !== undefined) map.removeLayer(layer)
  for (const source of [SOURCE, NAMES]) if (map.getSource(source) !== undefined) map.removeSource(source)
}

/** On top of all other names, which make way for them; of two that meet that of the larger area stays. */
const addNames = (map: MapLibreMap, nameLayer: string | undefined): void => {
  const font = fontOf(map, nameLayer)
  shownZoom = zoomStep(map.getZoom())
  map.on('zoom', onZoom)
  map.addSource(NAMES, { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, attribution: '' })
  map.addLayer({
    id: NAMES,
    type: 'symbol',
    source: NAMES,
    filter: namesThatFit(shownZoom),
    layout: {
      'text-field': ['get', 'name'],
      ...(font === undefined ? {} : { 'text-font': font }),
      'text-size': NAME_PX,
      'text-max-width': ONE_LINE_EM,
      'text-padding': NAME_MARGIN_PX,
      'symbol-sort-key': ['get', 'minZoom'],
    },
    paint: { 'text-halo-width': 1.6, 'text-halo-blur': 0.4 },
  })
}

const onZoom = ({ target: map }: { readonly target: MapLibreMap }): void => {
  const zoom = zoomStep(map.getZoom())
  if (zoom === shownZoom) return
  shownZoom = zoom
  map.setFilter(NAMES, namesThatFit(zoom))
}

type Font = NonNullable<NonNullable<SymbolLayerSpecification['layout']>['text-font']>

/** A style that brings its own glyphs has them for its own fonts alone. */
const fontOf = (map: MapLibreMap, nameLayer: string | undefined): Font | undefined => {
  if (map.getGlyphs() === null) return [...FONT.medium]
  return nameLayer === undefined ? undefined : map.getLayoutProperty(nameLayer, 'text-font')
}

/** The names come a moment later where there are many areas. */
const placeNames = async (map: MapLibreMap, areas: readonly KnownArea[]): Promise<void> => {
  if (labelled === areas) return
  labelled = areas
  const context = document.createElement('canvas').getContext('2d')!
  context.font = `500 ${NAME_PX}px ${FONT.medium.join(', ')}`
  const sizeOf = (name: string) => ({
    width: context.measureText(name).width + 2 * NAME_MARGIN_PX,
    height: NAME_PX + 2 * NAME_MARGIN_PX,
  })
  const isOvertaken = (): boolean => labelled !== areas
  const labels = await runInSlices(labelsOf(areas, sizeOf), isOvertaken)
  if (labels !== undefined && !isOvertaken()) void map.getSource<GeoJSONSource>(NAMES)?.setData(labels)
}
