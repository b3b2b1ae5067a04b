import { toDegrees, toMicroDegrees } from '@fleetlake/core'
import { orient2d } from 'robust-predicates'
import type { Ring } from '../request/search-request.ts'

/** `cross`: each has ends strictly on both sides of the other. `touch`: they share a point otherwise. */
export type Meeting = 'cross' | 'touch'

/** Where two edges meet, degrees. */
export interface MeetingPlace {
  readonly longitude: number
  readonly latitude: number
}

/** An edge in millionths of a degree, from west to east. */
interface Edge {
  readonly ring: number
  readonly index: number
  readonly isLast: boolean
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
}

/**
 * The first place where edges of closed rings meet: an edge with any but its two neighbours. Decided exactly in millionths of a degree.
 * @param wanted `cross` asks for crossings alone, `touch` for any shared point
 */
export const findMeeting = (rings: readonly Ring[], wanted: Meeting): MeetingPlace | undefined => {
  const edges = rings.flatMap(edgesOf).toSorted((a, b) => a.ax - b.ax)
  for (let i = 0; i < edges.length; i++) {
    for (let j = i + 1; j < edges.length && edges[j].ax <= edges[i].bx; j++) {
      if (areNeighbours(edges[i], edges[j])) continue
      const meeting = meetingOf(edges[i], edges[j])
      if (meeting === 'cross' || (meeting !== undefined && wanted === 'touch')) return placeOf(edges[i], edges[j])
    }
  }
  return undefined
}

const edgesOf = (ring: Ring, number: number): Edge[] =>
  ring.slice(1).map((position, index) => {
    const [ax, ay] = ring[index].map(toMicroDegrees)
    const [bx, by] = position.map(toMicroDegrees)
    const place = { ring: number, index, isLast: index === ring.length - 2 }
    return ax <= bx ? { ...place, ax, ay, bx, by } : { ...place, ax: bx, ay: by, bx: ax, by: ay }
  })

const areNeighbours = (a: Edge, b: Edge): boolean =>
  a.ring === b.ring && (Math.abs(a.index - b.index) === 1 || (a.isLast && b.index === 0) || (b.isLast && a.index === 0))

const meetingOf = (a: Edge, b: Edge): Meeting | undefined => {
  if (Math.max(a.ay, a.by) < Math.min(b.ay, b.by) || Math.max(b.ay, b.by) < Math.min(a.ay, a.by)) return undefined
  const sideOfA = (x: number, y: number): number => Math.sign(orient2d(a.ax, a.ay, a.bx, a.by, x, y))
  const sideOfB = (x: number, y: number): number => Math.sign(orient2d(b.ax, b.ay, b.bx, b.by, x, y))
  const [b1, b2] = [sideOfA(b.ax, b.ay), sideOfA(b.bx, b.by)]
  const [a1, a2] = [sideOfB(a.ax, a.ay), sideOfB(a.bx, a.by)]
  if (b1 * b2 > 0 || a1 * a2 > 0) return undefined
  return b1 * b2 < 0 && a1 * a2 < 0 ? 'cross' : 'touch'
}

/** Near enough for a person: on `a`, where it meets the line of `b`, or its middle where both lie on one line. */
const placeOf = (a: Edge, b: Edge): MeetingPlace => {
  const [dx, dy] = [a.bx - a.ax, a.by - a.ay]
  const [ex, ey] = [b.bx - b.ax, b.by - b.ay]
  const divisor = dx * ey - dy * ex
  const along = divisor === 0 ? 0.5 : ((b.ax - a.ax) * ey - (b.ay - a.ay) * ex) / divisor
  return { longitude: toDegrees(Math.round(a.ax + along * dx)), latitude: toDegrees(Math.round(a.ay + along * dy)) }
}
