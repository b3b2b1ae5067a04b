import { ringX, ringY, UNITS_PER_HEIGHT, UNITS_PER_TURN } from './mercator-ring.ts'

/** What a map without pitch shows, in CSS pixels. */
export interface View {
  readonly longitude: number
  readonly latitude: number
  /** The world is 512 · 2^zoom pixels wide. */
  readonly zoom: number
  /** Degrees clockwise from north of what is up. */
  readonly bearing: number
  readonly width: number
  readonly height: number
  /** Where the centre is on the screen; the middle, but for padding. */
  readonly x: number
  readonly y: number
}

/**
 * From ring units to CSS pixels, an affine transform:
 *
 *   | screen x |   | xx xy |   | ring x - centreX |   | x |
 *   | screen y | = | yx yy | · | ring y - centreY | + | y |     (differences in int32 arithmetic)
 */
export interface Camera {
  readonly centreX: number
  readonly centreY: number
  readonly xx: number
  readonly xy: number
  readonly yx: number
  readonly yy: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly zoom: number
  readonly bearing: number
}

const TILE_PX = 512
const exactX = (longitude: number): number => (longitude / 360) * UNITS_PER_TURN

/** The centre is a whole unit: what was rounded off, half a pixel at zoom 22, goes into the offset. */
export const cameraOf = (view: View): Camera => {
  const worldPx = TILE_PX * 2 ** view.zoom
  const turn = (view.bearing * Math.PI) / 180
  const perX = worldPx / UNITS_PER_TURN
  const perY = worldPx / UNITS_PER_HEIGHT
  const xx = Math.cos(turn) * perX
  const xy = Math.sin(turn) * perY
  const yx = -Math.sin(turn) * perX
  const yy = Math.cos(turn) * perY
  const sine = Math.sin((view.latitude * Math.PI) / 180)
  const exactY = (Math.log((1 - sine) / (1 + sine)) / (4 * Math.PI)) * UNITS_PER_HEIGHT
  const restX = Math.round(exactX(view.longitude)) - exactX(view.longitude)
  const restY = Math.round(exactY) - exactY
  return {
    centreX: ringX(view.longitude),
    centreY: ringY(view.latitude),
    xx,
    xy,
    yx,
    yy,
    x: view.x + xx * restX + xy * restY,
    y: view.y + yx * restX + yy * restY,
    width: view.width,
    height: view.height,
    zoom: view.zoom,
    bearing: view.bearing,
  }
}

export const isSameCamera = (one: Camera, other: Camera): boolean =>
  one.centreX === other.centreX &&
  one.centreY === other.centreY &&
  one.x === other.x &&
  one.y === other.y &&
  one.zoom === other.zoom &&
  one.bearing === other.bearing &&
  one.width === other.width &&
  one.height === other.height

/** CSS pixels at which a place in ring units is seen. */
export const screenX = (camera: Camera, x: number, y: number): number =>
  camera.xx * ((x - camera.centreX) | 0) + camera.xy * ((y - camera.centreY) | 0) + camera.x

export const screenY = (camera: Camera, x: number, y: number): number =>
  camera.yx * ((x - camera.centreX) | 0) + camera.yy * ((y - camera.centreY) | 0) + camera.y

/** What is within a radius of a point of the screen, in ring units: a box around it, so that most can be left out quickly. */
export interface Reach {
  readonly x: number
  readonly y: number
  readonly reachX: number
  readonly reachY: number
}

export const reachAround = (camera: Camera, x: number, y: number, radiusPx: number): Reach => {
  const right = x - camera.x
  const down = y - camera.y
  const area = camera.xx * camera.yy - camera.xy * camera.yx
  return {
    x: Math.round(camera.centreX + (camera.yy * right - camera.xy * down) / area) | 0,
    y: Math.round(camera.centreY + (camera.xx * down - camera.yx * right) / area),
    reachX: Math.ceil(radiusPx / Math.hypot(camera.xx, camera.yx)) + 1,
    reachY: Math.ceil(radiusPx / Math.hypot(camera.xy, camera.yy)) + 1,
  }
}
