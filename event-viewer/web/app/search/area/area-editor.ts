import type { Map as MapLibreMap } from 'maplibre-gl'
import { type GeoJSONStoreFeatures, TerraDraw, TerraDrawModeUndoRedo } from 'terra-draw'
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter'
import type { Ring, Shape } from '../request/search-request.ts'
import { createModes, MODE_OF_KIND, type ModeOptions, type Tool } from './draw-modes.ts'
import { moveRing, translationOf } from './edit-shapes.ts'
import { ringKind } from './ring-kind.ts'
import { roundRing } from './solid-shapes.ts'

/** A ring of the shapes that are shown; ring 0 is the outline. */
export interface RingPlace {
  readonly shape: number
  readonly ring: number
}

export interface AreaEditorOptions extends Omit<ModeOptions, 'isMarked'> {
  /** A ring was drawn; the editor does not keep it. */
  readonly onDraw: (ring: Ring, tool: Tool) => void
  /** A shown ring was changed; the editor shows it until it is given other shapes. */
  readonly onEdit: (place: RingPlace, ring: Ring) => void
  /** The same while it is dragged. */
  readonly onDrag: (place: RingPlace, ring: Ring) => void
}

/** Rings on a map, drawn and edited with terra-draw, which knows neither holes nor what belongs together. */
export interface AreaEditor {
  /** Puts shapes in the place of those before. */
  show(shapes: readonly Shape[], selected: RingPlace | undefined): void
  begin(tool: Tool): void
  /** Gives up what is not finished. */
  end(): void
  /** Closes what is being drawn. */
  finish(): void
  /** Takes back the last corner; false when nothing is being drawn. */
  undo(): boolean
  isDrawing(): boolean
  destroy(): void
}

const ringOf = ({ geometry }: GeoJSONStoreFeatures): Ring =>
  geometry.type === 'Polygon' ? roundRing(geometry.coordinates[0]) : []

export const createAreaEditor = (map: MapLibreMap, options: AreaEditorOptions): AreaEditor => {
  let places = new Map<unknown, RingPlace>()
  let shown: readonly Shape[] = []
  let tool: Tool | undefined
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: 'fleet-draw', coordinatePrecision: 9 }),
    modes: createModes({ ...options, isMarked: (id) => !places.has(id) }),
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
  })
  draw.start()
  draw.setMode('select')

  const idOf = ({ shape, ring }: RingPlace): string | undefined =>
    [...places].find(([, place]) => place.shape === shape && place.ring === ring)?.[0] as string | undefined

  /** Holes go along with their outline while it is dragged. */
  const takeHolesAlong = (place: RingPlace, ring: Ring): void => {
    const by = place.ring === 0 ? translationOf(shown[place.shape][0], ring) : undefined
    if (by === undefined) return
    shown[place.shape].slice(1).forEach((hole, i) => {
      const id = idOf({ shape: place.shape, ring: i + 1 })
      const moved = moveRing(hole, by).map(([x, y]) => [x, y])
      if (id !== undefined) draw.updateFeatureGeometry(id, { type: 'Polygon', coordinates: [moved] })
    })
  }

  draw.on('change', (ids, type, context) => {
    if (type !== 'update' || (context !== undefined && 'origin' in context)) return
    for (const id of ids) {
      const place = places.get(id)
      const feature = place === undefined ? undefined : draw.getSnapshotFeature(id)
      if (place === undefined || feature === undefined) continue
      const ring = ringOf(feature)
      if (areSame(ring, shown[place.shape][place.ring])) continue
      takeHolesAlong(place, ring)
      options.onDrag(place, ring)
    }
  })
  draw.on('finish', (id, { action }) => {
    const feature = draw.getSnapshotFeature(id)
    if (feature === undefined) return
    const place = places.get(id)
    if (action !== 'draw') {
      if (place !== undefined) options.onEdit(place, ringOf(feature))
      return
    }
    const drawnWith = tool
    // Within the event terra-draw still works with what it has drawn.
    queueMicrotask(() => {
      if (draw.enabled && draw.hasFeature(id)) draw.removeFeatures([id])
      if (drawnWith !== undefined) options.onDraw(ringOf(feature), drawnWith)
    })
  })

  return {
    show: (shapes, selected) => {
      if (tool === undefined) draw.setMode('select')
      const known = [...places.keys()].filter((id) => draw.hasFeature(id as string))
      draw.removeFeatures(known as string[])
      places = new Map()
      shown = shapes
      const features = shapes.flatMap((rings, shape) =>
        rings.map((ring, i): GeoJSONStoreFeatures => {
          const id = draw.getFeatureId()
          places.set(id, { shape, ring: i })
          return {
            id,
            type: 'Feature',
            geometry: { type: 'Polygon', coordinates: [ring.map(([x, y]) => [x, y])] },
            properties: { mode: MODE_OF_KIND[ringKind(ring)], role: i === 0 ? 'area' : 'hole' },
          }
        }),
      )
      const refused = draw.addFeatures(features).find(({ valid }) => !valid)
      if (refused !== undefined) console.error('an area can not be edited on the map', refused.reason)
      const id = selected === undefined || tool !== undefined ? undefined : idOf(selected)
      if (id !== undefined && draw.hasFeature(id)) draw.selectFeature(id)
    },
    begin: (next) => {
      tool = next
      draw.setMode(next)
    },
    end: () => {
      tool = undefined
      draw.setMode('select')
    },
    finish: () => {
      map.getCanvas().dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter' }))
    },
    undo: () => {
      if (draw.getModeState() !== 'drawing') return false
      if (draw.canUndo()) draw.undo()
      else if (tool !== undefined) draw.setMode(tool)
      return true
    },
    isDrawing: () => draw.getModeState() === 'drawing',
    destroy: () => {
      if (draw.enabled) draw.stop()
    },
  }
}

const areSame = (a: Ring, b: Ring): boolean =>
  a.length === b.length && a.every(([x, y], i) => x === b[i][0] && y === b[i][1])
