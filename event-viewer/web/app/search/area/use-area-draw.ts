import { polygon } from '@turf/helpers'
import { simplify } from '@turf/simplify'
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { reasonOf } from '@fleetlake/core'
import { useFleetMap } from '../../map/use-fleet-map.ts'
import type { Ring, Shape } from '../request/search-request.ts'
import { useSearchForm } from '../use-search-form.ts'
import { type AreaEditor, createAreaEditor, type RingPlace } from './area-editor.ts'
import type { DrawColours, Tool } from './draw-modes.ts'
import { cutHole, removeRing, replaceRing } from './edit-shapes.ts'
import { refuseRing } from './read-area.ts'
import { pixelsToRing, ringAt } from './ring-at.ts'
import { roundRing } from './solid-shapes.ts'

/** Drawing and editing areas on the map, as long as the component that uses it is there. */
export interface AreaDraw {
  /** What is being drawn with. */
  readonly tool: Readonly<Ref<Tool | undefined>>
  /** What is drawn is taken away from the areas. */
  readonly isCutting: Readonly<Ref<boolean>>
  readonly selected: Readonly<ShallowRef<RingPlace | undefined>>
  /** The shapes as they are, and while one is dragged as they would be. */
  readonly preview: Readonly<ShallowRef<readonly Shape[]>>
  /** What was refused and why, for people. */
  readonly notice: Ref<string | undefined>
  begin(tool: Tool, options?: { readonly isCutting?: boolean }): void
  /** Stops drawing; what is not closed yet is given up. */
  end(): void
  /** Closes what is drawn. */
  finish(): void
  /** Takes back the last corner of what is drawn, else the last change of the areas. */
  undo(): void
  redo(): void
  select(place: RingPlace | undefined): void
  removeSelected(): void
}

export interface AreaDrawOptions {
  readonly colours: () => DrawColours
  /** Clicks on the map are for another tool. */
  readonly isPaused: () => boolean
  /** Areas can be chosen on the map; drawing a new one always works. */
  readonly isEditable: () => boolean
  /** A click on the map that is about no area. */
  readonly onClick: (event: MapMouseEvent) => void
}

/** A click so near to the edge of the selected ring is about the ring. */
const NEAR_PX = 14
const OVERLAY = 'fleet-area-editor'

export const useAreaDraw = ({ colours, isPaused, isEditable, onClick }: AreaDrawOptions): AreaDraw => {
  const { addOverlay } = useFleetMap()
  const form = useSearchForm()
  const tool = ref<Tool>()
  const isCutting = ref(false)
  const selected = shallowRef<RingPlace>()
  const preview = shallowRef(form.shapes.value)
  const notice = ref<string>()
  let editor: AreaEditor | undefined
  let map: MapLibreMap | undefined

  const show = (): void => {
    preview.value = form.shapes.value
    editor?.show(form.shapes.value, selected.value)
  }
  const select = (place: RingPlace | undefined): void => {
    selected.value = place
    editor?.show(form.shapes.value, place)
  }
  const end = (): void => {
    tool.value = undefined
    isCutting.value = false
    editor?.end()
  }
  /** @returns undefined after a notice, when it can't be searched */
  const checked = (ring: Ring): Ring | undefined => {
    try {
      refuseRing(ring, 'what was drawn')
      return ring
    } catch (error) {
      notice.value = sentence(reasonOf(error))
      return undefined
    }
  }
  /** A fault of polygons that can't be computed is shown. */
  const attempt = (change: () => readonly Shape[]): readonly Shape[] => {
    try {
      return change()
    } catch (error) {
      notice.value = `That can’t be done with these areas: ${reasonOf(error)}.`
      return form.shapes.value
    }
  }
  const onDraw = (drawn: Ring, drawnWith: Tool): void => {
    notice.value = undefined
    const ring = checked(drawnWith === 'freehand' && map !== undefined ? simplified(drawn, map.getZoom()) : drawn)
    const isHole = isCutting.value
    end()
    if (ring === undefined || ring.length < 4) return show()
    if (!isHole) {
      selected.value = { shape: form.shapes.value.length, ring: 0 }
      return form.setShapes([...form.shapes.value, [ring]])
    }
    const cut = attempt(() => cutHole(form.shapes.value, ring))
    if (cut === form.shapes.value) notice.value ??= 'The hole lies in no area: nothing was cut out.'
    selected.value = undefined
    form.setShapes(cut)
    show()
  }
  const onEdit = (place: RingPlace, edited: Ring): void => {
    notice.value = undefined
    const ring = checked(edited)
    if (ring === undefined) return show()
    const shapes = attempt(() => replaceRing(form.shapes.value, place, ring))
    if (shapes === form.shapes.value) return show()
    if (shapes.length !== form.shapes.value.length || shapes[place.shape]?.[place.ring] !== ring) {
      selected.value = undefined
    }
    form.setShapes(shapes)
  }

  let frame = 0
  const onDrag = (place: RingPlace, ring: Ring): void => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => {
      preview.value = attempt(() => replaceRing(form.shapes.value, place, ring))
    })
  }
  const onMapClick = (event: MapMouseEvent): void => {
    if (tool.value !== undefined || isPaused()) return
    if (!isEditable()) return onClick(event)
    const own =
      selected.value === undefined ? undefined : form.shapes.value[selected.value.shape]?.[selected.value.ring]
    const project = (longitude: number, latitude: number): { x: number; y: number } =>
      event.target.project([longitude, latitude])
    if (own !== undefined && pixelsToRing(own, event.point, project) < NEAR_PX) return
    const place =
      form.whereKind.value === 'shapes' ? ringAt(form.shapes.value, event.lngLat.lng, event.lngLat.lat) : undefined
    if (place?.shape === selected.value?.shape && place?.ring === selected.value?.ring) return onClick(event)
    select(place)
    if (place === undefined) onClick(event)
  }

  const stand = (on: MapLibreMap): void => {
    map?.off('click', onMapClick)
    editor?.destroy()
    map = on
    editor = createAreaEditor(on, {
      colours,
      isCutting: () => isCutting.value,
      onCrossing: () => (notice.value = 'That side would cross another: choose another corner.'),
      onDraw,
      onEdit,
      onDrag,
    })
    on.on('click', onMapClick)
    show()
    if (tool.value !== undefined) editor.begin(tool.value)
  }
  const forget = addOverlay(OVERLAY, stand)
  watch(form.shapes, show)
  onScopeDispose(() => {
    forget()
    cancelAnimationFrame(frame)
    map?.off('click', onMapClick)
    editor?.destroy()
    editor = undefined
  })

  return {
    tool,
    isCutting,
    selected,
    preview,
    notice,
    begin: (next, options = {}) => {
      notice.value = undefined
      selected.value = undefined
      form.whereKind.value = 'shapes'
      tool.value = next
      isCutting.value = options.isCutting ?? false
      show()
      editor?.begin(next)
    },
    end,
    finish: () => editor?.finish(),
    undo: () => {
      notice.value = undefined
      if (editor?.undo() === true) return
      selected.value = undefined
      form.undo()
    },
    redo: () => {
      selected.value = undefined
      form.redo()
    },
    select,
    removeSelected: () => {
      const place = selected.value
      if (place === undefined) return
      selected.value = undefined
      form.setShapes(removeRing(form.shapes.value, place))
    },
  }
}

/** Without corners that no eye could see at this zoom. */
const simplified = (ring: Ring, zoom: number): Ring => {
  const degreesPerPixel = 360 / (512 * 2 ** zoom)
  const { geometry } = simplify(polygon([ring.map(([x, y]) => [x, y])]), { tolerance: degreesPerPixel, mutate: true })
  return roundRing(geometry.coordinates[0])
}

const sentence = (reason: string): string => `${reason[0].toUpperCase()}${reason.slice(1)}.`
