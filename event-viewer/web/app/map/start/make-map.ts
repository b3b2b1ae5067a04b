import { AttributionControl, Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl'
import type { StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import type { ViewBounds } from '../../shell/view-bounds.ts'
import { fontFaces } from './map-font-files.ts'
import type { MapView } from './map-hash.ts'

export interface MapToMake {
  readonly container: HTMLElement
  readonly style: StyleSpecification
  /** Where to look first; without one at home. */
  readonly view: MapView | undefined
  readonly home: ViewBounds | null
}

/** Turning snaps to north within these degrees. */
const NORTH_SNAP_DEGREES = 5

/**
 * A map that is never tilted, and in Web Mercator: a place on the screen is an affine function of its Mercator coordinates, which
 * what is drawn above the map relies on.
 * @throws GPUInitializationError when the browser gives no WebGL 2
 */
export const makeMap = ({ container, style, view, home }: MapToMake): MapLibreMap => {
  setWorkerUrl(new URL(workerUrl, document.baseURI).href)
  const map = new MapLibreMap({
    container,
    style: withFonts(style),
    ...(view === undefined
      ? {
          bounds: [...(home ?? [-180, -70, 180, 75])] as [number, number, number, number],
          fitBoundsOptions: { padding: 12 },
        }
      : { center: [view.longitude, view.latitude] as [number, number], zoom: view.zoom, bearing: view.bearing }),
    attributionControl: false,
    bearingSnap: NORTH_SNAP_DEGREES,
    maxPitch: 0,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
    renderWorldCopies: false,
    maxZoom: 20,
    locale: { 'Map.Title': 'Map' },
  })
  map.on('style.load', () => map.setProjection({ type: 'mercator' }))
  return map
}

/** Only where the style has no glyphs of its own. */
export const withFonts = (style: StyleSpecification): StyleSpecification =>
  style.glyphs === undefined && style['font-faces'] === undefined ? { ...style, 'font-faces': fontFaces() } : style

/** The credits of what is on the map, sanitised and kept up to date by MapLibre, as an element to be put anywhere. */
export const attributionOf = (map: MapLibreMap): Element =>
  new AttributionControl({ compact: false }).onAdd(map).querySelector('.maplibregl-ctrl-attrib-inner')!
