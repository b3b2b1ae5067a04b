import { joinStreets } from './streets.ts'
import type { Street, StreetMap } from './streets.ts'
import { largestComponent } from './strongly-connected.ts'

/** One direction of a street. */
export interface Edge {
  readonly points: readonly number[]
  readonly limit: number
  readonly rank: number
  /** Index of the other direction, −1 where there is none. */
  readonly reverse: number
}

/** Edges and the edges that each turns into. Strongly connected by turns. */
export interface Network {
  readonly edges: readonly Edge[]
  readonly turns: readonly (readonly number[])[]
}

/**
 * The largest network in which a vehicle can get from every edge to every other without turning round in a street,
 * except at a dead end. What is cut off from it is left out.
 */
export const buildNetwork = (map: StreetMap): Network => {
  const reachable = keepStrong(edgesOf(map.streets), (edges) => rows(edges, allTurns(edges)))
  const joined = edgesOf(joinStreets(streetsOf(reachable)))
  const edges = keepStrong(joined, (all) => rows(all, turnsWithoutReturn(all)))
  return { edges, turns: turnsWithoutReturn(edges) }
}

const edgesOf = (streets: readonly Street[]): Edge[] => {
  const edges: Edge[] = []
  for (const { points, oneway, limit, rank } of streets) {
    const n = edges.length
    edges.push({ points, limit, rank, reverse: oneway ? -1 : n + 1 })
    if (!oneway) edges.push({ points: points.toReversed(), limit, rank, reverse: n })
  }
  return edges
}

const streetsOf = (edges: readonly Edge[]): Street[] =>
  edges
    .filter(({ reverse }, n) => reverse === -1 || reverse > n)
    .map(({ points, limit, rank, reverse }) => ({ points, limit, rank, oneway: reverse === -1 }))

const startOf = ({ points }: Edge): number => points[0]
const endOf = ({ points }: Edge): number => points[points.length - 1]

const allTurns = (edges: readonly Edge[]): number[][] => {
  const leaving = Map.groupBy(edges.keys(), (n) => startOf(edges[n]))
  return edges.map((edge) => leaving.get(endOf(edge)) ?? [])
}

const turnsWithoutReturn = (edges: readonly Edge[]): number[][] =>
  allTurns(edges).map((turns, n) => {
    const onward = turns.filter((turn) => turn !== edges[n].reverse)
    return onward.length > 0 ? onward : turns
  })

const rows = (edges: readonly Edge[], turns: readonly number[][]): [Uint32Array, Uint32Array] => {
  const firstOut = new Uint32Array(edges.length + 1)
  turns.forEach((out, n) => {
    firstOut[n + 1] = firstOut[n] + out.length
  })
  return [firstOut, Uint32Array.from(turns.flat())]
}

const keepStrong = (edges: readonly Edge[], graph: (edges: readonly Edge[]) => [Uint32Array, Uint32Array]): Edge[] => {
  const kept = largestComponent(...graph(edges))
  const place = new Map<number, number>()
  edges.forEach((_, n) => {
    if (kept[n] === 1) place.set(n, place.size)
  })
  return [...place.keys()].map((n) => ({ ...edges[n], reverse: place.get(edges[n].reverse) ?? -1 }))
}
