import { useFleetMap } from '../map/use-fleet-map.ts'
import { createVehicleLayer } from './layer/vehicle-layer.ts'
import { typePalette } from './looks/palette.ts'
import type { VehicleLayer } from './scene.ts'

let layer: VehicleLayer | undefined

/** The one vehicle layer of the page, made on first use: it draws as soon as the map stands, in the page's colour mode. */
export const useVehicleLayer = (): VehicleLayer => {
  layer ??= makeLayer()
  return layer
}

const makeLayer = (): VehicleLayer => {
  const { whenReady, addToPicture } = useFleetMap()
  const made = createVehicleLayer(whenReady(), typePalette)
  const colourMode = useColorMode()
  effectScope(true).run(() => {
    watch(
      () => colourMode.value,
      (mode) => made.setTheme(mode === 'light' ? 'light' : 'dark'),
      { immediate: true },
    )
  })
  addToPicture((context, { width, height }) => {
    made.drawNow()
    context.drawImage(made.canvas, 0, 0, width, height)
  })
  return made
}
