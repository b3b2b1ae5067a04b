/**
 * Places as whole numbers, so that a worldwide fleet needs no origin that moves: int32 arithmetic is exact in JavaScript and in
 * a shader alike, and only a difference, small where it is drawn, becomes a float32.
 *
 *   x: 2^32 units around the globe from Greenwich, 9.3 mm each at the equator. It wraps where int32 wraps, at the antimeridian.
 *   y: 2^31 units from the mercator's northern edge to its southern, 0 at the equator, growing southward. It never wraps:
 *      the difference of any two is an int32.
 */
export const UNITS_PER_TURN = 2 ** 32
export const UNITS_PER_HEIGHT = 2 ** 31

const MAX_Y = UNITS_PER_HEIGHT / 2 - 1
const RADIANS = Math.PI / 180
const EQUATOR_M = 40_075_016.686

export const ringX = (longitude: number): number => Math.round((longitude / 360) * UNITS_PER_TURN) | 0

/** Beyond 85.05 degrees, where the mercator ends, it is the edge. */
export const ringY = (latitude: number): number => {
  const sine = Math.sin(latitude * RADIANS)
  const units = (Math.log((1 - sine) / (1 + sine)) / (4 * Math.PI)) * UNITS_PER_HEIGHT
  return Math.round(Math.min(MAX_Y, Math.max(-MAX_Y, units))) | 0
}

/** In [-180, 180). */
export const longitudeOf = (x: number): number => (x / UNITS_PER_TURN) * 360

export const latitudeOf = (y: number): number => Math.asin(Math.tanh((-y / UNITS_PER_HEIGHT) * 2 * Math.PI)) / RADIANS

/** Metres that a unit of x is long at a place; one of y is twice as long. */
export const metresPerUnit = (y: number): number =>
  EQUATOR_M / UNITS_PER_TURN / Math.cosh((y / UNITS_PER_HEIGHT) * 2 * Math.PI)
