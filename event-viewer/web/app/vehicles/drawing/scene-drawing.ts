import { Container, type TextureSource } from 'pixi.js'
import { SPEED_ROW, TYPE_ROW } from '../looks/colour-table.ts'
import { markerLook } from '../looks/marker-look.ts'
import type { Theme } from '../looks/palette.ts'
import type { ColourBy } from '../scene.ts'
import { createSegmentPage, writeSegment, type Segment, type SegmentPage } from '../segments/segment-page.ts'
import type { FrameUniforms } from './frame-uniforms.ts'
import { createLookUniforms, setMarkers, setRing, setTheme, setTrail } from './look-uniforms.ts'
import { createPageDrawing, createPageTexture, type PageDrawing } from './page-drawing.ts'
import { programsOf } from './programs.ts'
import type { ShaderKind } from './shaders.ts'
import { createHiddenTexture } from './textures.ts'

/** A page that is drawn as vehicles, as trails, or as both, from one texture. Times are int32 ms since its `baseMs`. */
export interface DrawnPage {
  drawVehicles(nowMs: number): void
  drawTrails(nowMs: number): void
  hideVehicles(): void
  hideTrails(): void
  destroy(): void
}

/** Trails, above them vehicles, above them the highlighted one. */
export interface SceneDrawing {
  readonly root: Container
  addPage(page: SegmentPage): DrawnPage
  /** @param segment of the highlighted vehicle, as if it were live; undefined for none */
  drawRing(segment: Segment | undefined, nowMs: number): void
  /** What is drawn by: every frame says it, and only a change of it costs anything. */
  setView(view: SceneView): void
  setTheme(theme: Theme): void
  setColourBy(colourBy: ColourBy): void
  /** @param hidden by number of vehicle, 255 for one that is hidden; of a replay only */
  setHidden(hidden: Uint8Array): void
}

export interface SceneView {
  readonly zoom: number
  readonly pixelRatio: number
  /** Size of the fleet. */
  readonly vehicles: number
  /** How far back trails reach. */
  readonly trailMs: number
}

export interface SceneDrawingParts {
  readonly kind: ShaderKind
  readonly frame: FrameUniforms
  readonly colours: TextureSource
}

export const createSceneDrawing = ({ kind, frame, colours }: SceneDrawingParts): SceneDrawing => {
  const programs = programsOf(kind)
  const [markers, trails, ring] = [createLookUniforms(), createLookUniforms(), createLookUniforms()]
  const hidden = createHiddenTexture()
  const shared = { frame, uColours: colours, uHidden: hidden.source }
  const [trailMeshes, markerMeshes, ringMeshes] = [new Container(), new Container(), new Container()]
  const root = new Container({ children: [trailMeshes, markerMeshes, ringMeshes] })

  let view: SceneView | undefined

  const ringPage = createSegmentPage(1)
  const ringDrawing = createPageDrawing(createPageTexture(ringPage), programs.ring, { ...shared, look: ring })
  ringMeshes.addChild(ringDrawing.mesh)

  return {
    root,
    addPage: (page) => {
      const texture = createPageTexture(page)
      let vehicles: PageDrawing | undefined
      let trail: PageDrawing | undefined
      const drawnAs = (what: 'marker' | 'trail'): PageDrawing => {
        const look = what === 'marker' ? markers : trails
        const drawing = createPageDrawing(texture, programs[what], { ...shared, look })
        ;(what === 'marker' ? markerMeshes : trailMeshes).addChild(drawing.mesh)
        return drawing
      }
      return {
        drawVehicles: (nowMs) => {
          vehicles ??= drawnAs('marker')
          vehicles.draw(nowMs)
        },
        drawTrails: (nowMs) => {
          trail ??= drawnAs('trail')
          trail.draw(nowMs)
        },
        hideVehicles: () => vehicles?.hide(),
        hideTrails: () => trail?.hide(),
        destroy: () => {
          vehicles?.destroy()
          trail?.destroy()
          texture.source.destroy()
        },
      }
    },
    drawRing: (segment, nowMs) => {
      ringPage.count = segment === undefined ? 0 : 1
      if (segment !== undefined) writeSegment(ringPage, 0, segment)
      ringDrawing.draw(nowMs)
    },
    setView: (next) => {
      if (view !== undefined && isSameView(view, next)) return
      view = next
      const look = markerLook(next.zoom, next.vehicles)
      setMarkers(markers, look, next.pixelRatio)
      setTrail(trails, look, next.pixelRatio, next.trailMs)
      setRing(ring, look, next.pixelRatio)
    },
    setTheme: (theme) => {
      for (const look of [markers, trails, ring]) setTheme(look, theme)
    },
    setColourBy: (colourBy) => {
      const row = colourBy === 'type' ? TYPE_ROW : SPEED_ROW
      for (const look of [markers, trails, ring]) look.uniforms.uColourRow = row
    },
    setHidden: hidden.fill,
  }
}

const isSameView = (one: SceneView, other: SceneView): boolean =>
  one.zoom === other.zoom &&
  one.pixelRatio === other.pixelRatio &&
  one.vehicles === other.vehicles &&
  one.trailMs === other.trailMs
