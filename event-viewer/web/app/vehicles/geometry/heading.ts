import { metresPerUnit } from './mercator-ring.ts'

/** Turns are 256ths of a circle, clockwise from north: half a step is 0.7 degrees, a tenth of a pixel at a marker's tip. */
export const TURN_STEPS = 256

/** A vehicle that moved less than this has no heading. */
const STANDS_M = 3

/** 0 for NaN. */
export const turnOf = (degrees: number): number => Math.round((degrees / 360) * TURN_STEPS) & (TURN_STEPS - 1)

export const degreesOf = (turn: number): number => (turn / TURN_STEPS) * 360

/** From one turn to another the short way round; steps with a fraction, in [0, 256). */
export const turnAt = (from: number, to: number, part: number): number => {
  const short = ((to - from + TURN_STEPS / 2) & (TURN_STEPS - 1)) - TURN_STEPS / 2
  return (from + short * part + TURN_STEPS) % TURN_STEPS
}

/** The same for degrees, in [0, 360); NaN when either is. */
export const headingBetween = (from: number, to: number, part: number): number => {
  const short = ((((to - from + 180) % 360) + 360) % 360) - 180
  return (from + short * part + 360) % 360
}

/** Where a step of these ring units leads, degrees; NaN for one that is too short. The mercator projection keeps angles. */
export const ledHeading = (dx: number, dy: number, y: number): number =>
  Math.hypot(dx, 2 * dy) * metresPerUnit(y) < STANDS_M
    ? Number.NaN
    : ((Math.atan2(dx, -2 * dy) * 180) / Math.PI + 360) % 360
