import { areaOf, contains, toMicroDegrees } from '@fleetlake/core'
import type { Ring, Shape } from '../request/search-request.ts'
import type { RingPlace } from './area-editor.ts'

/** The ring that a click at a place means: the smallest around it, so that a hole comes before its area. */
export const ringAt = (shapes: readonly Shape[], longitude: number, latitude: number): RingPlace | undefined => {
  let [best, bestSize]: [RingPlace | undefined, number] = [undefined, Infinity]
  shapes.forEach((rings, shape) =>
    rings.forEach((ring, i) => {
      const size = boxSize(ring)
      if (size >= bestSize || !isIn(ring, longitude, latitude)) return
      best = { shape, ring: i }
      bestSize = size
    }),
  )
  return best
}

const isIn = (ring: Ring, longitude: number, latitude: number): boolean =>
  contains(areaOf({ type: 'Polygon', coordinates: [ring] }), toMicroDegrees(longitude), toMicroDegrees(latitude))

const boxSize = (ring: Ring): number => {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)]
  return (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys))
}

/** Pixels from a point to the nearest edge of a ring. */
export const pixelsToRing = (
  ring: Ring,
  point: { readonly x: number; readonly y: number },
  project: (longitude: number, latitude: number) => { readonly x: number; readonly y: number },
): number => {
  const corners = ring.map(([longitude, latitude]) => project(longitude, latitude))
  return corners.slice(1).reduce((least, b, i) => Math.min(least, pixelsToEdge(point, corners[i], b)), Infinity)
}

type Point = { readonly x: number; readonly y: number }

const pixelsToEdge = (point: Point, a: Point, b: Point): number => {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((point.x - a.x) * dx + (point.y - a.y) * dy) / length))
  return Math.hypot(point.x - a.x - along * dx, point.y - a.y - along * dy)
}
