import { UniformGroup } from 'pixi.js'
import type { MarkerLook } from '../looks/marker-look.ts'
import { bytesOf, type Theme } from '../looks/palette.ts'

const f32 = (): { value: number; type: 'f32' } => ({ value: 0, type: 'f32' })
const i32 = (): { value: number; type: 'i32' } => ({ value: 0, type: 'i32' })
const vec3 = (): { value: Float32Array; type: 'vec3<f32>' } => ({ value: new Float32Array(3), type: 'vec3<f32>' })

const structures = () => ({
  uRadius: f32(),
  uArrow: f32(),
  uHalf: f32(),
  uMorph: f32(),
  uOutline: f32(),
  uOutlineColour: vec3(),
  uAlpha: f32(),
  uRing: f32(),
  uRingWidth: f32(),
  uRingColour: vec3(),
  uTrailHalf: f32(),
  uReach: i32(),
  uColourRow: i32(),
})

/** How a scene's vehicles, its trails or its ring look; lengths in device pixels. */
export type LookUniforms = UniformGroup<ReturnType<typeof structures>>

export const createLookUniforms = (): LookUniforms => new UniformGroup(structures())

/** Next to a vehicle's colour, in each theme, so that it stands out on streets and on others. */
const OUTLINE: Readonly<Record<Theme, string>> = { dark: '#0b1220', light: '#ffffff' }
/** The page's primary colour. */
const RING: Readonly<Record<Theme, string>> = { dark: '#38bdf8', light: '#0284c7' }

const setColour = (into: Float32Array, colour: string): void => {
  for (const [channel, byte] of bytesOf(colour).entries()) into[channel] = byte / 255
}

export const setTheme = ({ uniforms }: LookUniforms, theme: Theme): void => {
  setColour(uniforms.uOutlineColour, OUTLINE[theme])
  setColour(uniforms.uRingColour, RING[theme])
}

const reachOf = (look: MarkerLook): number => Math.max(look.radius, look.arrow * look.morph) + look.outline

export const setMarkers = ({ uniforms }: LookUniforms, look: MarkerLook, pixelRatio: number): void => {
  uniforms.uRadius = look.radius * pixelRatio
  uniforms.uArrow = look.arrow * pixelRatio
  uniforms.uMorph = look.morph
  uniforms.uOutline = look.outline * pixelRatio
  uniforms.uHalf = reachOf(look) * pixelRatio + 1
  uniforms.uAlpha = look.alpha
}

/** Somewhat bigger than the others, opaque, in a ring. */
export const setRing = (group: LookUniforms, look: MarkerLook, pixelRatio: number): void => {
  const shown = { ...look, radius: Math.max(look.radius, 4), outline: 1.5, alpha: 1 }
  const ring = reachOf(shown) + 5
  setMarkers(group, shown, pixelRatio)
  group.uniforms.uRing = ring * pixelRatio
  group.uniforms.uRingWidth = 2.5 * pixelRatio
  group.uniforms.uHalf = (ring + 5) * pixelRatio
}

/** @param reachMs how far back a trail reaches */
export const setTrail = ({ uniforms }: LookUniforms, look: MarkerLook, pixelRatio: number, reachMs: number): void => {
  uniforms.uTrailHalf = (look.trailWidth * pixelRatio) / 2
  uniforms.uAlpha = look.trailAlpha
  uniforms.uReach = Math.max(1, Math.round(reachMs))
}
