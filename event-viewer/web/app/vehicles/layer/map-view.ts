import type { Map as MapLibreMap } from 'maplibre-gl'
import { cameraOf, type Camera } from '../geometry/camera.ts'

/**
 * The camera of a map without pitch, as it is now.
 * @param size of the map, CSS pixels: asking the page for it in every frame would make it lay itself out
 */
export const cameraOfMap = (map: MapLibreMap, size: { readonly width: number; readonly height: number }): Camera => {
  const centre = map.getCenter()
  const { x, y } = map.project(centre)
  return cameraOf({
    longitude: centre.lng,
    latitude: centre.lat,
    zoom: map.getZoom(),
    bearing: map.getBearing(),
    width: size.width,
    height: size.height,
    x,
    y,
  })
}

export const sizeOfMap = (map: MapLibreMap): { readonly width: number; readonly height: number } => ({
  width: map.getCanvas().clientWidth,
  height: map.getCanvas().clientHeight,
})
