import type { Area, Period } from '@fleetlake/core'
import type { Chunk } from './chunk.ts'
import type { Snapshot, Totals } from './snapshot.ts'

/** What is looked for. */
export interface Search {
  readonly area: Area
  /** `[from, to)`, ms. */
  readonly period: Period
  /** Any when missing. */
  readonly vehicleTypes?: readonly string[]
  readonly vehicleIds?: readonly string[]
}

export interface KeptChunk {
  readonly chunk: Chunk
  /** Its cell lies wholly in the area, so its rows need no test against it. */
  readonly inside: boolean
}

export interface Pruned {
  /** Oldest first. */
  readonly kept: readonly KeptChunk[]
  readonly total: Totals
  readonly pruned: Totals
}

/** May keep a chunk without matches; never drops one with a match. */
export const prune = (_snapshot: Snapshot, _search: Search): Pruned => { throw new Error('soon') }
