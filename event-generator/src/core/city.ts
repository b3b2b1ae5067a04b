/** West, south, east, north; degrees WGS84. */
export type Bounds = readonly [number, number, number, number]

/** What a driver finds at the end of an edge. */
export const CONTROL = { none: 0, crossing: 1, giveWay: 2, stop: 3, signals: 4 } as const

/**
 * A city as the simulation drives it. An edge is one street between two crossings in one direction; columns run side by
 * side, one entry per edge, vertex or turn.
 *
 * Invariants: every edge has a turn, every edge can be reached from every other by turns, and an edge turns into its own
 * reverse only where nothing else leaves its end.
 */
export interface City {
  readonly name: string
  readonly attribution: string
  readonly bounds: Bounds
  /** Names; an edge's district is an index into them. */
  readonly districts: readonly string[]
  readonly edges: EdgeColumns
  readonly vertices: VertexColumns
  readonly turns: TurnColumns
  /** Metres from the start of an edge by road to the nearest edge of a district, 0 within it: `[district * edges + edge]`. */
  readonly homeMetres: Uint16Array
}

export interface EdgeColumns {
  readonly count: number
  /** The vertices of edge e are `[firstVertex[e], firstVertex[e + 1])`, at least two. */
  readonly firstVertex: Uint32Array
  readonly startNode: Uint32Array
  readonly endNode: Uint32Array
  /** Metres. */
  readonly length: Float64Array
  /** Speed limit, m/s. */
  readonly limit: Float64Array
  /** The same street the other way; −1 where there is none. */
  readonly reverse: Int32Array
  readonly district: Uint16Array
  /** One of `CONTROL`. */
  readonly control: Uint8Array
}

export interface VertexColumns {
  readonly longitude: Float64Array
  readonly latitude: Float64Array
  /** Metres from the start of the edge. */
  readonly distance: Float64Array
  /** Whole degrees clockwise from north, [0, 360), of the segment that begins here (of the last segment at the end). */
  readonly heading: Uint16Array
}

export interface TurnColumns {
  /** The turns out of edge e are `[firstTurn[e], firstTurn[e + 1])`, at least one. */
  readonly firstTurn: Uint32Array
  /** The edge turned into. */
  readonly edge: Uint32Array
  /** Cumulative share of the drivers that take it, in 65,536ths; a driver takes the first turn above its draw, else the last. */
  readonly share: Uint16Array
  /** m/s that the bend allows. */
  readonly limit: Float64Array
}
