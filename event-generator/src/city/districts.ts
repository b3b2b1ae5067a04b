import { Delaunay } from 'd3-delaunay'
import type { Bounds } from '../core/city.ts'
import { pointsOf, tag } from './feature.ts'
import type { CityFeature, Coordinate } from './feature.ts'
import { eastPerNorth } from './geometry.ts'

export interface District {
  readonly name: string
  /** The closed ring of what is nearer to its place than to any other, within the bounds. */
  readonly ring: readonly Coordinate[]
}

export interface Districts {
  readonly districts: readonly District[]
  /** Index of the district of a point. */
  readonly indexOf: (longitude: number, latitude: number) => number
}

interface Site {
  readonly name: string
  readonly longitude: number
  readonly latitude: number
}

/**
 * The city divided among its suburbs, by name; a city without suburbs is one district of its own name.
 * @param inUse points that the districts are for, longitude and latitude: a suburb without any gets no district
 */
export const divideCity = (
  features: readonly CityFeature[],
  { name, bounds, inUse }: { name: string; bounds: Bounds; inUse: readonly Coordinate[] },
): Districts => {
  const all = suburbsOf(features)
  const sites =
    all.length > 0 ? all : [{ name, longitude: (bounds[0] + bounds[2]) / 2, latitude: (bounds[1] + bounds[3]) / 2 }]
  const everywhere = divide(sites, bounds)
  const used = new Set(inUse.map(([longitude, latitude]) => everywhere.indexOf(longitude, latitude)))
  return divide(
    sites.filter((_, n) => used.has(n)),
    bounds,
  )
}

const suburbsOf = (features: readonly CityFeature[]): Site[] => {
  const sites = new Map<string, Site>()
  for (const feature of features) {
    const name = tag(feature, 'name')
    if (tag(feature, 'place') !== 'suburb' || name === '' || sites.has(name)) continue
    for (const [longitude, latitude] of pointsOf(feature)) sites.set(name, { name, longitude, latitude })
  }
  return [...sites.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const divide = (sites: readonly Site[], bounds: Bounds): Districts => {
  const [west, south, east, north] = bounds
  const stretch = eastPerNorth((south + north) / 2)
  const delaunay = Delaunay.from(
    sites,
    (site) => site.longitude / stretch,
    (site) => site.latitude,
  )
  const voronoi = delaunay.voronoi([west / stretch, south, east / stretch, north])
  const districts = sites.map(({ name }, n) => ({
    name,
    ring: (voronoi.cellPolygon(n) ?? []).map(([x, y]): Coordinate => [x * stretch, y]),
  }))
  let last = 0
  const indexOf = (longitude: number, latitude: number): number =>
    (last = delaunay.find(longitude / stretch, latitude, last))
  return { districts, indexOf }
}
