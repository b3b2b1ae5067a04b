import FlatQueue from 'flatqueue'
import type { EdgeColumns, TurnColumns } from '../core/city.ts'

const FARTHEST_M = 65535

/**
 * Metres from the start of every edge by road to the nearest edge of every district (Dijkstra backwards over the turns).
 * @returns whole metres, at most 65,535, 0 within: `[district * edges + edge]`
 */
export const measureHomeMetres = (edges: EdgeColumns, turns: TurnColumns, districts: number): Uint16Array => {
  const { firstFrom, from } = reverseTurns(edges.count, turns)
  const all = new Uint16Array(districts * edges.count)
  const metres = new Float64Array(edges.count)
  const queue = new FlatQueue<number>()
  for (let district = 0; district < districts; district++) {
    for (let edge = 0; edge < edges.count; edge++) {
      const within = edges.district[edge] === district
      metres[edge] = within ? 0 : Infinity
      if (within) queue.push(edge, 0)
    }
    while (queue.length > 0) {
      const reached = queue.peekValue()!
      const edge = queue.pop()!
      if (reached > metres[edge]) continue
      for (let n = firstFrom[edge]; n < firstFrom[edge + 1]; n++) {
        const before = from[n]
        const way = reached + edges.length[before]
        if (way >= metres[before]) continue
        metres[before] = way
        queue.push(before, way)
      }
    }
    for (let edge = 0; edge < edges.count; edge++) {
      all[district * edges.count + edge] = Math.min(FARTHEST_M, Math.ceil(metres[edge]))
    }
  }
  return all
}

const reverseTurns = (count: number, turns: TurnColumns): { firstFrom: Uint32Array; from: Uint32Array } => {
  const firstFrom = new Uint32Array(count + 1)
  for (const into of turns.edge) firstFrom[into + 1]++
  for (let edge = 0; edge < count; edge++) firstFrom[edge + 1] += firstFrom[edge]
  const place = firstFrom.slice(0, count)
  const from = new Uint32Array(turns.edge.length)
  for (let edge = 0; edge < count; edge++) {
    for (let n = turns.firstTurn[edge]; n < turns.firstTurn[edge + 1]; n++) from[place[turns.edge[n]]++] = edge
  }
  return { firstFrom, from }
}
