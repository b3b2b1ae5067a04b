import { orient2d } from 'robust-predicates'

/** Where a ring crosses itself, in the ring's own unit. */
export interface Crossing {
  readonly x: number
  readonly y: number
}

/**
 * Where a closed ring crosses itself, if it does: two edges that cut each other, or more than two windings that meet in a point. A ring
 * that only touches itself does not cross itself, nor does one that runs back along its own line: what it encloses is clear. Decided exactly.
 * @param x,y positions, the last of which is the first again; none repeats the one before it
 */
export const findCrossing = (x: Float64Array, y: Float64Array): Crossing | undefined => {
  const touches = new Map<string, Touch>()
  const ring = { x, y, edges: x.length - 1 }
  for (const [i, j] of meetingBoxes(ring)) {
    if (doCut(ring, i, j)) return cutOf(ring, i, j)
    noteTouches(ring, i, j, touches)
  }
  for (const touch of touches.values()) if (windingsAround(ring, touch) > 2) return { x: touch.x, y: touch.y }
  return undefined
}

interface Ring {
  readonly x: Float64Array
  readonly y: Float64Array
  /** Edge `i` goes from position `i` to `i + 1`. */
  readonly edges: number
}

/** A point in which edges meet that do not follow each other there. */
interface Touch {
  readonly x: number
  readonly y: number
  readonly edges: Set<number>
}

/** Pairs of edges whose boxes meet, by a sweep along the axis on which fewer edges are abreast. */
function* meetingBoxes({ x, y, edges }: Ring): Generator<[number, number]> {
  const [along, across] = extent(x) * lengths(y) >= extent(y) * lengths(x) ? [x, y] : [y, x]
  const low = Float64Array.from({ length: edges }, (_, i) => Math.min(along[i], along[i + 1]))
  const order = Uint32Array.from({ length: edges }, (_, i) => i).toSorted((a, b) => low[a] - low[b])
  for (let k = 0; k < edges; k++) {
    const i = order[k]
    const high = Math.max(along[i], along[i + 1])
    const [bottom, top] = [Math.min(across[i], across[i + 1]), Math.max(across[i], across[i + 1])]
    for (let l = k + 1; l < edges && low[order[l]] <= high; l++) {
      const j = order[l]
      if (Math.min(across[j], across[j + 1]) <= top && Math.max(across[j], across[j + 1]) >= bottom) yield [i, j]
    }
  }
}

const extent = (values: Float64Array): number => {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low
}

const lengths = (values: Float64Array): number => {
  let sum = 0
  for (let i = 1; i < values.length; i++) sum += Math.abs(values[i] - values[i - 1])
  return sum
}

/** The side of an edge that a position is on; zero on its line. */
const side = ({ x, y }: Ring, edge: number, position: number): number =>
  orient2d(x[edge], y[edge], x[edge + 1], y[edge + 1], x[position], y[position])

/** Whether each edge has its ends strictly on both sides of the other. */
const doCut = (ring: Ring, i: number, j: number): boolean =>
  Math.sign(side(ring, i, j)) * Math.sign(side(ring, i, j + 1)) < 0 &&
  Math.sign(side(ring, j, i)) * Math.sign(side(ring, j, i + 1)) < 0

/** As near as doubles tell. */
const cutOf = ({ x, y }: Ring, i: number, j: number): Crossing => {
  const [dx, dy] = [x[i + 1] - x[i], y[i + 1] - y[i]]
  const [ex, ey] = [x[j + 1] - x[j], y[j + 1] - y[j]]
  const share = ((x[j] - x[i]) * ey - (y[j] - y[i]) * ex) / (dx * ey - dy * ex)
  return { x: x[i] + share * dx, y: y[i] + share * dy }
}

const noteTouches = (ring: Ring, i: number, j: number, touches: Map<string, Touch>): void => {
  const { x, y, edges } = ring
  const shared = j === (i + 1) % edges ? j : i === (j + 1) % edges ? i : -1
  const note = (position: number, edge: number): void => {
    if (position % edges === shared || !isOn(ring, edge, position)) return
    const key = `${x[position]} ${y[position]}`
    const touch = touches.get(key) ?? { x: x[position], y: y[position], edges: new Set<number>() }
    touches.set(key, touch)
    touch.edges.add(i).add(j)
  }
  note(i, j)
  note(i + 1, j)
  note(j, i)
  note(j + 1, i)
}

/** Whether a position lies on an edge, its ends included. */
const isOn = (ring: Ring, edge: number, position: number): boolean => {
  const { x, y } = ring
  const [px, py] = [x[position], y[position]]
  return (
    px >= Math.min(x[edge], x[edge + 1]) &&
    px <= Math.max(x[edge], x[edge + 1]) &&
    py >= Math.min(y[edge], y[edge + 1]) &&
    py <= Math.max(y[edge], y[edge + 1]) &&
    side(ring, edge, position) === 0
  )
}

/** An end of an edge at a touch: whereto, and by how much the winding number grows as one passes it counterclockwise. */
interface EdgeEnd {
  readonly x: number
  readonly y: number
  readonly step: 1 | -1
}

/** How many different winding numbers there are right around a point: 2 where a border is, more where a ring crosses itself. */
const windingsAround = (ring: Ring, touch: Touch): number => {
  const ends = [...touch.edges]
    .flatMap((edge) => endsAt(ring, touch, edge))
    .toSorted((a, b) => compareAngles(touch, a, b))
  let [winding, lowest, highest] = [0, 0, 0]
  for (let i = 0; i < ends.length; i++) {
    winding += ends[i].step
    // Those in one direction are passed at once.
    if (i + 1 < ends.length && compareAngles(touch, ends[i], ends[i + 1]) === 0) continue
    lowest = Math.min(lowest, winding)
    highest = Math.max(highest, winding)
  }
  return highest - lowest + 1
}

const endsAt = ({ x, y }: Ring, at: Touch, edge: number): EdgeEnd[] => {
  const [from, to] = [edge, edge + 1]
  const isAt = (i: number): boolean => x[i] === at.x && y[i] === at.y
  return [
    ...(isAt(from) ? [] : [{ x: x[from], y: y[from], step: -1 as const }]),
    ...(isAt(to) ? [] : [{ x: x[to], y: y[to], step: 1 as const }]),
  ]
}

/** By angle around a point, counterclockwise from the east; exact. */
const compareAngles = (around: Crossing, a: EdgeEnd, b: EdgeEnd): number => {
  const half = (end: EdgeEnd): number => Number(end.y < around.y || (end.y === around.y && end.x < around.x))
  return half(a) - half(b) || Math.sign(orient2d(around.x, around.y, a.x, a.y, b.x, b.y))
}
