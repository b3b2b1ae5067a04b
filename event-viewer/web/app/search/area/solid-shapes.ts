import { areaOf, contains, roundDegrees, toMicroDegrees } from '@fleetlake/core'
import { difference } from '@turf/difference'
import { featureCollection, polygon } from '@turf/helpers'
import type { Position } from 'geojson'
import type { Ring, Shape } from '../request/search-request.ts'
import { findMeeting } from './ring-meeting.ts'

/**
 * An outline less its holes, wherever they lie: shapes whose holes are inside their outline, and apart from it and each other. Invariant: a shape
 * that is so already stays as it is, to the last digit. None when the holes leave nothing.
 * @param shape rings that do not cross themselves
 */
export const solidShapes = (shape: Shape): Shape[] => {
  const [outline, ...all] = shape
  const holes = all.filter((hole) => findMeeting([outline, hole], 'touch') !== undefined || isIn(hole, outline))
  // What is around the outline without meeting it takes it all away.
  if (all.some((hole) => !holes.includes(hole) && isIn(outline, hole))) return []
  const isSolid =
    // An outline may touch itself, with a spike that encloses nothing.
    holes.length === 0 ||
    (findMeeting([outline, ...holes], 'touch') === undefined &&
      holes.every((hole) => holes.every((other) => other === hole || !isIn(hole, other))))
  return isSolid ? [[outline, ...holes]] : subtract(outline, holes)
}

/** Whether a ring's first position is in another ring, which for rings that do not meet is the whole ring. */
const isIn = (ring: Ring, outer: Ring): boolean => {
  const [longitude, latitude] = ring[0]
  // A ring across the antimeridian goes on beyond 180.
  const onGlobe = longitude - 360 * Math.round(longitude / 360)
  const area = areaOf({ type: 'Polygon', coordinates: [outer] })
  return contains(area, toMicroDegrees(onGlobe), toMicroDegrees(latitude))
}

const subtract = (outline: Ring, all: readonly Ring[]): Shape[] => {
  // There and back is not a hole.
  const holes = all.filter(({ length }) => length > 3)
  if (holes.length === 0) return [[outline]]
  const polygons = [outline, ...holes].map((ring) => polygon([ring.map(([x, y]) => [x, y])]))
  const rest = difference(featureCollection(polygons))?.geometry
  if (rest === undefined) return []
  const parts = rest.type === 'Polygon' ? [rest.coordinates] : rest.coordinates
  return parts.flatMap((part) => {
    const [first, ...others] = part.map(roundRing)
    return hasArea(first) ? [[first, ...others.filter(hasArea)]] : []
  })
}

/** Rounded like positions; without positions that repeat the one before. */
export const roundRing = (ring: readonly Position[]): Ring => {
  const rounded = ring.map(([longitude, latitude]): [number, number] => [
    roundDegrees(longitude),
    roundDegrees(latitude),
  ])
  return rounded.filter(([x, y], i) => i === 0 || x !== rounded[i - 1][0] || y !== rounded[i - 1][1])
}

/** Whether it encloses anything; degrees squared do for that. */
const hasArea = (ring: Ring): boolean => {
  let twice = 0
  const [originX, originY] = ring[0]
  for (let i = 1; i < ring.length; i++) {
    const [[ax, ay], [bx, by]] = [ring[i - 1], ring[i]]
    twice += (ax - originX) * (by - originY) - (bx - originX) * (ay - originY)
  }
  return ring.length > 3 && Math.abs(twice) > 1e-12
}
