// The page's content security policy forbids eval; this teaches Pixi to do without.
// oxlint-disable-next-line import/no-unassigned-import
import 'pixi.js/unsafe-eval'
import { Container, Ticker, WebGLRenderer } from 'pixi.js'

/** A transparent canvas on which Pixi draws on request, never by itself. */
export interface Stage {
  readonly root: Container
  /** CSS pixels, and device pixels for each. */
  resize(width: number, height: number, pixelRatio: number): void
  render(): void
  /** The graphics processor has taken its context back, with all that was uploaded; `onRestored` is called when it is there again. */
  readonly isLost: boolean
}

/**
 * Pixi uploads everything again after a lost context, from the arrays that the pages keep.
 * @param onRestored nothing of what was drawn is left: draw again
 */
export const createStage = async (canvas: HTMLCanvasElement, onRestored: () => void): Promise<Stage> => {
  // Pixi's own clock would wake the page every frame for housekeeping that these few meshes do not need.
  Ticker.system.autoStart = false
  Ticker.system.stop()
  const renderer = new WebGLRenderer<HTMLCanvasElement>()
  await renderer.init({
    canvas,
    backgroundAlpha: 0,
    antialias: false,
    autoDensity: true,
    preferWebGLVersion: 2,
    gcActive: false,
    skipExtensionImports: true,
    hello: false,
  })
  canvas.addEventListener('webglcontextrestored', onRestored)
  const root = new Container()
  const options = { container: root }
  return {
    root,
    resize: (width, height, pixelRatio) => renderer.resize(width, height, pixelRatio),
    render: () => renderer.render(options),
    get isLost() {
      return renderer.gl.isContextLost()
    },
  }
}
