import { useIntervalFn } from '@vueuse/core'
import type { MapMouseEvent } from 'maplibre-gl'
import { onMounted, onUnmounted, shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { useFleetMap } from '../map/use-fleet-map.ts'
import { useVehicleLayer } from '../vehicles/use-vehicle-layer.ts'
import { useReplay } from './use-replay.ts'

/** A vehicle under the pointer; CSS pixels from the map's upper left corner. */
export interface PointedVehicle {
  readonly id: string
  readonly x: number
  readonly y: number
}

const MOUSE_PX = 10
const FINGER_PX = 24
/** Vehicles move under a pointer that rests. */
const LOOK_MS = 150

/** A click on the map selects the vehicle there, or none; the one under the pointer is told. As long as the calling page is shown. */
export const useReplayPointer = (): { readonly pointed: Readonly<ShallowRef<PointedVehicle | undefined>> } => {
  const { found, select } = useReplay()
  const { map, whenReady } = useFleetMap()
  const layer = useVehicleLayer()
  const pointed = shallowRef<PointedVehicle>()
  let pointer: { readonly x: number; readonly y: number } | undefined
  let isShown = true

  const vehicleAt = (point: { readonly x: number; readonly y: number }, radiusPx: number): number | undefined => {
    const picked = layer.pick(point, radiusPx)
    return picked?.scene === 'replay' ? picked.vehicle : undefined
  }
  const look = (): void => {
    const canvas = map.value?.getCanvas()
    if (canvas === undefined) return
    const vehicle = pointer === undefined || map.value?.isMoving() ? undefined : vehicleAt(pointer, MOUSE_PX)
    const id = vehicle === undefined ? undefined : found.value?.ids[vehicle]
    pointed.value = id === undefined ? undefined : { id, ...pointer! }
    canvas.style.cursor = id === undefined ? '' : 'pointer'
  }
  const { pause, resume } = useIntervalFn(look, LOOK_MS, { immediate: false })

  const onClick = ({ point, originalEvent }: MapMouseEvent): void => {
    const isFinger = originalEvent instanceof PointerEvent && originalEvent.pointerType === 'touch'
    select(vehicleAt(point, isFinger ? FINGER_PX : MOUSE_PX))
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
    ready.on('click', onClick)
    if (matchMedia('(hover: hover)').matches) ready.on('mousemove', onMove)
    ready.on('mouseout', onOut)
  })
  onUnmounted(() => {
    isShown = false
    map.value?.off('click', onClick)
    map.value?.off('mousemove', onMove)
    map.value?.off('mouseout', onOut)
    onOut()
  })
  return { pointed: shallowReadonly(pointed) }
}
