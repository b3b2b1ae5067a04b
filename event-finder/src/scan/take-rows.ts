import type { Rows } from '@fleetlake/columnar'
import type { RowSelector } from '../core/select-rows.ts'

/** Some rows, and which of them count. */
export interface Piece {
  readonly rows: Rows
  readonly selected: Uint32Array
}

export interface RowTaker {
  /** The rows of the next piece that match, but for those to pass over and those beyond the limit. */
  take(rows: Rows, isInside: boolean): Piece
  /** There was a match beyond the limit. */
  hasMore(): boolean
}

/** Counts the matches of a task. Invariant: of all matches, in order, it gives those from `skip` on, `limit` of them at most. */
export const createRowTaker = (
  select: RowSelector,
  { skip, limit = Infinity }: { readonly skip: number; readonly limit: number | undefined },
): RowTaker => {
  let toSkip = skip
  let left = limit
  let hasMore = false
  return {
    take: (rows, isInside) => {
      const matching = select(rows, isInside)
      const skipped = Math.min(toSkip, matching.length)
      toSkip -= skipped
      const selected = matching.subarray(skipped, skipped + Math.min(left, matching.length))
      left -= selected.length
      hasMore = skipped + selected.length < matching.length
      return { rows, selected }
    },
    hasMore: () => hasMore,
  }
}
