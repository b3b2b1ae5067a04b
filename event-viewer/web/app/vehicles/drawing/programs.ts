import { GlProgram } from 'pixi.js'
import {
  MARKER_FRAGMENT,
  markerVertex,
  RING_FRAGMENT,
  TRAIL_FRAGMENT,
  trailVertex,
  type ShaderKind,
} from './shaders.ts'

export interface Programs {
  readonly marker: GlProgram
  readonly trail: GlProgram
  /** The highlighted vehicle. */
  readonly ring: GlProgram
}

const programOf = (name: string, vertex: string, fragment: string): GlProgram =>
  GlProgram.from({ name, vertex, fragment, preferredFragmentPrecision: 'highp' })

export const programsOf = (kind: ShaderKind): Programs => ({
  marker: programOf(`${kind}-marker`, markerVertex(kind), MARKER_FRAGMENT),
  trail: programOf(`${kind}-trail`, trailVertex(kind), TRAIL_FRAGMENT),
  ring: programOf('ring', markerVertex('live'), RING_FRAGMENT),
})
