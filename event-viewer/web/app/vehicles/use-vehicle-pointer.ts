import { useIntervalFn } from '@vueuse/core'
import type { MapMouseEvent } from 'maplibre-gl'
import { onMounted, onUnmounted, shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { useFleetMap } from '../map/use-fleet-map.ts'
import { useVehicleLayer } from './use-vehicle-layer.ts'

/** A vehicle under the pointer; CSS pixels from the map's upper left corner. */
export interface HoveredVehicle {
  readonly id: string
  readonly x: number
  readonly y: number
}

const MOUSE_PX = 10
const FINGER_PX = 24
/** Vehicles move under a pointer that rests. */
const LOOK_MS = 150

export interface VehiclePointerOptions {
  readonly scene: 'live' | 'replay'
  /** Of the scene's number of a vehicle; undefined for one that is not known any more. */
  readonly idOf: (vehicle: number) => string | undefined
  /** A click: the number of the vehicle there, or none. */
  readonly onClick: (vehicle: number | undefined) => void
}

/** Tells the vehicle under the pointer, and what is clicked on the map, as long as the calling page is shown. */
export const useVehiclePointer = ({
  scene,
  idOf,
  onClick,
}: VehiclePointerOptions): { readonly hovered: Readonly<ShallowRef<HoveredVehicle | undefined>> } => {
  const { map, whenReady } = useFleetMap()
  const layer = useVehicleLayer()
  const hovered = shallowRef<HoveredVehicle>()
  let pointer: { readonly x: number; readonly y: number } | undefined
  let isShown = true

  const vehicleAt = (point: { readonly x: number; readonly y: number }, radiusPx: number): number | undefined => {
    const picked = layer.pick(point, radiusPx)
    return picked?.scene === scene ? picked.vehicle : undefined
  }
  const look = (): void => {
    const canvas = map.value?.getCanvas()
    if (canvas === undefined) return
    const vehicle = pointer === undefined || map.value?.isMoving() ? undefined : vehicleAt(pointer, MOUSE_PX)
    const id = vehicle === undefined ? undefined : idOf(vehicle)
    hovered.value = id === undefined ? undefined : { id, ...pointer! }
    canvas.style.cursor = id === undefined ? '' : 'pointer'
  }
  const { pause, resume } = useIntervalFn(look, LOOK_MS, { immediate: false })

  const click = ({ point, originalEvent }: MapMouseEvent): void => {
    const isFinger = originalEvent instanceof PointerEvent && originalEvent.pointerType === 'touch'
    onClick(vehicleAt(point, isFinger ? FINGER_PX : MOUSE_PX))
  }
  const onMove = ({ point }: MapMouseEvent): void => {
    pointer = { x: point.x, y: point.y }
    look()
    resume()
  }
  const onOut = (): void => {
    pointer = undefined
    pause()
    look()
  }

  onMounted(async () => {
    const ready = await whenReady()
    if (!isShown) return
    ready.on('click', click)
    if (matchMedia('(hover: hover)').matches) ready.on('mousemove', onMove)
    ready.on('mouseout', onOut)
  })
  onUnmounted(() => {
    isShown = false
    map.value?.off('click', click)
    map.value?.off('mousemove', onMove)
    map.value?.off('mouseout', onOut)
    onOut()
  })
  return { hovered: shallowReadonly(hovered) }
}
