import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl'

/** Gives the layers of a style that are on the map its paint; all else on the map stays as it is. */
export const paintTheme = (map: MapLibreMap, style: StyleSpecification): void => {
  for (const { id, paint } of style.layers) {
    if (map.getLayer(id) === undefined) continue
    for (const [property, value] of Object.entries(paint ?? {})) {
      map.setPaintProperty(id, property as Parameters<MapLibreMap['setPaintProperty']>[1], value, { validate: false })
    }
  }
}
