import type { GivenPolygon, GivenRing } from './given-polygons.ts'
import { EARTH_RADIUS_M } from './great-circle.ts'

const RADIANS = Math.PI / 180
const RADIUS_KM = EARTH_RADIUS_M / 1_000

/** Of the sine of the latitude along an edge that is straight in longitude and latitude. */
const meanSine = (from: number, to: number): number => {
  const run = to - from
  return Math.abs(run) < 1e-9 ? Math.sin((from + to) / 2) : (Math.cos(from) - Math.cos(to)) / run
}

const ringKm2 = ({ longitudes, latitudes }: GivenRing): number => {
  let sum = 0
  for (let i = 1; i < longitudes.length; i++) {
    const east = (longitudes[i] - longitudes[i - 1]) * RADIANS
    sum += east * meanSine(latitudes[i - 1] * RADIANS, latitudes[i] * RADIANS)
  }
  return Math.abs(sum) * RADIUS_KM * RADIUS_KM
}

/**
 * Area on a sphere. Edges are straight in longitude and latitude, as searches take them; what several polygons cover counts for each.
 * @param polygons sound ones: outlines that do not cross themselves, and their holes
 * @returns km²
 */
export const squareKilometersOf = (polygons: readonly GivenPolygon[]): number =>
  polygons.reduce((sum, [outline, ...holes]) => {
    const out = holes.reduce((taken, hole) => taken + ringKm2(hole), 0)
    return sum + Math.max(0, ringKm2(outline) - out)
  }, 0)
