import { useIntervalFn } from '@vueuse/core'
import type { MapMouseEvent } from 'maplibre-gl'
import { onMounted, onUnmounted, shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { useFleetMap } from '../map/use-fleet-map.ts'
import { useVehicleLayer } from '../vehicles/use-vehicle-layer.ts'
import { useLive } from './use-live.ts'

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

/** A click on the map selects the vehicle there, or none; the one under the pointer is told. As long as the calling page is shown. */
export const useLivePointer = (): { readonly hovered: Readonly<ShallowRef<HoveredVehicle | undefined>> } => {
  const { select, idOf } = useLive()
  const { map, whenReady } = useFleetMap()
  const layer = useVehicleLayer()
  const hovered = shallowRef<HoveredVehicle>()
  let pointer: { readonly x: number; readonly y: number } | undefined
  let isShown = true

  const idAt = (point: { readonly x: number; readonly y: number }, radiusPx: number): string | undefined => {
    const picked = layer.pick(point, radiusPx)
    return picked?.scene === 'live' ? idOf(picked.vehicle) : undefined
  }
  const look = (): void => {
    const canvas = map.value?.getCanvas()
    if (canvas === undefined) return
    const id = pointer === undefined || map.value?.isMoving() ? undefined : idAt(pointer, MOUSE_PX)
    hovered.value = id === undefined ? undefined : { id, ...pointer! }
    canvas.style.cursor = id === undefined ? '' : 'pointer'
  }
  const { pause, resume } = useIntervalFn(look, LOOK_MS, { immediate: false })

  const onClick = ({ point, originalEvent }: MapMouseEvent): void => {
    const isFinger = originalEvent instanceof PointerEvent && originalEvent.pointerType === 'touch'
    select(idAt(point, isFinger ? FINGER_PX : MOUSE_PX))
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
  return { hovered: shallowReadonly(hovered) }
}
