import type { Map as MapLibreMap } from 'maplibre-gl'

/** The mark that `performance.getEntriesByName` finds when the map was first drawn whole. */
export const FIRST_MAP_MARK = 'fleet:first-map'

/** Marks the first time that the map is drawn with all that is in view: streets and names. */
export const markFirstMap = (map: MapLibreMap): void => {
  const look = (): void => {
    const isEmpty = Object.keys(map.style.tileManagers).length === 0
    if (!isEmpty && !map.areTilesLoaded()) return
    map.off('idle', look)
    performance.mark(FIRST_MAP_MARK)
  }
  map.on('idle', look)
}
