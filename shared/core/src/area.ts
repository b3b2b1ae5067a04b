import { FleetError } from './errors.ts'
import { toMicroDegrees } from './position.ts'

/** Bounds in whole or fractional millionths of a degree, closed on all sides. */
export interface MicroBounds {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** The edges of one polygon, outer ring and holes alike, each directed northwards. */
export interface PolygonEdges {
  readonly bounds: MicroBounds
  /** `count` edges as southern and northern end, whole millionths of a degree. */
  readonly count: number
  readonly southX: Float64Array
  readonly southY: Float64Array
  readonly northX: Float64Array
  readonly northY: Float64Array
}

/** One or more polygons in whole millionths of a degree; a point is in the area when it is in any of them. */
export interface Area {
  readonly bounds: MicroBounds
  readonly polygons: readonly PolygonEdges[]
}

type Ring = readonly (readonly [number, number])[]

const invalid = (where: string, what: string): FleetError => new FleetError('area.invalid', `${where} ${what}`)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const ringOf = (value: unknown, where: string): Ring => {
  if (!Array.isArray(value)) throw invalid(where, 'is not an array of positions')
  const ring = value.map((point: unknown, i): readonly [number, number] => {
    if (!Array.isArray(point) || typeof point[0] !== 'number' || typeof point[1] !== 'number') {
      throw invalid(`${where}, position ${i}`, 'is not [longitude, latitude] in numbers')
    }
    const [longitude, latitude] = point as [number, number]
    if (!(longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90)) {
      throw invalid(
        `${where}, position ${i}`,
        `is [${longitude}, ${latitude}], off the globe: longitude comes first, −180 to 180, then latitude, −90 to 90`,
      )
    }
    return [toMicroDegrees(longitude), toMicroDegrees(latitude)]
  })
  const [first, last] = [ring[0], ring.at(-1)]
  if (first === undefined || last === undefined || first[0] !== last[0] || first[1] !== last[1]) {
    throw invalid(where, 'is not closed: its last position must repeat its first')
  }
  if (new Set(ring.map(([x, y]) => `${x} ${y}`)).size < 3) {
    throw invalid(where, 'has fewer than 3 distinct positions (to 1e-6 degrees)')
  }
  for (let i = 1; i < ring.length; i++) {
    if (Math.abs(ring[i][0] - ring[i - 1][0]) > 180e6) {
      throw invalid(
        `${where}, edge ${i}`,
        'spans more than 180° of longitude: cut the polygon at the antimeridian into a MultiPolygon (RFC 7946, 3.1.9)',
      )
    }
  }
  return ring
}

const boundsOf = (points: Ring): MicroBounds => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of points) {
    west = Math.min(west, x)
    east = Math.max(east, x)
    south = Math.min(south, y)
    north = Math.max(north, y)
  }
  return { west, south, east, north }
}

const unionOf = (all: readonly MicroBounds[]): MicroBounds => ({
  west: Math.min(...all.map((b) => b.west)),
  south: Math.min(...all.map((b) => b.south)),
  east: Math.max(...all.map((b) => b.east)),
  north: Math.max(...all.map((b) => b.north)),
})

const polygonOf = (value: unknown, where: string): PolygonEdges => {
  if (!Array.isArray(value) || value.length === 0) throw invalid(where, 'has no rings')
  const rings = value.map((ring, i) => ringOf(ring, `${where}, ${i === 0 ? 'outer ring' : `hole ${i}`}`))
  const edges = rings.flatMap((ring) =>
    ring.slice(1).map(([x, y], i) => {
      const [fromX, fromY] = ring[i]
      return fromY < y ? [fromX, fromY, x, y] : [x, y, fromX, fromY]
    }),
  )
  const column = (i: number): Float64Array => Float64Array.from(edges, (edge) => edge[i])
  return {
    bounds: boundsOf(rings.flat()),
    count: edges.length,
    southX: column(0),
    southY: column(1),
    northX: column(2),
    northY: column(3),
  }
}

/**
 * An area from a GeoJSON Polygon or MultiPolygon, bare or as a Feature or a FeatureCollection of them. Any winding; the
 * even-odd rule decides what holes take away. Vertices are rounded like positions.
 * @throws FleetError `area.invalid` with the ring and the position
 */
export const areaOf = (geojson: unknown): Area => {
  const polygons = geometriesOf(geojson).flatMap(({ geometry, where }) => polygonsOf(geometry, where))
  if (polygons.length === 0) throw invalid('the area', 'holds no polygon')
  return { bounds: unionOf(polygons.map((polygon) => polygon.bounds)), polygons }
}

/** A geometry, or those of Features; nothing is nested deeper than a FeatureCollection's Features. */
const geometriesOf = (value: unknown): { geometry: unknown; where: string }[] => {
  if (!isRecord(value)) return [{ geometry: value, where: 'the area' }]
  if (value['type'] === 'Feature') return [{ geometry: value['geometry'], where: "the Feature's geometry" }]
  if (value['type'] !== 'FeatureCollection') return [{ geometry: value, where: 'the area' }]
  const features = value['features']
  if (!Array.isArray(features)) throw invalid('the FeatureCollection', 'has no features')
  return features.map((feature: unknown, i) => {
    if (!isRecord(feature) || feature['type'] !== 'Feature') throw invalid(`feature ${i + 1}`, 'is not a Feature')
    return { geometry: feature['geometry'], where: `the geometry of feature ${i + 1}` }
  })
}

const polygonsOf = (value: unknown, where: string): PolygonEdges[] => {
  if (!isRecord(value)) throw invalid(where, 'is not a GeoJSON object')
  switch (value['type']) {
    case 'Polygon':
      return [polygonOf(value['coordinates'], 'the polygon')]
    case 'MultiPolygon': {
      const parts = value['coordinates']
      if (!Array.isArray(parts)) throw invalid('the MultiPolygon', 'has no coordinates')
      return parts.map((part, i) => polygonOf(part, `polygon ${i + 1} of ${parts.length}`))
    }
    default:
      throw invalid(where, `is of type ${JSON.stringify(value['type'])}; a Polygon or a MultiPolygon is needed`)
  }
}
