import { Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { screenX, screenY } from '../app/vehicles/geometry/camera.ts'
import { cameraOfMap, sizeOfMap } from '../app/vehicles/layer/map-view.ts'
import { ringX, ringY } from '../app/vehicles/geometry/mercator-ring.ts'
import { createTypePalette } from '../app/vehicles/looks/palette.ts'
import { createVehicleLayer } from '../app/vehicles/layer/vehicle-layer.ts'
import { measureLive, measureLoad, measureReplay, measureSeeks } from './measure.ts'
import { createParticleLayer } from './particle-layer.ts'
import { createSyntheticFleet, frameOf, TYPES } from './synthetic-fleet.ts'

/** A bare map with the vehicle layer, for measuring and testing it; `globalThis.bench` is what the scripts call. */
const theme = new URLSearchParams(location.search).get('theme') === 'light' ? 'light' : 'dark'

setWorkerUrl(workerUrl)
const map = new MapLibreMap({
  container: 'map',
  center: [-56.17, -34.88],
  zoom: 12,
  attributionControl: false,
  style: {
    version: 8,
    sources: {},
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': theme === 'dark' ? '#16202e' : '#eef1f4' } },
    ],
  },
})
const whenMap = new Promise<MapLibreMap>((resolve) => {
  map.once('load', () => resolve(map))
})
const palette = createTypePalette(TYPES)
const layer = createVehicleLayer(whenMap, palette)
layer.setTheme(theme)

const api = {
  ready: () => layer.ready,
  map,
  layer,
  palette,
  createSyntheticFleet,
  particles: () => createParticleLayer(map),
  measureLive,
  measureReplay,
  measureLoad,
  measureSeeks,
  frameOf,
  frameCount: () => layer.framesDrawn(),
  /** How far the layer's camera is from MapLibre's own projection, CSS pixels. */
  cameraError: (longitude: number, latitude: number): number => {
    const expected = map.project([longitude, latitude])
    const camera = cameraOfMap(map, sizeOfMap(map))
    const [x, y] = [ringX(longitude), ringY(latitude)]
    return Math.hypot(screenX(camera, x, y) - expected.x, screenY(camera, x, y) - expected.y)
  },
  /** Red, green, blue and alpha of what the layer draws now, at points in CSS pixels. */
  colours: (points: readonly { readonly x: number; readonly y: number }[]): number[][] => {
    const { width, height } = sizeOfMap(map)
    const copy = new OffscreenCanvas(width, height).getContext('2d')
    if (copy === null) throw new Error('this browser has no 2D canvas')
    layer.drawNow()
    copy.drawImage(layer.canvas, 0, 0, width, height)
    return points.map(({ x, y }) => [...copy.getImageData(Math.round(x), Math.round(y), 1, 1).data])
  },
}

export type BenchPage = typeof api
Object.assign(globalThis, { bench: api })
