import type { ViewBounds } from '../shell/view-bounds.ts'
import type { LngLatLike, Map as MapLibreMap } from 'maplibre-gl'
import { ref, shallowRef } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import { takePicture } from './take-picture.ts'
import type { DrawOnPicture } from './take-picture.ts'

/** Draws sources, layers and listeners on a map whose style is loaded. */
export type DrawOverlay = (map: MapLibreMap) => void

export interface PictureOptions {
  /** Burnt in at the lower left: a time, a title. */
  readonly caption?: string
}

export interface FleetMap {
  /** Undefined until the map stands with its style: `whenReady` waits for it. It stays the same map while the page is open. */
  readonly map: ShallowRef<MapLibreMap | undefined>
  /** Never settles where the browser has no WebGL 2: the page says so in the map's place. */
  readonly whenReady: () => Promise<MapLibreMap>
  /** What is in view, degrees; the box around it when the map is rotated; the whole world before the map stands. */
  readonly bounds: Ref<ViewBounds>
  /** To the city's bounds, north up. */
  readonly goHome: () => void
  /** @param zoom at least this; where the map is nearer already it stays so */
  readonly flyTo: (lngLat: LngLatLike, options?: { readonly zoom?: number }) => void
  readonly fitBounds: (bounds: ViewBounds) => void
  /**
   * Adds an overlay now or as soon as the map stands; that is once: a change between dark and light replaces nothing, and sources,
   * layers, data and camera stay.
   * @param id the same id again takes the place of an overlay that has not been drawn yet
   * @returns forgets an overlay that has not been drawn; removing what was drawn is the caller's
   */
  readonly addOverlay: (id: string, draw: DrawOverlay) => () => void
  /** The layer before which an overlay's areas go, so that names stay legible: `map.addLayer(layer, labelLayer())`. */
  readonly labelLayer: () => string | undefined
  /** What others draw above the map, in this order: a canvas of vehicles. Returns how to take it away. */
  readonly addToPicture: (draw: DrawOnPicture) => () => void
  /**
   * A PNG of the map as it is seen, with what is drawn above it, scale, attribution and a caption.
   * @throws Error when the map is not ready yet, or the browser makes no PNG
   */
  readonly exportPicture: (options?: PictureOptions) => Promise<Blob>
}

/** What FleetMap.vue does with the map that it makes. */
export interface FleetMapStand {
  /** Where home is; null is the whole world. */
  home: ViewBounds | null
  /** Credits of what is drawn, as plain text. */
  attribution: () => string
  /** Told once, when the map's style is loaded. */
  stand: (map: MapLibreMap) => void
}

const WORLD: ViewBounds = [-180, -85, 180, 85]
const HOME_PADDING_PX = 12
const ANIMATION_MS = 600

const createFleetMap = (): FleetMap & { readonly inside: FleetMapStand } => {
  const map = shallowRef<MapLibreMap>()
  const bounds = ref<ViewBounds>(WORLD)
  const ready = Promise.withResolvers<MapLibreMap>()
  const overlays = new Map<string, DrawOverlay>()
  const drawn = new Set<DrawOnPicture>()
  const inside: FleetMapStand = {
    home: null,
    attribution: () => '',
    stand: (made) => {
      map.value = made
      bounds.value = viewBounds(made)
      made.on('move', () => (bounds.value = viewBounds(made)))
      made.on('resize', () => (bounds.value = viewBounds(made)))
      for (const draw of overlays.values()) draw(made)
      overlays.clear()
      ready.resolve(made)
    },
  }
  const fitBounds = (
    to: ViewBounds,
    options: { bearing?: number; duration?: number } = {},
    told: { isHome?: boolean } = {},
  ): void => {
    const [west, south, east, north] = to
    map.value?.fitBounds(
      [west, south, east, north],
      { padding: HOME_PADDING_PX, maxZoom: 17, duration: ANIMATION_MS, ...options },
      told,
    )
  }
  return {
    inside,
    map,
    whenReady: () => ready.promise,
    bounds,
    goHome: () => fitBounds(inside.home ?? WORLD, { bearing: 0 }, { isHome: true }),
    flyTo: (center, { zoom = 0 } = {}) => {
      const to = map.value
      if (to !== undefined) to.easeTo({ center, zoom: Math.max(zoom, to.getZoom()), duration: ANIMATION_MS })
    },
    fitBounds: (to) => fitBounds(to, map.value === undefined ? {} : { bearing: map.value.getBearing() }),
    addOverlay: (id, draw) => {
      if (map.value === undefined) overlays.set(id, draw)
      else draw(map.value)
      return () => {
        if (overlays.get(id) === draw) overlays.delete(id)
      }
    },
    labelLayer: () => map.value?.getLayersOrder().find((id) => map.value?.getLayer(id)?.type === 'symbol'),
    addToPicture: (draw) => {
      drawn.add(draw)
      return () => void drawn.delete(draw)
    },
    exportPicture: async ({ caption } = {}) => {
      if (map.value === undefined) throw new Error('The map is not ready yet. Try again in a moment.')
      return await takePicture(map.value, { drawn, attribution: inside.attribution(), caption })
    },
  }
}

const viewBounds = (map: MapLibreMap): ViewBounds => {
  const around = map.getBounds()
  return [around.getWest(), around.getSouth(), around.getEast(), around.getNorth()]
}

const { inside, ...fleetMap } = createFleetMap()

/** The one map of the page; FleetMap.vue makes it. */
export const useFleetMap = (): FleetMap => fleetMap

/** For FleetMap.vue alone. */
export const fleetMapStand: FleetMapStand = inside
