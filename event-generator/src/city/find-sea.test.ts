import { expect, test } from 'vitest'
import type { CityFeature, Coordinate } from './feature.ts'
import { findSea } from './find-sea.ts'
import { metresBetween } from './geometry.ts'
import { readMontevideoMap } from './montevideo.ts'

const BOUNDS = [0, 0, 0.05, 0.05] as const

const line = (...coordinates: Coordinate[]): CityFeature => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'LineString', coordinates },
})

/** Streets 100 m apart that fill what is north of a latitude. */
const town = (south: number): CityFeature[] =>
  Array.from({ length: Math.ceil((0.05 - south) / 0.0009) }, (_, n) =>
    line([-0.01, south + n * 0.0009], [0.06, south + n * 0.0009]),
  )

const ringsOf = ({ geometry }: CityFeature): readonly (readonly Coordinate[])[] => {
  if (geometry.type === 'Polygon') return geometry.coordinates
  return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : []
}

const isIn = (area: CityFeature, [x, y]: Coordinate): boolean => {
  let crossings = 0
  for (const ring of ringsOf(area)) {
    for (let n = 1; n < ring.length; n++) {
      const [[x0, y0], [x1, y1]] = [ring[n - 1], ring[n]]
      if (y0 <= y !== y1 <= y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) crossings++
    }
  }
  return crossings % 2 === 1
}

/** From the points of the one to the lines of the other. */
const metresBetweenOutlines = (from: CityFeature, to: CityFeature): number => {
  let least = Infinity
  for (const [x, y] of ringsOf(from).flat()) {
    for (const ring of ringsOf(to)) {
      for (let n = 1; n < ring.length; n++) {
        const [[x0, y0], [x1, y1]] = [ring[n - 1], ring[n]]
        const along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
        const part = Math.min(1, Math.max(0, along))
        least = Math.min(least, metresBetween(x, y, x0 + part * (x1 - x0), y0 + part * (y1 - y0)))
      }
    }
  }
  return least
}

test('the sea reaches to a few tens of metres before the streets along it, and not between streets', () => {
  const sea = findSea({ land: town(0.02), bounds: BOUNDS, seaAt: [0.025, 0.005] })
  expect(isIn(sea, [0.025, 0.001])).toBe(true)
  expect(isIn(sea, [0.025, 0.02 - 40 / 111_195])).toBe(true)
  expect(isIn(sea, [0.025, 0.02 - 5 / 111_195])).toBe(false)
  expect(isIn(sea, [0.025, 0.03])).toBe(false)
})

test('a lone pier stands out of the sea, an island stands in it, and a lake is not the sea', () => {
  const pier = line([0.01, 0.02], [0.01, 0.012])
  const island = line([0.04, 0.01], [0.041, 0.01], [0.041, 0.011], [0.04, 0.01])
  const land = [...town(0.02).filter((_, n) => n < 5 || n > 15), pier, island]
  const sea = findSea({ land, bounds: BOUNDS, seaAt: [0.025, 0.005] })
  expect(isIn(sea, [0.01, 0.015])).toBe(false)
  expect(isIn(sea, [0.0105, 0.015])).toBe(true)
  expect(isIn(sea, [0.0405, 0.01])).toBe(false)
  expect(isIn(sea, [0.039, 0.01])).toBe(true)
  expect(isIn(sea, [0.025, 0.029])).toBe(false)
})

test('around Montevideo the sea is where it is, and no street lies in it', async () => {
  const features = await readMontevideoMap()
  const sea = features.find((feature) => feature.properties?.['place'] === 'sea' && feature.geometry.type !== 'Point')!
  const inTheSea: Record<string, Coordinate> = {
    bay: [-56.225, -34.888],
    'off Pocitos': [-56.14, -34.92],
    'off Carrasco': [-56.03, -34.9],
    'off the Cerro': [-56.25, -34.92],
  }
  const onLand: Record<string, Coordinate> = {
    'Ciudad Vieja': [-56.206, -34.906],
    'Punta Carretas': [-56.16, -34.93],
    Cerro: [-56.255, -34.885],
    Prado: [-56.2, -34.855],
    'Parque Roosevelt': [-56.02, -34.85],
  }
  const names = (points: Record<string, Coordinate>, wanted: boolean): string[] =>
    Object.keys(points).filter((name) => isIn(sea, points[name]) === wanted)
  expect(names(inTheSea, true)).toEqual(Object.keys(inTheSea))
  expect(names(onLand, false)).toEqual(Object.keys(onLand))
  const drowned = features.filter(
    ({ properties, geometry }, n) =>
      n % 5 === 0 &&
      properties?.['highway'] !== undefined &&
      properties['route'] === undefined &&
      geometry.type === 'LineString' &&
      geometry.coordinates.some((point) => isIn(sea, point)),
  )
  expect(drowned.map(({ properties }) => properties?.['name'])).toEqual([])
  const beaches = features.filter(({ properties }) => properties?.['natural'] === 'beach')
  const metres = beaches.map((beach) => metresBetweenOutlines(beach, sea)).toSorted((a, b) => a - b)
  const inTheYachtHarbour = 2
  expect(metres).toHaveLength(16)
  expect(metres[metres.length - 1 - inTheYachtHarbour]).toBeLessThan(30)
})
