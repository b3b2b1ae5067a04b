/** Mean radius of the earth, metres (IUGG). */
export const EARTH_RADIUS_M = 6_371_008.8
const RADIANS = Math.PI / 180

/** Faster than any road vehicle: then one of two positions is wrong. */
export const MAX_SPEED_MPS = 100

/** Great-circle distance in metres between two places in degrees, on a sphere (haversine). */
export const distanceM = (longitude1: number, latitude1: number, longitude2: number, latitude2: number): number => {
  const north = Math.sin(((latitude2 - latitude1) * RADIANS) / 2)
  const east = Math.sin(((longitude2 - longitude1) * RADIANS) / 2)
  const h = north * north + Math.cos(latitude1 * RADIANS) * Math.cos(latitude2 * RADIANS) * east * east
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** The direction in which the shortest way begins, degrees clockwise from north, [0, 360). */
export const bearingDegrees = (
  longitude1: number,
  latitude1: number,
  longitude2: number,
  latitude2: number,
): number => {
  const east = (longitude2 - longitude1) * RADIANS
  const y = Math.sin(east) * Math.cos(latitude2 * RADIANS)
  const x =
    Math.cos(latitude1 * RADIANS) * Math.sin(latitude2 * RADIANS) -
    Math.sin(latitude1 * RADIANS) * Math.cos(latitude2 * RADIANS) * Math.cos(east)
  return (Math.atan2(y, x) / RADIANS + 360) % 360
}
