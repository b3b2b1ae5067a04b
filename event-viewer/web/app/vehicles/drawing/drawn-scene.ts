import type { Picked } from '../scene.ts'
import type { NearPoint } from '../segments/nearest.ts'
import type { SceneDrawing } from './scene-drawing.ts'

/** What a scene gets from the layer for the frame that it is to draw. */
export interface DrawnFrame {
  /** ms of `performance.now()` */
  readonly nowMs: number
  readonly zoom: number
  readonly pixelRatio: number
}

/** A scene, and what the layer alone does with it. Until it is attached it takes everything and draws nothing. */
export interface DrawnScene<Scene> {
  readonly scene: Scene
  attach(drawing: SceneDrawing): void
  /** @returns in how many ms the picture changes by itself; 0 for the next frame, Infinity for never */
  draw(frame: DrawnFrame): number
  pick(point: NearPoint): Picked | undefined
  highlight(vehicle: number | undefined): void
}

/** What a scene asks of the layer. */
export interface SceneHost {
  /** The picture has changed. */
  readonly invalidate: () => void
  /** Runs what a scene does outside of a frame, so that it is counted to the next. */
  readonly measure: (work: () => void) => void
}
