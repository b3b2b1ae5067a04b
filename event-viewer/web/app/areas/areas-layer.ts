import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl'
import type { KnownArea } from '../../api/areas.ts'
import { polygonsOf } from './find-areas.ts'

const SOURCE = 'fleet-areas'
const FILL = 'fleet-areas-fill'
const LINE = 'fleet-areas-line'

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

/** Draws areas, thinly, in their own colours or else in this one, in the place of those before. */
export const showAllAreas = (
  map: MapLibreMap,
  areas: readonly KnownArea[],
  { colour, beforeLayer }: { readonly colour: string; readonly beforeLayer: string | undefined },
): void => {
  const source = map.getSource<GeoJSONSource>(SOURCE)
  if (source === undefined) {
    map.addSource(SOURCE, { type: 'geojson', data: dataOf(areas), attribution: '' })
    map.addLayer({ id: FILL, type: 'fill', source: SOURCE, paint: { 'fill-opacity': 0.07 } }, beforeLayer)
    map.addLayer(
      { id: LINE, type: 'line', source: SOURCE, paint: { 'line-width': 1.25, 'line-opacity': 0.8 } },
      beforeLayer,
    )
  } else {
    void source.setData(dataOf(areas))
  }
  map.setPaintProperty(FILL, 'fill-color', ['coalesce', ['get', 'colour'], colour])
  map.setPaintProperty(LINE, 'line-color', ['coalesce', ['get', 'colour'], colour])
}

export const hideAllAreas = (map: MapLibreMap): void => {
  for (const layer of [FILL, LINE]) if (map.getLayer(layer) !== undefined) map.removeLayer(layer)
  if (map.getSource(SOURCE) !== undefined) map.removeSource(SOURCE)
}
