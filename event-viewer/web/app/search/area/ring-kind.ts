import { distanceM } from '@fleetlake/core'
import type { Ring } from '../request/search-request.ts'

/** How a ring is edited: a box keeps its right angles, a circle its roundness, and of a `long` one only the whole is moved. */
export type RingKind = 'polygon' | 'rectangle' | 'circle' | 'long'

/** Each position of a ring that is edited has a handle. */
const MOST_HANDLES = 250
const FEWEST_OF_CIRCLE = 24
/** Of the radius. */
const ROUNDNESS = 0.01

/** What a ring is by its shape alone, so that it is edited the same after a reload. */
export const ringKind = (ring: Ring): RingKind => {
  if (isBox(ring)) return 'rectangle'
  if (isCircle(ring)) return 'circle'
  return ring.length > MOST_HANDLES ? 'long' : 'polygon'
}

const isBox = (ring: Ring): boolean => {
  if (ring.length !== 5) return false
  const [longitudes, latitudes] = [0, 1].map((axis) => new Set(ring.map((position) => position[axis])).size)
  const isAlongAxes = ring.slice(1).every(([x, y], i) => (x === ring[i][0]) !== (y === ring[i][1]))
  return longitudes === 2 && latitudes === 2 && isAlongAxes
}

const isCircle = (ring: Ring): boolean => {
  const corners = ring.slice(1)
  if (corners.length < FEWEST_OF_CIRCLE) return false
  const [longitude, latitude] = [0, 1].map(
    (axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length,
  )
  const radii = corners.map((corner) => distanceM(longitude, latitude, corner[0], corner[1]))
  const mean = radii.reduce((sum, radius) => sum + radius, 0) / radii.length
  // 1e-6 degrees are 11 cm.
  return radii.every((radius) => Math.abs(radius - mean) <= mean * ROUNDNESS + 0.2)
}
