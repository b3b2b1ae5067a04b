import type { Map as MapLibreMap } from 'maplibre-gl'
import type { DrawnScene, SceneHost } from '../drawing/drawn-scene.ts'
import type { LayerDrawing } from '../drawing/layer-drawing.ts'
import { isSameCamera, type Camera } from '../geometry/camera.ts'
import { createLiveScene } from '../live/live-scene.ts'
import type { Theme, TypePalette } from '../looks/palette.ts'
import { createReplayScene } from '../replay/replay-scene.ts'
import type { LiveScene, ReplayScene, SceneName, VehicleLayer } from '../scene.ts'
import { BROWSER_CLOCK, createFrameLoop, type FrameLoop } from './frame-loop.ts'
import { createFrameStats } from './frame-stats.ts'
import { cameraOfMap, sizeOfMap } from './map-view.ts'

/** The layer, and what only its owner does with it. */
export interface OwnedVehicleLayer extends VehicleLayer {
  setTheme(theme: Theme): void
  /** Draws within this task, so that the canvas can be copied before it is shown. */
  drawNow(): void
  /** Since the layer was made. */
  framesDrawn(): number
  /** Settles once it draws. */
  readonly ready: Promise<void>
}

/** Between two looks whether a map that something else covers, or that is not shown, is seen again. */
const UNSEEN_FRAME_MS = 250

/** @param whenMap settles with a map whose style is loaded; until then the scenes take everything and nothing is drawn */
export const createVehicleLayer = (whenMap: Promise<MapLibreMap>, palette: TypePalette): OwnedVehicleLayer => {
  const canvas = document.createElement('canvas')
  canvas.setAttribute('aria-hidden', 'true')
  canvas.style.cssText = 'position: absolute; inset: 0; pointer-events: none'
  const stats = createFrameStats()
  let drawing: LayerDrawing | undefined
  let loop: FrameLoop | undefined
  let camera: Camera | undefined
  let pixelRatio = 1
  let shown: SceneName = 'none'
  let theme: Theme = 'dark'
  let colouredTypes = -1
  let workMs = 0

  const invalidate = (): void => loop?.request()
  /** What happens in a scene that is not shown draws nothing, and is not part of a frame. */
  const hostOf = (scene: SceneName): SceneHost => ({
    invalidate: () => {
      if (shown === scene) invalidate()
    },
    measure: (work) => {
      const before = performance.now()
      work()
      if (shown === scene) workMs += performance.now() - before
    },
  })
  const live = createLiveScene(palette, hostOf('live'))
  const replay = createReplayScene(palette, hostOf('replay'))
  const sceneShown = (): DrawnScene<LiveScene> | DrawnScene<ReplayScene> | undefined =>
    shown === 'live' ? live : shown === 'replay' ? replay : undefined

  const setColours = (): void => {
    colouredTypes = palette.types.length
    drawing?.setColours(palette, theme)
    invalidate()
  }

  /** @returns in how many ms the picture changes by itself */
  const draw = (nowMs: number): number => {
    if (drawing === undefined || camera === undefined || drawing.isLost) return Number.POSITIVE_INFINITY
    if (!canvas.checkVisibility({ visibilityProperty: true })) return UNSEEN_FRAME_MS
    const before = performance.now()
    if (colouredTypes !== palette.types.length) setColours()
    drawing.setCamera(camera, pixelRatio)
    const nextMs = sceneShown()?.draw({ nowMs, zoom: camera.zoom, pixelRatio }) ?? Number.POSITIVE_INFINITY
    drawing.render(shown)
    stats.add(performance.now() - before + workMs)
    workMs = 0
    return nextMs
  }

  const start = async (): Promise<void> => {
    const [map, { createLayerDrawing }] = await Promise.all([whenMap, import('../drawing/layer-drawing.ts')])
    drawing = await createLayerDrawing(canvas, invalidate)
    live.attach(drawing.live)
    replay.attach(drawing.replay)
    loop = followMap(map)
    map.getCanvas().after(canvas)
    setColours()
  }

  const followMap = (map: MapLibreMap): FrameLoop => {
    const frames = createFrameLoop(draw, BROWSER_CLOCK)
    let size = sizeOfMap(map)
    const look = (): boolean => {
      const next = cameraOfMap(map, size)
      const ratio = map.getPixelRatio()
      const hasMoved = camera === undefined || ratio !== pixelRatio || !isSameCamera(camera, next)
      camera = next
      pixelRatio = ratio
      return hasMoved
    }
    look()
    map.on('resize', () => {
      size = sizeOfMap(map)
    })
    map.on('render', () => frames.mapDrew(look()))
    return frames
  }

  return {
    show: (scene) => {
      shown = scene
      invalidate()
    },
    live: live.scene,
    replay: replay.scene,
    pick: ({ x, y }, radiusPx) => (camera === undefined ? undefined : sceneShown()?.pick({ camera, x, y, radiusPx })),
    highlight: (vehicle) => sceneShown()?.highlight(vehicle),
    setTypeColours: (colours) => {
      palette.setColours(colours)
      setColours()
    },
    canvas,
    frameStats: () => ({ jsMs: stats.list() }),
    setTheme: (to) => {
      theme = to
      setColours()
    },
    drawNow: () => {
      draw(performance.now())
    },
    framesDrawn: () => stats.count,
    ready: start(),
  }
}
