/** A position in whole millionths of a degree. */
export type Point = readonly [x: number, y: number]
/** Not closed: the last vertex is followed by the first. */
export type Ring = readonly Point[]
/** An outline, then its holes. */
export type Polygon = readonly Ring[]

/**
 * Whether a point is in any of some polygons, by brute force in whole numbers of any size: the point is moved a little east and, by less, north
 * (at the pole, south), and a ray goes straight down from there. The code under test sends its ray east.
 */
export const isInPolygons = (polygons: readonly Polygon[], [x, y]: Point): boolean =>
  polygons.some(([outline, ...holes]) => isInRing(outline, x, y) && !holes.some((hole) => isInRing(hole, x, y)))

const isInRing = (ring: Ring, x: number, y: number): boolean =>
  [-2, -1, 0, 1, 2].some((turn) => isInPlane(ring, (x === 180e6 ? -180e6 : x) + turn * 360e6, y))

const isInPlane = (ring: Ring, x: number, y: number): boolean => {
  let isIn = false
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i], ring[(i + 1) % ring.length]]
    if (a[0] <= x === b[0] <= x) continue
    const [[westX, westY], [eastX, eastY]] = a[0] < b[0] ? [a, b] : [b, a]
    const above = BigInt(eastX - westX) * BigInt(y - westY) - BigInt(eastY - westY) * BigInt(x - westX)
    const isAboveOnIt = y === 90e6 ? eastY < westY : eastY <= westY
    if (above > 0n || (above === 0n && isAboveOnIt)) isIn = !isIn
  }
  return isIn
}

/** As GeoJSON; whole millionths survive. */
export const geoJsonOf = (polygons: readonly Polygon[]): { type: 'MultiPolygon'; coordinates: number[][][][] } => ({
  type: 'MultiPolygon',
  coordinates: polygons.map((rings) => rings.map((ring) => [...ring, ring[0]].map(([x, y]) => [x / 1e6, y / 1e6]))),
})
