import { FleetError } from '@fleetlake/core'
import { CONTROL } from '../core/city.ts'
import type { Bounds, City } from '../core/city.ts'
import { divideCity } from './districts.ts'
import type { District } from './districts.ts'
import type { CityFeature, Coordinate } from './feature.ts'
import { headingBetween, metresBetween } from './geometry.ts'
import { measureHomeMetres } from './home-metres.ts'
import { buildNetwork } from './network.ts'
import type { Edge, Network } from './network.ts'
import { readStreets } from './streets.ts'
import type { StreetMap } from './streets.ts'
import { turnColumns } from './turn-columns.ts'

/** Signs and signals that stand this close before the end of an edge are the crossing's, metres. */
const CONTROL_REACH_M = 30

export interface CityOptions {
  readonly name: string
  readonly attribution: string
}

/**
 * The drivable network of a city and its districts.
 * @param features streets (`highway`, `oneway`, `maxspeed`), suburbs (points with `place=suburb` and `name`), signs and signals
 * @throws FleetError `city.invalid` when the streets do not make a network
 */
export const buildCity = (
  features: readonly CityFeature[],
  { name, attribution }: CityOptions,
): { city: City; districts: readonly District[] } => {
  const map = readStreets(features)
  const network = buildNetwork(map)
  if (!network.turns.some((turns) => turns.length > 0)) {
    throw new FleetError(
      'city.invalid',
      `${name} has no connected streets: give lines with a drivable highway property that share their end points`,
    )
  }
  const { vertices, firstVertex, length, bounds } = measure(network, map)
  const middles = network.edges.map((_, n): Coordinate => {
    let at = firstVertex[n]
    while (vertices.distance[at + 1] < length[n] / 2) at++
    const part = (length[n] / 2 - vertices.distance[at]) / (vertices.distance[at + 1] - vertices.distance[at])
    const between = (values: Float64Array): number => values[at] + part * (values[at + 1] - values[at])
    return [between(vertices.longitude), between(vertices.latitude)]
  })
  const { districts, indexOf } = divideCity(features, { name, bounds, inUse: middles })
  const nodes = numberNodes(network)
  const edges = {
    count: network.edges.length,
    firstVertex,
    length,
    startNode: Uint32Array.from(network.edges, ({ points }) => nodes.get(points[0])!),
    endNode: Uint32Array.from(network.edges, ({ points }) => nodes.get(points[points.length - 1])!),
    limit: Float64Array.from(network.edges, ({ limit }) => limit),
    reverse: Int32Array.from(network.edges, ({ reverse }) => reverse),
    district: Uint16Array.from(middles, ([longitude, latitude]) => indexOf(longitude, latitude)),
    control: Uint8Array.from(network.edges, (edge, n) => controlOf(edge, map, network.turns[n].length)),
  }
  const turns = turnColumns(
    network,
    network.edges.map((_, n) => vertices.heading[firstVertex[n]]),
    network.edges.map((_, n) => vertices.heading[firstVertex[n + 1] - 1]),
  )
  const homeMetres = measureHomeMetres(edges, turns, districts.length)
  return {
    city: {
      name,
      attribution,
      bounds,
      districts: districts.map((each) => each.name),
      edges,
      vertices,
      turns,
      homeMetres,
    },
    districts,
  }
}

const measure = (
  { edges }: Network,
  { longitudeE7, latitudeE7 }: StreetMap,
): Pick<City, 'vertices' | 'bounds'> & { firstVertex: Uint32Array; length: Float64Array } => {
  const firstVertex = new Uint32Array(edges.length + 1)
  edges.forEach(({ points }, n) => {
    firstVertex[n + 1] = firstVertex[n] + points.length
  })
  const total = firstVertex[edges.length]
  const vertices = {
    longitude: new Float64Array(total),
    latitude: new Float64Array(total),
    distance: new Float64Array(total),
    heading: new Uint16Array(total),
  }
  const { longitude, latitude, distance, heading } = vertices
  edges.forEach(({ points }, edge) => {
    points.forEach((point, n) => {
      const at = firstVertex[edge] + n
      longitude[at] = longitudeE7[point] / 1e7
      latitude[at] = latitudeE7[point] / 1e7
      if (n === 0) return
      const way = [longitude[at - 1], latitude[at - 1], longitude[at], latitude[at]] as const
      distance[at] = Math.fround(distance[at - 1] + metresBetween(...way))
      heading[at - 1] = Math.round(headingBetween(...way)) % 360
      heading[at] = heading[at - 1]
    })
  })
  const extent = (values: Float64Array): [number, number] => [
    values.reduce((low, value) => Math.min(low, value), Infinity),
    values.reduce((high, value) => Math.max(high, value), -Infinity),
  ]
  const [west, east] = extent(longitude)
  const [south, north] = extent(latitude)
  const bounds: Bounds = [west, south, east, north]
  return { vertices, firstVertex, bounds, length: Float64Array.from(edges, (_, n) => distance[firstVertex[n + 1] - 1]) }
}

const numberNodes = ({ edges }: Network): Map<number, number> => {
  const nodes = new Map<number, number>()
  for (const { points } of edges) if (!nodes.has(points[0])) nodes.set(points[0], nodes.size)
  return nodes
}

/** The strictest sign near the end of an edge; without one a place to turn off is a crossing. */
const controlOf = ({ points }: Edge, { controls, longitudeE7, latitudeE7 }: StreetMap, turns: number): number => {
  let strictest: number = turns > 1 ? CONTROL.crossing : CONTROL.none
  let way = 0
  for (let n = points.length - 1; n > 0 && way <= CONTROL_REACH_M; n--) {
    strictest = Math.max(strictest, controls.get(points[n]) ?? CONTROL.none)
    const [from, to] = [points[n - 1], points[n]]
    way += metresBetween(longitudeE7[from] / 1e7, latitudeE7[from] / 1e7, longitudeE7[to] / 1e7, latitudeE7[to] / 1e7)
  }
  return strictest
}
