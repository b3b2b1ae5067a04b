import type { FoundRows } from '@fleetlake/viewer-core'
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { onScopeDispose, watch, type Ref } from 'vue'
import { useFleetMap } from '../map/use-fleet-map.ts'
import { runInSlices } from '../shell/run-in-slices.ts'
import { bytesOf, type Theme, TYPE_SLOTS, typePalette } from '../vehicles/looks/palette.ts'
import { hideAreas, showAreas } from './area/area-layers.ts'
import type { Shape } from './request/search-request.ts'
import { createFoundLayer, FOUND_LAYER } from './results/found-layer.ts'
import { foundPoints, type FoundPoints } from './results/found-points.ts'
import { nearestRow, vehicleOfRow } from './results/nearest-row.ts'
import { hidePath, type PathRole, showPath } from './results/path-layers.ts'
import { useResults } from './results/use-results.ts'
import { vehiclePath } from './results/vehicle-path.ts'
import { useGap } from './use-gap.ts'
import { useSearch } from './use-search.ts'

export interface SearchOverlays {
  /** The vehicle whose found position is nearest to a click, if one is near. */
  vehicleAt(event: MapMouseEvent): number | undefined
}

/** Of areas and paths; those of vehicles are the palette's. */
export const SEARCH_COLOURS = {
  dark: { area: '#38bdf8', hole: '#fb7185', handle: '#0f172a', path: '#fde047', casing: '#0b1120' },
  light: { area: '#0369a1', hole: '#be123c', handle: '#ffffff', path: '#b91c1c', casing: '#ffffff' },
} as const

const OVERLAY = 'fleet-search'
const PICK_PX = 10
const PATHS: readonly PathRole[] = ['hovered', 'selected']

/** Draws the areas and what was found on the map, as long as the component that uses it is there. */
export const useSearchOverlays = (shapes: Ref<readonly Shape[]>, theme: Ref<Theme>): SearchOverlays => {
  const { map, addOverlay, labelLayer } = useFleetMap()
  const { answer } = useSearch()
  const { joined } = useGap()
  const { selected, hovered, isShown } = useResults()
  const layer = createFoundLayer()

  const drawAreas = (on: MapLibreMap): void =>
    showAreas(on, shapes.value, { colour: SEARCH_COLOURS[theme.value].area, beforeLayer: labelLayer() })
  const drawPath = (on: MapLibreMap, role: PathRole): void => {
    const vehicle = role === 'selected' ? selected.value : hovered.value
    const found = answer.value?.found
    const isJoined = joined.value?.isJoined
    const isThere = vehicle !== undefined && found !== undefined && isJoined !== undefined
    const path = isThere ? vehiclePath(found, vehicle, isJoined) : undefined
    const { path: line, casing } = SEARCH_COLOURS[theme.value]
    showPath(on, role, path, { line, casing })
  }
  let points: { readonly of: FoundRows; readonly made: FoundPoints } | undefined
  let latest = 0
  /** Made once for an answer, a slice at a time: the page stays at hand. */
  const drawFound = async (): Promise<void> => {
    const mine = ++latest
    const found = answer.value?.found
    if (found !== undefined && isShown.value && points?.of !== found) {
      const made = await runInSlices(
        foundPoints(found, (type) => typePalette.slotOf(type)),
        () => mine !== latest,
      )
      if (made === undefined || mine !== latest) return
      points = { of: found, made }
    }
    layer.setColours(typeColours(theme.value))
    layer.setPoints(isShown.value && points?.of === found ? points?.made : undefined)
  }
  const draw = (on: MapLibreMap): void => {
    drawAreas(on)
    if (on.getLayer(FOUND_LAYER) === undefined) on.addLayer(layer, labelLayer())
    for (const role of PATHS) drawPath(on, role)
    void drawFound()
  }
  const whenStanding = (act: (on: MapLibreMap) => void): void => {
    if (map.value !== undefined) act(map.value)
  }

  const forget = addOverlay(OVERLAY, draw)
  watch(shapes, () => whenStanding(drawAreas))
  watch([answer, isShown], () => void drawFound())
  watch([answer, joined, selected], () => whenStanding((on) => drawPath(on, 'selected')))
  watch(selected, (vehicle) => layer.setFaint(vehicle !== undefined), { immediate: true })
  watch([answer, joined, hovered], () => whenStanding((on) => drawPath(on, 'hovered')))
  watch(theme, () => whenStanding(draw))
  onScopeDispose(() => {
    latest++
    forget()
    whenStanding((on) => {
      hideAreas(on)
      for (const role of PATHS) hidePath(on, role)
      if (on.getLayer(FOUND_LAYER) !== undefined) on.removeLayer(FOUND_LAYER)
    })
  })

  return {
    vehicleAt: ({ target, point, lngLat }) => {
      const found = answer.value?.found
      if (found === undefined || !isShown.value) return undefined
      const beside = target.unproject([point.x + PICK_PX, point.y])
      const radius = Math.hypot(beside.lng - lngLat.lng, beside.lat - lngLat.lat)
      const row = nearestRow(found, { longitude: lngLat.lng, latitude: lngLat.lat, radius })
      return row === undefined ? undefined : vehicleOfRow(found.start, row)
    },
  }
}

const typeColours = (theme: Theme): Uint8Array => {
  const colours = new Uint8Array(TYPE_SLOTS * 3)
  for (let slot = 0; slot < TYPE_SLOTS; slot++) {
    const type = typePalette.types[slot]
    colours.set(type === undefined ? [148, 163, 184] : bytesOf(typePalette.colourOf(type, theme)), slot * 3)
  }
  return colours
}
