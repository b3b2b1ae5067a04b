import { FleetError } from '@fleetlake/core'
import type { City } from './city.ts'

/** Where vehicles may live: the edges of the chosen districts, weighted by their lengths. */
export interface Homes {
  /** Edge and metres along it for a draw in [0, 1). */
  edgeAt(draw: number): number
  districtOf(edge: number): number
}

/**
 * @param names of districts; none or an empty list: all
 * @throws FleetError `generation.refused` for a district that the city has not
 */
export const createHomes = (city: City, names: readonly string[] = []): Homes => {
  const unknown = names.filter((name) => !city.districts.includes(name))
  if (unknown.length > 0) {
    throw new FleetError(
      'generation.refused',
      `${city.name} has no district '${unknown.join("', '")}': choose among ${city.districts.join(', ')}`,
    )
  }
  const { count, length, district } = city.edges
  const chosen = city.districts.map((name) => names.length === 0 || names.includes(name))
  const edges = Uint32Array.from({ length: count }, (_, edge) => edge).filter((edge) => chosen[district[edge]])
  const ends = new Float64Array(edges.length)
  edges.forEach((edge, n) => {
    ends[n] = (n === 0 ? 0 : ends[n - 1]) + length[edge]
  })
  const total = ends[ends.length - 1]
  return {
    edgeAt: (draw) => edges[firstAbove(ends, draw * total)],
    districtOf: (edge) => district[edge],
  }
}

const firstAbove = (ends: Float64Array, value: number): number => {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle] > value) high = middle
    else low = middle + 1
  }
  return low
}
