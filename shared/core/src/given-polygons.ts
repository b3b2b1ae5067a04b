import { FleetError } from './errors.ts'

/** A ring as it was given: degrees, in any turn of the globe; the last position is the first again. */
export interface GivenRing {
  /** For people: `polygon 2 of 3, hole 1`. */
  readonly where: string
  readonly longitudes: Float64Array
  readonly latitudes: Float64Array
}

/** An outline, then its holes. */
export type GivenPolygon = readonly GivenRing[]

/** What a bare Polygon is called where it is refused. */
export interface AreaNames {
  /** `the polygon` when missing. */
  readonly polygon?: string
  /** Its outline; `<polygon>, outer ring` when missing. */
  readonly outline?: string
}

/** Half a turn beyond the globe on both sides: 190 and −190 are understood, and so are longitudes from 0 to 360. */
const FURTHEST_LONGITUDE = 540

export const invalidArea = (where: string, what: string): FleetError =>
  new FleetError('area.invalid', `${where} ${what}`)

/**
 * The polygons of a GeoJSON Polygon or MultiPolygon, bare or as a Feature or a FeatureCollection of them.
 * @throws FleetError `area.invalid` with the ring and the position, counted from 1
 */
export const givenPolygons = (geojson: unknown, names: AreaNames = {}): GivenPolygon[] => {
  const polygons = geometriesOf(geojson).flatMap(({ geometry, where }) => polygonsOf(geometry, where, names))
  if (polygons.length === 0) throw invalidArea('the area', 'holds no polygon')
  return polygons
}

/** How many positions an area has, whatever else is wrong with it; what is not a position of a ring is not counted. */
export const countPositions = (geojson: unknown): number =>
  geometriesOf(geojson).reduce((sum, { geometry }) => sum + countIn(geometry), 0)

const countIn = (geometry: unknown): number => {
  if (!isRecord(geometry) || !Array.isArray(geometry['coordinates'])) return 0
  const parts: unknown[] =
    geometry['type'] === 'MultiPolygon' ? geometry['coordinates'].flat() : geometry['coordinates']
  return parts.reduce<number>((sum, ring) => sum + (Array.isArray(ring) ? Math.max(1, ring.length) : 1), 0)
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A geometry, or those of Features; nothing is nested deeper than a FeatureCollection's Features. */
const geometriesOf = (value: unknown): { geometry: unknown; where: string }[] => {
  if (!isRecord(value)) return [{ geometry: value, where: 'the area' }]
  if (value['type'] === 'Feature') return [{ geometry: value['geometry'], where: "the Feature's geometry" }]
  if (value['type'] !== 'FeatureCollection') return [{ geometry: value, where: 'the area' }]
  const features = value['features']
  if (!Array.isArray(features)) throw invalidArea('the FeatureCollection', 'has no features')
  return features.map((feature: unknown, i) => {
    if (!isRecord(feature) || feature['type'] !== 'Feature') throw invalidArea(`feature ${i + 1}`, 'is not a Feature')
    return { geometry: feature['geometry'], where: `the geometry of feature ${i + 1}` }
  })
}

const polygonsOf = (value: unknown, where: string, { polygon = 'the polygon', outline }: AreaNames): GivenPolygon[] => {
  if (!isRecord(value)) throw invalidArea(where, 'is not a GeoJSON object')
  switch (value['type']) {
    case 'Polygon':
      return [
        where === 'the area'
          ? polygonOf(value['coordinates'], polygon, outline)
          : polygonOf(value['coordinates'], where),
      ]
    case 'MultiPolygon': {
      const parts = value['coordinates']
      if (!Array.isArray(parts)) throw invalidArea('the MultiPolygon', 'has no coordinates')
      const prefix = where === 'the area' ? '' : `${where}, `
      return parts.map((part, i) => polygonOf(part, `${prefix}polygon ${i + 1} of ${parts.length}`))
    }
    default:
      throw invalidArea(where, `is of type ${JSON.stringify(value['type'])}; a Polygon or a MultiPolygon is needed`)
  }
}

const polygonOf = (value: unknown, where: string, outline = `${where}, outer ring`): GivenPolygon => {
  if (!Array.isArray(value) || value.length === 0) throw invalidArea(where, 'has no rings')
  return value.map((ring, i) => ringOf(ring, i === 0 ? outline : `${where}, hole ${i}`))
}

const ringOf = (value: unknown, where: string): GivenRing => {
  if (!Array.isArray(value)) throw invalidArea(where, 'is not an array of positions')
  const longitudes = new Float64Array(value.length)
  const latitudes = new Float64Array(value.length)
  for (let i = 0; i < value.length; i++) {
    const point: unknown = value[i]
    if (!Array.isArray(point) || typeof point[0] !== 'number' || typeof point[1] !== 'number') {
      throw invalidArea(`${where}, position ${i + 1}`, 'is not [longitude, latitude] in numbers')
    }
    const [longitude, latitude] = point as [number, number]
    if (!(Math.abs(longitude) <= FURTHEST_LONGITUDE && Math.abs(latitude) <= 90)) {
      throw offTheGlobe(`${where}, position ${i + 1}`, longitude, latitude)
    }
    longitudes[i] = longitude
    latitudes[i] = latitude
  }
  return { where, longitudes, latitudes }
}

const offTheGlobe = (where: string, longitude: number, latitude: number): FleetError => {
  const isSwapped = Math.abs(longitude) <= 90 && Math.abs(latitude) <= 180
  const isProjected = Math.abs(longitude) > FURTHEST_LONGITUDE
  const advice = isSwapped
    ? `the two look swapped, since [${latitude}, ${longitude}] would be on it: longitude comes first, −180 to 180, then latitude, −90 to 90`
    : isProjected
      ? 'these look like metres of a projection: degrees WGS84 (EPSG:4326) are needed'
      : 'longitude comes first, −180 to 180, then latitude, −90 to 90'
  return invalidArea(where, `is [${longitude}, ${latitude}], off the globe: ${advice}`)
}
