import { areaOf, FleetError } from '@fleetlake/core'
import { type BoxArea, boxArea } from '@fleetlake/viewer-core'

/**
 * The area of `west,south,east,north` in degrees; a west beyond the east is a box across the antimeridian, which is cut there.
 * @throws FleetError `usage.invalid`
 */
export const parseBox = (text: string): BoxArea => {
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
      `--bbox "${text}" is not a box on the globe: west,south,east,north with longitudes first, and south below north`,
    )
  }
  return boxArea(west, south, west > east ? east + 360 : east, north)
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
