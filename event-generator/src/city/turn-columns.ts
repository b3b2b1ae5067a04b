import type { TurnColumns } from '../core/city.ts'
import type { Network } from './network.ts'

/** The speed that a bend of these degrees allows, m/s, and how much drivers like it. */
const BENDS = [
  { upTo: 15, limit: 60, liking: 6 },
  { upTo: 35, limit: 11, liking: 5 },
  { upTo: 60, limit: 7.5, liking: 3 },
  { upTo: 120, limit: 5, liking: 2 },
  { upTo: 160, limit: 3.5, liking: 0.5 },
  { upTo: 180, limit: 1.5, liking: 0.2 },
] as const

/**
 * The turns of a network with their speeds and shares.
 * @param startHeading of each edge, degrees
 * @param endHeading of each edge, degrees
 */
export const turnColumns = (
  { edges, turns }: Network,
  startHeading: readonly number[],
  endHeading: readonly number[],
): TurnColumns => {
  const firstTurn = new Uint32Array(edges.length + 1)
  const share: number[] = []
  const limit: number[] = []
  turns.forEach((into, from) => {
    firstTurn[from + 1] = firstTurn[from] + into.length
    const bends = into.map((edge) => bendOf(endHeading[from], startHeading[edge]))
    const likings = into.map((edge, n) => bends[n].liking * edges[edge].rank)
    const all = likings.reduce((sum, each) => sum + each, 0)
    let sum = 0
    for (const [n, bend] of bends.entries()) {
      sum += likings[n]
      share.push(Math.min(65535, Math.round((sum / all) * 65536)))
      limit.push(bend.limit)
    }
  })
  return {
    firstTurn,
    edge: Uint32Array.from(turns.flat()),
    share: Uint16Array.from(share),
    limit: Float64Array.from(limit),
  }
}

const bendOf = (from: number, to: number): (typeof BENDS)[number] => {
  const degrees = 180 - Math.abs(180 - Math.abs(to - from))
  return BENDS.find(({ upTo }) => degrees <= upTo) ?? BENDS[BENDS.length - 1]
}
