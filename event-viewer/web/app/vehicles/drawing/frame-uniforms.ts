import { UniformGroup } from 'pixi.js'
import type { Camera } from '../geometry/camera.ts'

const structures = () => ({
  uCentre: { value: new Int32Array(2), type: 'vec2<i32>' as const },
  uAffine: { value: new Float32Array(4), type: 'vec4<f32>' as const },
  uOffset: { value: new Float32Array(2), type: 'vec2<f32>' as const },
  uSize: { value: new Float32Array(2), type: 'vec2<f32>' as const },
  uBearing: { value: 0, type: 'f32' as const },
})

/** What all programs know of a frame: the camera in device pixels. */
export type FrameUniforms = UniformGroup<ReturnType<typeof structures>>

export const createFrameUniforms = (): FrameUniforms => new UniformGroup(structures())

export const setCamera = ({ uniforms }: FrameUniforms, camera: Camera, pixelRatio: number): void => {
  uniforms.uCentre[0] = camera.centreX
  uniforms.uCentre[1] = camera.centreY
  uniforms.uAffine[0] = camera.xx * pixelRatio
  uniforms.uAffine[1] = camera.xy * pixelRatio
  uniforms.uAffine[2] = camera.yx * pixelRatio
  uniforms.uAffine[3] = camera.yy * pixelRatio
  uniforms.uOffset[0] = camera.x * pixelRatio
  uniforms.uOffset[1] = camera.y * pixelRatio
  uniforms.uSize[0] = camera.width * pixelRatio
  uniforms.uSize[1] = camera.height * pixelRatio
  uniforms.uBearing = (camera.bearing * Math.PI) / 180
}
