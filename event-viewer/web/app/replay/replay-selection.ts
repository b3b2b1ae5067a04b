import type { FoundRows } from '@fleetlake/viewer-core'
import { readonly, ref, watch, type Ref, type ShallowRef } from 'vue'
import { useFleetMap } from '../map/use-fleet-map.ts'
import type { VehicleLayer } from '../vehicles/scene.ts'
import type { Playback } from './clock/playback.ts'
import { nextReport, previousReport } from './vehicles/report-times.ts'

/** Near enough to see which way a vehicle goes. */
const FOLLOW_ZOOM = 14
/** Less than a pixel at any zoom: the map may rest. */
const RESTS_DEGREES = 1e-7

/** The vehicle that is looked at, index into `FoundRows.ids`: it is ringed, and the map goes along with it if wished. */
export interface ReplaySelection {
  readonly selected: Readonly<Ref<number | undefined>>
  readonly isFollowing: Readonly<Ref<boolean>>
  select(vehicle: number | undefined): void
  /** Where the vehicle is nowhere now, time goes to its next report, unless it is to stand. */
  follow(vehicle: number, options?: { readonly isTimeFixed?: boolean }): void
  stopFollowing(): void
  /** Puts the followed vehicle into the middle of the map, where it is at that time. */
  centre(time: number): void
  /** Whether the replay is what is shown. */
  setShown(isShown: boolean): void
}

export interface SelectionOptions {
  readonly layer: VehicleLayer
  readonly found: Readonly<ShallowRef<FoundRows | undefined>>
  readonly playback: Pick<Playback, 'clock' | 'seek'>
}

export const createSelection = ({ layer, found, playback }: SelectionOptions): ReplaySelection => {
  const { map, flyTo } = useFleetMap()
  const selected = ref<number>()
  const isFollowing = ref(false)
  let isShown = false
  /** The map is being moved from here. */
  let isCentring = false

  const onDrag = (): void => {
    if (isShown) isFollowing.value = false
  }
  const centre = (time: number): void => {
    // What moves it meanwhile is a hand at the wheel, or the flight to the vehicle.
    if (!isFollowing.value || selected.value === undefined || !isShown || map.value?.isMoving() !== false) return
    const place = placeAt(selected.value, time)
    if (place === undefined) return
    const { lng, lat } = map.value.getCenter()
    if (Math.abs(lng - place[0]) + Math.abs(lat - place[1]) < RESTS_DEGREES) return
    isCentring = true
    map.value.jumpTo({ center: place })
    isCentring = false
  }
  watch(
    map,
    (each) => {
      // Who takes the map in hand goes along no more.
      each?.on('dragstart', onDrag)
      // Time may have gone on during a flight.
      each?.on('moveend', () => isCentring || centre(playback.clock.value.time))
    },
    { immediate: true },
  )

  const select = (vehicle: number | undefined): void => {
    if (vehicle !== selected.value) isFollowing.value = false
    selected.value = vehicle
    // Each scene has a ring of its own; the other one's is not to be touched.
    if (isShown) layer.highlight(vehicle)
  }
  const placeAt = (vehicle: number, time: number): [number, number] | undefined => {
    const place = layer.replay.placeOf(vehicle, time)
    return place === undefined ? undefined : [place.longitude, place.latitude]
  }
  const follow: ReplaySelection['follow'] = (vehicle, { isTimeFixed = false } = {}) => {
    const rows = found.value
    if (rows === undefined) return
    const { time } = playback.clock.value
    if (!isTimeFixed && placeAt(vehicle, time) === undefined) {
      const report = nextReport(rows, time, vehicle) ?? previousReport(rows, time, vehicle)
      if (report !== undefined) playback.seek(report)
    }
    select(vehicle)
    isFollowing.value = true
    const place = placeAt(vehicle, playback.clock.value.time)
    if (place !== undefined) flyTo(place, { zoom: FOLLOW_ZOOM })
  }
  return {
    selected: readonly(selected),
    isFollowing: readonly(isFollowing),
    select,
    follow,
    stopFollowing: () => {
      isFollowing.value = false
    },
    centre,
    setShown: (is) => {
      isShown = is
      if (is) layer.highlight(selected.value)
    },
  }
}
