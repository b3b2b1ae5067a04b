import { areaOf, FleetError } from '@fleetlake/core'

type Position = readonly [longitude: number, latitude: number]
export type Area =
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }

const box = (west: number, south: number, east: number, north: number): Position[][] => [
  [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ],
]

/**
 * The area of `west,south,east,north` in degrees; a west beyond the east is a box across the antimeridian, which is cut there.
 * @throws FleetError `usage.invalid`
 */
export const parseBox = (text: string): Area => {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
  const [west, south, east, north] = numbers
  if (numbers.length !== 4 || numbers.some((number) => !Number.isFinite(number))) {
    throw new FleetError(
      'usage.invalid',
      `--bbox "${text}" is not west,south,east,north in degrees, such as -56.2,-34.93,-56.1,-34.88`,
    )
  }
  const isOnGlobe = [west, east].every((x) => Math.abs(x) <= 180) && [south, north].every((y) => Math.abs(y) <= 90)
  if (!isOnGlobe || south >= north || west === east) {
    throw new FleetError(
      'usage.invalid',
      `--bbox "${text}" is no box on the globe: west,south,east,north with longitudes first, and south below north`,
    )
  }
  const parts = cut(west, east)
  if (parts.length === 1) return { type: 'Polygon', coordinates: box(parts[0][0], south, parts[0][1], north) }
  return { type: 'MultiPolygon', coordinates: parts.map(([from, to]) => box(from, south, to, north)) }
}

/** West and east of boxes that neither cross the antimeridian nor have an edge of more than 180°, which would be ambiguous. */
const cut = (west: number, east: number): [west: number, east: number][] => {
  if (west > east) return [...cut(west, 180), ...cut(-180, east)]
  if (west === east) return []
  if (east - west <= 180) return [[west, east]]
  const middle = (west + east) / 2
  return [
    [west, middle],
    [middle, east],
  ]
}

/**
 * @param name of the input, for people
 * @throws FleetError `usage.invalid` for no JSON, `area.invalid` with the ring and the position for no area
 */
export const parseArea = (text: string, name: string): unknown => {
  let area: unknown
  try {
    area = JSON.parse(text)
  } catch (cause) {
    throw new FleetError('usage.invalid', `${name} is not JSON; a GeoJSON Polygon or MultiPolygon is needed`, { cause })
  }
  areaOf(area)
  return area
}
