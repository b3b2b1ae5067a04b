import { orient2d } from 'robust-predicates'
import { finish, type Steps } from './steps.ts'

/** Where a ring crosses itself, in the ring's own unit. */
export interface Crossing {
  readonly x: number
  readonly y: number
}

/**
 * Where a closed ring crosses itself, if it does: two edges that cut each other, or more than two windings that meet in a point. A ring
 * that only touches itself does not cross itself, nor does one that runs back along its own line: what it encloses is clear. Decided exactly,
 * with one sweep over the positions: edges are looked at where they become neighbours, not each with each.
 * @param x,y positions, the last of which is the first again; none repeats the one before it
 */
export const findCrossing = (x: Float64Array, y: Float64Array): Crossing | undefined => finish(crossingSteps(x, y))

/** Positions between two of the places where the search can be interrupted. */
const STEP = 256

/** `findCrossing`, in small steps. */
export function* crossingSteps(x: Float64Array, y: Float64Array): Steps<Crossing | undefined> {
  const ring = ringOf(x, y)
  const open = createOpenEdges(ring)
  const order = positionsInOrder(ring)
  let restAt = STEP
  for (let k = 0; k < order.length;) {
    if (k >= restAt) {
      restAt += STEP
      yield
    }
    const first = order[k]
    const starting: number[] = []
    const ending: number[] = []
    for (; k < order.length && isSame(ring, order[k], first); k++) {
      const next = order[k]
      for (const edge of [next, next === 0 ? ring.edges - 1 : next - 1]) {
        if (ring.west[edge] === next || isSame(ring, ring.west[edge], next)) starting.push(edge)
        else ending.push(edge)
      }
    }
    const found = open.pass(first, starting, ending)
    if (found !== undefined) return found
  }
  return undefined
}

/** An edge goes from its western end to its eastern one, of a vertical edge from the southern to the northern. */
interface Ring {
  readonly x: Float64Array
  readonly y: Float64Array
  /** Edge `i` goes from position `i` to `i + 1`. */
  readonly edges: number
  /** The position of an edge's western end, and of its eastern. */
  readonly west: Int32Array
  readonly east: Int32Array
}

const ringOf = (x: Float64Array, y: Float64Array): Ring => {
  const edges = x.length - 1
  const [west, east] = [new Int32Array(edges), new Int32Array(edges)]
  for (let i = 0; i < edges; i++) {
    const isEastward = x[i] < x[i + 1] || (x[i] === x[i + 1] && y[i] < y[i + 1])
    west[i] = isEastward ? i : i + 1
    east[i] = isEastward ? i + 1 : i
  }
  return { x, y, edges, west, east }
}

const isSame = ({ x, y }: Ring, i: number, j: number): boolean => x[i] === x[j] && y[i] === y[j]

const positionsInOrder = ({ x, y, edges }: Ring): Int32Array =>
  Int32Array.from({ length: edges }, (_, i) => i).toSorted((i, j) => x[i] - x[j] || y[i] - y[j])

/** Where a position lies: 1 north of an edge's line, -1 south of it, 0 on it. */
const sideOf = ({ x, y, west, east }: Ring, edge: number, position: number): number => {
  const [from, to] = [west[edge], east[edge]]
  return -Math.sign(orient2d(x[from], y[from], x[to], y[to], x[position], y[position]))
}

/** Whether each edge has its ends strictly on both sides of the other. */
const doCut = (ring: Ring, i: number, j: number): boolean =>
  sideOf(ring, i, ring.west[j]) * sideOf(ring, i, ring.east[j]) < 0 &&
  sideOf(ring, j, ring.west[i]) * sideOf(ring, j, ring.east[i]) < 0

/** As near as doubles tell. */
const cutOf = ({ x, y }: Ring, i: number, j: number): Crossing => {
  const [dx, dy] = [x[i + 1] - x[i], y[i + 1] - y[i]]
  const [ex, ey] = [x[j + 1] - x[j], y[j + 1] - y[j]]
  const share = ((x[j] - x[i]) * ey - (y[j] - y[i]) * ex) / (dx * ey - dy * ex)
  return { x: x[i] + share * dx, y: y[i] + share * dy }
}

/** The edges that have begun and not ended where the sweep is. */
interface OpenEdges {
  /** The sweep comes to a position, in which edges start and end. @returns where the ring crosses itself, if that is known by now */
  pass(position: number, starting: readonly number[], ending: readonly number[]): Crossing | undefined
}

/**
 * Invariant: as long as no two edges have cut each other, the open edges have one order from south to north, and two that will cut each other are
 * neighbours in it before they do. Those through one position lie next to each other.
 *
 *     ──────────────────────   above
 *     ─────────╮      ╭─────
 *     ─────────●──────┼─────   those through the position: ending, passing, starting
 *     ─────────╯      ╰─────
 *     ──────────────────────   below
 */
const createOpenEdges = (ring: Ring): OpenEdges => {
  const order = new Int32Array(ring.edges)
  let length = 0

  /** How many of the open edges come before a position: those that it lies north of, or with `through` those through it as well. */
  const before = (position: number, through: boolean): number => {
    let [low, high] = [0, length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const side = sideOf(ring, order[middle], position)
      if (side > 0 || (through && side === 0)) low = middle + 1
      else high = middle
    }
    return low
  }
  const replace = (from: number, to: number, edges: readonly number[]): void => {
    if (from + edges.length !== to) order.copyWithin(from + edges.length, to, length)
    length += edges.length - (to - from)
    order.set(edges, from)
  }
  const cutAt = (at: number): Crossing | undefined => {
    if (at < 1 || at >= length) return undefined
    const [i, j] = [order[at - 1], order[at]]
    return doCut(ring, i, j) ? cutOf(ring, i, j) : undefined
  }

  return {
    pass: (position, starting, ending) => {
      const [from, to] = [before(position, false), before(position, true)]
      const passing: number[] = []
      for (let at = from; at < to; at++) {
        const edge = order[at]
        if (!isSame(ring, ring.east[edge], position)) passing.push(edge)
      }
      const here = { x: ring.x[position], y: ring.y[position] }
      const [first] = passing
      // Those that pass lie on one line, or cut each other here.
      if (passing.some((edge) => sideOf(ring, first, ring.east[edge]) !== 0)) return here
      if (starting.length + ending.length + passing.length > 2) {
        if (windingsAround(ring, position, { starting, ending, passing }) > 2) return here
      }
      const byAngle = starting.toSorted((a, b) => sideOf(ring, b, ring.east[a]))
      const isSouth = (edge: number): boolean => first !== undefined && sideOf(ring, first, ring.east[edge]) < 0
      const south = byAngle.filter(isSouth)
      const north = byAngle.filter((edge) => !isSouth(edge))
      replace(from, to, [...south, ...passing, ...north])
      const count = starting.length + passing.length
      return cutAt(from) ?? (count === 0 ? undefined : cutAt(from + count))
    },
  }
}

/** What leaves a position: whereto, and by how much the winding number grows as one passes it counterclockwise. */
interface Ray {
  readonly x: number
  readonly y: number
  readonly step: number
}

interface EdgesThrough {
  readonly starting: readonly number[]
  readonly ending: readonly number[]
  /** All on one line. */
  readonly passing: readonly number[]
}

/** How many different winding numbers there are right around a position: 2 where a border is, more where a ring crosses itself. */
const windingsAround = (ring: Ring, position: number, { starting, ending, passing }: EdgesThrough): number => {
  const { x, y, west, east } = ring
  /** Of an edge that leaves the position for its end `to`. */
  const stepTo = (edge: number, to: number): number => (to === edge ? 1 : -1)
  const rayTo = (edge: number, to: number): Ray => ({ x: x[to], y: y[to], step: stepTo(edge, to) })
  const through = (ends: Int32Array): Ray => {
    const to = ends[passing[0]]
    return { x: x[to], y: y[to], step: passing.reduce((sum, edge) => sum + stepTo(edge, ends[edge]), 0) }
  }
  const around = { x: x[position], y: y[position] }
  const rays = [
    ...starting.map((edge) => rayTo(edge, east[edge])),
    ...ending.map((edge) => rayTo(edge, west[edge])),
    ...(passing.length === 0 ? [] : [through(west), through(east)]),
  ].toSorted((a, b) => compareAngles(around, a, b))
  let [winding, lowest, highest] = [0, 0, 0]
  for (let i = 0; i < rays.length; i++) {
    winding += rays[i].step
    // Those in one direction are passed at once.
    if (i + 1 < rays.length && compareAngles(around, rays[i], rays[i + 1]) === 0) continue
    lowest = Math.min(lowest, winding)
    highest = Math.max(highest, winding)
  }
  return highest - lowest + 1
}

/** By angle around a point, counterclockwise from the east; exact. */
const compareAngles = (around: Crossing, a: Crossing, b: Crossing): number => {
  const half = (end: Crossing): number => Number(end.y < around.y || (end.y === around.y && end.x < around.x))
  return half(a) - half(b) || Math.sign(orient2d(around.x, around.y, a.x, a.y, b.x, b.y))
}
