/** Bounds in whole or fractional millionths of a degree, closed on all sides. */
export interface MicroBounds {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Whole millionths of a degree, closed; it may reach beyond 180° but is at most a turn wide. */
export interface MicroRing {
  readonly x: Float64Array
  readonly y: Float64Array
}

export const WEST = -180e6
export const EAST = 180e6
export const NORTH = 90e6
export const TURN = 360e6

// What `edges` holds of an edge, which is directed northwards.
export const SOUTH_Y = 0
/** Its northern end, which is out; beyond 90° for an edge that ends there: the pole is in. */
export const LIMIT_Y = 1
export const WEST_X = 2
export const EAST_X = 3
/** Of its southern end. */
export const SOUTH_X = 4
/** From its southern to its northern end, eastwards and northwards. */
export const RUN = 5
export const RISE = 6
export const RING = 7
export const STRIDE = 8

/**
 * The edges of all rings, and which of them may matter at a latitude.
 *
 *     north ┌────────────╮
 *           │ band 2     ╰──╮     entries[starts[2]] … entries[starts[3] − 1] are the edges
 *           ├───────────────┤     that reach into band 2, ring by ring
 *           │ band 1     ╭──╯
 *           ├────────────┤
 *     south │ band 0     │
 */
export interface AreaEdges {
  /** `STRIDE` numbers an edge. */
  readonly edges: Float64Array
  /** Which rings are holes, and which polygon each belongs to; a polygon's outline comes before its holes. */
  readonly isHole: Uint8Array
  readonly polygonOf: Uint32Array
  readonly polygons: number
  /** Latitudes that edges reach. */
  readonly south: number
  readonly north: number
  /** Bands per millionth of a degree. */
  readonly scale: number
  readonly starts: Uint32Array
  readonly entries: Uint32Array
}

/** An edge that is tall is in many bands: they are so few that the entries stay within a few times the edges. */
const ENTRIES_PER_EDGE = 4

/** @param polygons outline first */
export const edgesOfRings = (polygons: readonly (readonly MicroRing[])[]): AreaEdges => {
  const rings = polygons.flatMap((holed, polygon) => holed.map((ring, i) => ({ ring, polygon, isHole: i > 0 })))
  const edges = Float64Array.from(rings.flatMap(({ ring }, number) => edgesOf(ring, number)))
  return {
    edges,
    isHole: Uint8Array.from(rings, ({ isHole }) => Number(isHole)),
    polygonOf: Uint32Array.from(rings, ({ polygon }) => polygon),
    polygons: polygons.length,
    ...bandsOf(edges),
  }
}

/** A ring's edges, again in each turn of the globe that reaches `[−180°, 180°)`. */
const edgesOf = ({ x, y }: MicroRing, ring: number): number[] => {
  let [west, east] = [Infinity, -Infinity]
  for (const value of x) {
    west = Math.min(west, value)
    east = Math.max(east, value)
  }
  const edges: number[] = []
  for (let shift = -TURN; shift <= TURN; shift += TURN) {
    if (west + shift >= EAST || east + shift <= WEST) continue
    for (let i = 1; i < x.length; i++) {
      const [from, to] = y[i - 1] < y[i] ? [i - 1, i] : [i, i - 1]
      const [ax, bx] = [x[from] + shift, x[to] + shift]
      const limit = y[to] === NORTH && y[from] < NORTH ? NORTH + 1 : y[to]
      edges.push(y[from], limit, Math.min(ax, bx), Math.max(ax, bx), ax, bx - ax, y[to] - y[from], ring)
    }
  }
  return edges
}

/** How many edges a position is held against, on average: what a test costs. */
export const edgesAtOnce = ({ entries, starts }: Pick<AreaEdges, 'entries' | 'starts'>): number =>
  Math.max(1, entries.length / (starts.length - 1))

export const bandAt = ({ south, scale }: Pick<AreaEdges, 'south' | 'scale'>, y: number): number =>
  Math.floor((y - south) * scale)

const bandsOf = (edges: Float64Array): Pick<AreaEdges, 'south' | 'north' | 'scale' | 'starts' | 'entries'> => {
  const count = edges.length / STRIDE
  let [south, north, heights] = [Infinity, -Infinity, 0]
  for (let at = 0; at < edges.length; at += STRIDE) {
    south = Math.min(south, edges[at + SOUTH_Y])
    north = Math.max(north, edges[at + SOUTH_Y] + edges[at + RISE])
    heights += edges[at + RISE]
  }
  const latitudes = north - south + 1
  const abreast = Math.max(heights / latitudes, 1)
  const bands = Math.max(1, Math.min(count, latitudes, Math.floor((ENTRIES_PER_EDGE * count) / abreast)))
  const scale = bands / latitudes
  const firstOf = (at: number): number => bandAt({ south, scale }, edges[at + SOUTH_Y])
  const lastOf = (at: number): number => bandAt({ south, scale }, edges[at + SOUTH_Y] + edges[at + RISE])
  const starts = new Uint32Array(bands + 1)
  for (let at = 0; at < edges.length; at += STRIDE) {
    for (let band = firstOf(at); band <= lastOf(at); band++) starts[band + 1]++
  }
  for (let band = 0; band < bands; band++) starts[band + 1] += starts[band]
  const next = starts.slice()
  const entries = new Uint32Array(starts[bands])
  for (let at = 0; at < edges.length; at += STRIDE) {
    for (let band = firstOf(at); band <= lastOf(at); band++) entries[next[band]++] = at
  }
  return { south, north, scale, starts, entries }
}
