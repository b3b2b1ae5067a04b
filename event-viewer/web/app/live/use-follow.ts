import { useRafFn } from '@vueuse/core'
import type { Map as MapLibreMap } from 'maplibre-gl'
import { onUnmounted, watch } from 'vue'
import { useFleetMap } from '../map/use-fleet-map.ts'
import { useVehicleLayer } from '../vehicles/use-vehicle-layer.ts'
import { useLive } from './use-live.ts'

const FOLLOW_ZOOM = 14
/** The map closes two thirds of what is between its middle and the vehicle in this time: steps become glides. */
const EASE_MS = 120
/** Less than a pixel at any zoom: the map may rest. */
const RESTS_DEGREES = 1e-7

/** The map keeps the followed vehicle in its middle as long as the calling page is shown; a drag by hand, or the way home, ends the following. */
export const useFollow = (): void => {
  const { selected, isFollowing } = useLive()
  const { map, flyTo } = useFleetMap()
  const layer = useVehicleLayer()

  const place = (): { longitude: number; latitude: number } | undefined =>
    (selected.vehicle.value === undefined
      ? undefined
      : layer.live.placeOf(selected.vehicle.value, performance.now())) ?? selected.report.value

  const { pause, resume } = useRafFn(
    ({ delta }) => {
      const to = place()
      // What moves it is a hand at the wheel, or the flight to the vehicle.
      if (map.value === undefined || to === undefined || map.value.isMoving()) return
      const { lng, lat } = map.value.getCenter()
      const part = 1 - Math.exp(-delta / EASE_MS)
      const dx = ((((to.longitude - lng + 180) % 360) + 360) % 360) - 180
      const dy = to.latitude - lat
      if (Math.abs(dx) + Math.abs(dy) < RESTS_DEGREES) return
      map.value.jumpTo({ center: [lng + dx * part, lat + dy * part] })
    },
    { immediate: false },
  )

  const end = (): void => {
    isFollowing.value = false
  }
  const endAtHome = (event: object): void => {
    if ('isHome' in event) end()
  }
  const begin = (on: MapLibreMap): void => {
    zoomAround(on, 'center')
    on.on('dragstart', end)
    on.on('movestart', endAtHome)
    const to = place()
    if (to !== undefined) flyTo([to.longitude, to.latitude], { zoom: FOLLOW_ZOOM })
    resume()
  }
  const leave = (on: MapLibreMap): void => {
    pause()
    on.off('dragstart', end)
    on.off('movestart', endAtHome)
    zoomAround(on, 'pointer')
  }
  let followedOn: MapLibreMap | undefined
  const become = (on: MapLibreMap | undefined): void => {
    if (followedOn !== undefined) leave(followedOn)
    followedOn = on
    if (on !== undefined) begin(on)
  }
  watch([map, isFollowing], ([on, is]) => become(is ? on : undefined), { immediate: true })
  onUnmounted(() => become(undefined))
}

/** Where the place stays that one zooms at. */
const zoomAround = (map: MapLibreMap, around: 'center' | 'pointer'): void => {
  for (const handler of [map.scrollZoom, map.touchZoomRotate]) {
    handler.disable()
    handler.enable(around === 'center' ? { around } : undefined)
  }
}
