import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl'
import type { Shape } from '../request/search-request.ts'

const SOURCE = 'fleet-area'
const FILL = 'fleet-area-fill'
const LINE = 'fleet-area-line'

const dataOf = (shapes: readonly Shape[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features: shapes.map((shape) => ({
    type: 'Feature',
    properties: {},
    geometry: { type: 'Polygon', coordinates: shape.map((ring) => ring.map(([x, y]) => [x, y])) },
  })),
})

export interface AreaLook {
  readonly colour: string
  /** What the areas' fill is drawn below: `useFleetMap().labelLayer()`. */
  readonly beforeLayer: string | undefined
}

/** Draws areas, holes spared, in the place of those before. */
export const showAreas = (map: MapLibreMap, shapes: readonly Shape[], { colour, beforeLayer }: AreaLook): void => {
  const source = map.getSource<GeoJSONSource>(SOURCE)
  if (source === undefined) {
    map.addSource(SOURCE, { type: 'geojson', data: dataOf(shapes), attribution: '', tolerance: 0 })
    map.addLayer({ id: FILL, type: 'fill', source: SOURCE, paint: { 'fill-opacity': 0.14 } }, beforeLayer)
    map.addLayer({ id: LINE, type: 'line', source: SOURCE, paint: { 'line-width': 2 } }, beforeLayer)
  } else {
    void source.setData(dataOf(shapes))
  }
  map.setPaintProperty(FILL, 'fill-color', colour)
  map.setPaintProperty(LINE, 'line-color', colour)
}

export const hideAreas = (map: MapLibreMap): void => {
  for (const layer of [FILL, LINE]) if (map.getLayer(layer) !== undefined) map.removeLayer(layer)
  if (map.getSource(SOURCE) !== undefined) map.removeSource(SOURCE)
}
