import { reachAround, screenX, screenY, type Camera, type Reach } from '../geometry/camera.ts'
import { createDrawn, isBeside, readDrawn, type SegmentPage } from './segment-page.ts'

/** Looks for the vehicle that is drawn nearest to a point of the screen, within a radius. */
export interface NearestSearch {
  /** Segment `index` of a page belongs to a candidate, at an instant of the page. @returns whether it is the nearest so far */
  offer(page: SegmentPage, index: number, now: number): boolean
  /** Of the nearest so far, or the radius. */
  readonly distancePx: number
}

export interface NearPoint {
  readonly camera: Camera
  /** CSS pixels */
  readonly x: number
  readonly y: number
  readonly radiusPx: number
}

export const searchNearest = ({ camera, x, y, radiusPx }: NearPoint): NearestSearch => {
  const reach: Reach = reachAround(camera, x, y, radiusPx)
  const drawn = createDrawn()
  let nearest = radiusPx * radiusPx
  return {
    offer: (page, index, now) => {
      if (isBeside(page, index, reach)) return false
      readDrawn(page, index, now, drawn)
      const right = screenX(camera, drawn.x, drawn.y) - x
      const down = screenY(camera, drawn.x, drawn.y) - y
      const square = right * right + down * down
      if (square > nearest) return false
      nearest = square
      return true
    },
    get distancePx() {
      return Math.sqrt(nearest)
    },
  }
}

export interface Nearest {
  readonly vehicle: number
  readonly distancePx: number
}
