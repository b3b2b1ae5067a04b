const EARTH_RADIUS_M = 6371008.8
const RADIANS = Math.PI / 180

/** Metres between two points a short way apart, degrees. */
export const metresBetween = (lon1: number, lat1: number, lon2: number, lat2: number): number =>
  EARTH_RADIUS_M * RADIANS * Math.hypot((lon2 - lon1) * Math.cos(((lat1 + lat2) / 2) * RADIANS), lat2 - lat1)

/** Degrees clockwise from north, [0, 360), from one point to another a short way apart. */
export const headingBetween = (lon1: number, lat1: number, lon2: number, lat2: number): number => {
  const east = (lon2 - lon1) * Math.cos(((lat1 + lat2) / 2) * RADIANS)
  return (Math.atan2(east, lat2 - lat1) / RADIANS + 360) % 360
}

/** Degrees east per degree north that are as long on the ground. */
export const eastPerNorth = (latitude: number): number => 1 / Math.cos(latitude * RADIANS)
