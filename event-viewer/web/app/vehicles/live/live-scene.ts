import type { DrawnFrame, DrawnScene, SceneHost } from '../drawing/drawn-scene.ts'
import type { DrawnPage, SceneDrawing } from '../drawing/scene-drawing.ts'
import type { TypePalette } from '../looks/palette.ts'
import type { ColourBy, LiveScene } from '../scene.ts'
import { createSegment, type SegmentPage } from '../segments/segment-page.ts'
import { createLiveFleet } from './live-fleet.ts'

/** Between two frames while nothing moves and something fades. */
const FADE_FRAME_MS = 250
const TRAIL_FRAME_MS = 100

export const createLiveScene = (palette: TypePalette, { invalidate, measure }: SceneHost): DrawnScene<LiveScene> => {
  const fleet = createLiveFleet(palette)
  const drawnPages = new Map<SegmentPage, DrawnPage>()
  const ring = createSegment()
  let drawing: SceneDrawing | undefined
  let colourBy: ColourBy = 'type'
  let trailMs = 0
  let highlighted: number | undefined

  const drawnPageOf = (to: SceneDrawing, page: SegmentPage): DrawnPage => {
    let drawn = drawnPages.get(page)
    if (drawn === undefined) {
      drawn = to.addPage(page)
      drawnPages.set(page, drawn)
    }
    return drawn
  }

  const drawVehicles = (to: SceneDrawing, now: number): void => {
    for (const page of fleet.pages) {
      const drawn = drawnPageOf(to, page)
      drawn.drawVehicles(now)
      // A glide that is not over yet is a trail up to where the vehicle is.
      if (trailMs > 0) drawn.drawTrails(now)
      else drawn.hideTrails()
    }
  }

  const drawTrails = (to: SceneDrawing, now: number): void => {
    for (const page of fleet.trails.pages) {
      const drawn = drawnPageOf(to, page)
      const isOver = page.count === 0 || ((now - page.lastEndMs) | 0) > trailMs
      if (isOver) drawn.hideTrails()
      else drawn.drawTrails(now)
    }
  }

  const nextChangeMs = (nowMs: number): number => {
    if (nowMs < fleet.glidesUntilMs) return 0
    if (trailMs > 0 && nowMs < fleet.glidesUntilMs + trailMs) return TRAIL_FRAME_MS
    return nowMs < fleet.fadesUntilMs ? FADE_FRAME_MS : Number.POSITIVE_INFINITY
  }

  const scene: LiveScene = {
    apply: (frame, nowMs) => {
      measure(() => fleet.apply(frame, nowMs))
      invalidate()
    },
    clear: () => {
      fleet.clear()
      invalidate()
    },
    setColourBy: (by) => {
      colourBy = by
      drawing?.setColourBy(by)
      invalidate()
    },
    setTrails: (seconds) => {
      trailMs = seconds * 1000
      fleet.setTrails(trailMs > 0)
      invalidate()
    },
    placeOf: fleet.placeOf,
    count: () => fleet.count,
  }

  return {
    scene,
    attach: (to) => {
      drawing = to
      to.setColourBy(colourBy)
    },
    draw: ({ nowMs, zoom, pixelRatio }: DrawnFrame) => {
      if (drawing === undefined) return Number.POSITIVE_INFINITY
      const now = Math.round(nowMs) | 0
      drawing.setView({ zoom, pixelRatio, vehicles: fleet.count, trailMs })
      drawVehicles(drawing, now)
      drawTrails(drawing, now)
      const isDrawn = highlighted !== undefined && fleet.readSegmentOf(highlighted, ring)
      drawing.drawRing(isDrawn ? ring : undefined, now)
      return nextChangeMs(nowMs)
    },
    pick: (point) => {
      const nowMs = performance.now()
      const near = fleet.nearest(point, nowMs)
      const place = near === undefined ? undefined : fleet.placeOf(near.vehicle, nowMs)
      return near === undefined || place === undefined ? undefined : { ...place, ...near, scene: 'live' }
    },
    highlight: (vehicle) => {
      highlighted = vehicle
      invalidate()
    },
  }
}
