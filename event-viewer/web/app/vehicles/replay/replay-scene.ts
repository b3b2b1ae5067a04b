import { newValueArrays } from '@fleetlake/columnar'
import type { FoundRows } from '@fleetlake/viewer-core'
import { joinRows } from '@fleetlake/viewer-core'
import { runInSlices } from '../../shell/run-in-slices.ts'
import type { DrawnFrame, DrawnScene, SceneHost } from '../drawing/drawn-scene.ts'
import type { DrawnPage, SceneDrawing } from '../drawing/scene-drawing.ts'
import { turnOf } from '../geometry/heading.ts'
import { ringX, ringY } from '../geometry/mercator-ring.ts'
import type { TypePalette } from '../looks/palette.ts'
import { speedStepOf } from '../looks/speed-scale.ts'
import type { ColourBy, DrawnPlace, ReplayScene } from '../scene.ts'
import { createSegment, HAS_HEADING } from '../segments/segment-page.ts'
import { mayHold, nearestAt, placeAmongRows, rowAt } from './replay-at.ts'
import { buildTrack, type ReplayPage, type ReplayTrack } from './replay-track.ts'

const NO_ROWS: FoundRows = {
  length: 0,
  ids: [],
  type: new Uint16Array(0),
  types: [],
  start: new Uint32Array(1),
  measures: [],
  ...newValueArrays(0),
}
const NOTHING: ReplayTrack = { found: NO_ROWS, isJoined: new Uint8Array(0), pages: [], segments: 0 }

export const createReplayScene = (palette: TypePalette, { invalidate }: SceneHost): DrawnScene<ReplayScene> => {
  let drawing: SceneDrawing | undefined
  let track = NOTHING
  const drawnPages = new Map<ReplayPage, DrawnPage>()
  let builds = 0
  let timeMs = 0
  let trailMs = 0
  let colourBy: ColourBy = 'type'
  let highlighted: number | undefined
  // By vehicle: 255 for one that is hidden.
  let hidden = new Uint8Array(0)
  let visibleCount = 0
  const ring = createSegment()

  const setHidden = (next: Uint8Array<ArrayBuffer>, shown: number): void => {
    hidden = next
    visibleCount = shown
    drawing?.setHidden(hidden)
    invalidate()
  }

  const setTrack = (next: ReplayTrack): void => {
    for (const page of drawnPages.values()) page.destroy()
    drawnPages.clear()
    const isOther = next.found !== track.found
    track = next
    if (isOther) setHidden(new Uint8Array(next.found.ids.length), next.found.ids.length)
    invalidate()
  }

  /** Only the last build that was asked for is drawn. */
  const build = async (found: FoundRows, joined?: Uint8Array): Promise<void> => {
    builds += 1
    const mine = builds
    const slots = found.types.map((type) => palette.slotOf(type))
    const isJoined = joined ?? joinRows(found, 'automatic').isJoined
    const next = await runInSlices(buildTrack(found, { isJoined, slots }), () => builds !== mine)
    if (next !== undefined && builds === mine) setTrack(next)
  }

  const placeOf = (vehicle: number, atMs: number): DrawnPlace | undefined =>
    hidden[vehicle] === 0 ? placeAmongRows(track, vehicle, atMs) : undefined

  const drawPage = (to: SceneDrawing, page: ReplayPage): void => {
    const [holds, trails] = [mayHold(page, timeMs, 0), trailMs > 0 && mayHold(page, timeMs, trailMs)]
    let drawn = drawnPages.get(page)
    if (drawn === undefined) {
      if (!holds && !trails) return
      drawn = to.addPage(page)
      drawnPages.set(page, drawn)
    }
    const now = Math.floor(timeMs) - page.baseMs
    if (holds) drawn.drawVehicles(now)
    else drawn.hideVehicles()
    if (trails) drawn.drawTrails(now)
    else drawn.hideTrails()
  }

  const drawRing = (to: SceneDrawing): void => {
    const place = highlighted === undefined ? undefined : placeOf(highlighted, timeMs)
    if (place !== undefined && highlighted !== undefined) {
      const { found } = track
      ring.fromX = ringX(place.longitude)
      ring.fromY = ringY(place.latitude)
      ring.toX = ring.fromX
      ring.toY = ring.fromY
      ring.turnTo = Number.isNaN(place.heading) ? 0 : turnOf(place.heading)
      ring.turnFrom = ring.turnTo
      ring.type = palette.slotOf(found.types[found.type[highlighted]])
      ring.speed = speedStepOf(found.speed[rowAt(found, highlighted, timeMs)])
      ring.extra = 1 | (Number.isNaN(place.heading) ? 0 : HAS_HEADING)
    }
    to.drawRing(place === undefined ? undefined : ring, 0)
  }

  const scene: ReplayScene = {
    load: build,
    setTime: (atMs) => {
      if (atMs === timeMs) return
      timeMs = atMs
      invalidate()
    },
    setColourBy: (by) => {
      colourBy = by
      drawing?.setColourBy(by)
      invalidate()
    },
    setTrails: (seconds) => {
      trailMs = seconds * 1000
      invalidate()
    },
    setVisible: (vehicles) => {
      const count = track.found.ids.length
      const next = new Uint8Array(count)
      let shown = count
      if (vehicles !== undefined) {
        next.fill(255)
        shown = 0
        for (const vehicle of vehicles) {
          if (next[vehicle] === 255) shown += 1
          next[vehicle] = 0
        }
      }
      setHidden(next, shown)
    },
    placeOf,
    clear: () => {
      builds += 1
      setTrack(NOTHING)
    },
  }

  return {
    scene,
    attach: (to) => {
      drawing = to
      to.setColourBy(colourBy)
      to.setHidden(hidden)
    },
    draw: ({ zoom, pixelRatio }: DrawnFrame) => {
      if (drawing === undefined) return Number.POSITIVE_INFINITY
      drawing.setView({ zoom, pixelRatio, vehicles: visibleCount, trailMs })
      for (const page of track.pages) drawPage(drawing, page)
      drawRing(drawing)
      return Number.POSITIVE_INFINITY
    },
    pick: (point) => {
      const near = nearestAt(track, timeMs, point, (vehicle) => hidden[vehicle] !== 0)
      const place = near === undefined ? undefined : placeOf(near.vehicle, timeMs)
      return near === undefined || place === undefined ? undefined : { ...place, ...near, scene: 'replay' }
    },
    highlight: (vehicle) => {
      highlighted = vehicle
      invalidate()
    },
  }
}
