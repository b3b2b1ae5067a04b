import type { Camera } from '../geometry/camera.ts'
import type { Theme, TypePalette } from '../looks/palette.ts'
import type { SceneName } from '../scene.ts'
import { createFrameUniforms, setCamera } from './frame-uniforms.ts'
import { createSceneDrawing, type SceneDrawing } from './scene-drawing.ts'
import { createStage } from './stage.ts'
import { createColourTexture } from './textures.ts'

/** All that is drawn on the layer's canvas. It is loaded apart from the page: the map need not wait for Pixi. */
export interface LayerDrawing {
  readonly live: SceneDrawing
  readonly replay: SceneDrawing
  setColours(palette: TypePalette, theme: Theme): void
  /** Puts the canvas to the camera's size; what was drawn is gone when that is another. */
  setCamera(camera: Camera, pixelRatio: number): void
  render(shown: SceneName): void
  /** Nothing can be drawn until the context is restored. */
  readonly isLost: boolean
}

/** @param onRestored all that was drawn is gone: draw again */
export const createLayerDrawing = async (canvas: HTMLCanvasElement, onRestored: () => void): Promise<LayerDrawing> => {
  const stage = await createStage(canvas, onRestored)
  const frame = createFrameUniforms()
  const colours = createColourTexture()
  const live = createSceneDrawing({ kind: 'live', frame, colours: colours.source })
  const replay = createSceneDrawing({ kind: 'replay', frame, colours: colours.source })
  stage.root.addChild(live.root, replay.root)
  const fitted = { width: 0, height: 0, pixelRatio: 0 }

  return {
    live,
    replay,
    setColours: (palette, theme) => {
      colours.fill(palette, theme)
      live.setTheme(theme)
      replay.setTheme(theme)
    },
    setCamera: (camera, pixelRatio) => {
      const { width, height } = camera
      if (fitted.width !== width || fitted.height !== height || fitted.pixelRatio !== pixelRatio) {
        Object.assign(fitted, { width, height, pixelRatio })
        stage.resize(width, height, pixelRatio)
      }
      setCamera(frame, camera, pixelRatio)
    },
    render: (shown) => {
      live.root.visible = shown === 'live'
      replay.root.visible = shown === 'replay'
      stage.render()
    },
    get isLost() {
      return stage.isLost
    },
  }
}
