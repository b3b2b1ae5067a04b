import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl'
import type { VehiclePath } from './vehicle-path.ts'

/** A path, and what of it is shown: the one that is chosen, and the one that is pointed at. */
export type PathRole = 'selected' | 'hovered'

export interface PathLook {
  readonly line: string
  readonly casing: string
}

const sourceOf = (role: PathRole): string => `fleet-path-${role}`
const layersOf = (role: PathRole): [casing: string, line: string, dots: string] => [
  `${sourceOf(role)}-casing`,
  `${sourceOf(role)}-line`,
  `${sourceOf(role)}-dots`,
]
const WIDTHS: Readonly<Record<PathRole, number>> = { selected: 3.5, hovered: 2 }

const dataOf = (path: VehiclePath | undefined): FeatureCollection => ({
  type: 'FeatureCollection',
  features:
    path === undefined
      ? []
      : [
          {
            type: 'Feature',
            properties: {},
            geometry: { type: 'MultiLineString', coordinates: path.lines.map((line) => [...line]) },
          },
          { type: 'Feature', properties: {}, geometry: { type: 'MultiPoint', coordinates: [...path.dots] } },
        ],
})

/** Draws a path in the place of the one before; undefined for none. */
export const showPath = (map: MapLibreMap, role: PathRole, path: VehiclePath | undefined, look: PathLook): void => {
  const [casing, line, dots] = layersOf(role)
  const source = map.getSource<GeoJSONSource>(sourceOf(role))
  if (source !== undefined) void source.setData(dataOf(path))
  else {
    map.addSource(sourceOf(role), { type: 'geojson', data: dataOf(path), attribution: '' })
    const layout = { 'line-cap': 'round', 'line-join': 'round' } as const
    const width = WIDTHS[role]
    const isLine = ['==', ['geometry-type'], 'LineString'] as const
    const common = { source: sourceOf(role), layout, filter: [...isLine] as ['==', ['geometry-type'], 'LineString'] }
    map.addLayer({ id: casing, type: 'line', ...common, paint: { 'line-width': width + 3, 'line-opacity': 0.8 } })
    map.addLayer({ id: line, type: 'line', ...common, paint: { 'line-width': width } })
    map.addLayer({
      id: dots,
      type: 'circle',
      source: sourceOf(role),
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': width, 'circle-stroke-width': 1.5 },
    })
  }
  map.setPaintProperty(casing, 'line-color', look.casing)
  map.setPaintProperty(line, 'line-color', look.line)
  map.setPaintProperty(dots, 'circle-color', look.line)
  map.setPaintProperty(dots, 'circle-stroke-color', look.casing)
}

export const hidePath = (map: MapLibreMap, role: PathRole): void => {
  for (const layer of layersOf(role)) if (map.getLayer(layer) !== undefined) map.removeLayer(layer)
  if (map.getSource(sourceOf(role)) !== undefined) map.removeSource(sourceOf(role))
}
