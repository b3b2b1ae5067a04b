import type { Rows } from '@fleetlake/columnar'
import type { MicroBounds } from '@fleetlake/core'
import { sliceRows } from '../core/slice-rows.ts'
import type { HeldTail, Missing } from '../tail/held-tail.ts'
import type { TailRows } from '../tail/tail-block.ts'

/** Rows that are tested in one turn, and whose extent is looked at first. */
const PIECE_ROWS = 8_192

const extentOf = (rows: Rows): Omit<TailRows, 'rows'> => {
  let [minTime, maxTime] = [Infinity, -Infinity]
  const bounds: { -readonly [Side in keyof MicroBounds]: number } = {
    west: Infinity,
    south: Infinity,
    east: -Infinity,
    north: -Infinity,
  }
  for (let row = 0; row < rows.length; row++) {
    const [time, x, y] = [rows.eventTime[row], rows.longitude[row], rows.latitude[row]]
    if (time < minTime) minTime = time
    if (time > maxTime) maxTime = time
    if (x < bounds.west) bounds.west = x
    if (x > bounds.east) bounds.east = x
    if (y < bounds.south) bounds.south = y
    if (y > bounds.north) bounds.north = y
  }
  return { minTime, maxTime, bounds }
}

/**
 * Last positions as what a search without files goes through: the same each time.
 * @param tail of which they are, with what it misses
 */
export const holdLatest = (rows: Rows, tail: HeldTail, missing: readonly Missing[]): HeldTail => {
  const pieces = Array.from(sliceRows(rows, PIECE_ROWS), (piece): TailRows => ({ rows: piece, ...extentOf(piece) }))
  return {
    ...tail,
    rows: rows.length,
    missing: [...tail.missing, ...missing],
    *pieces() {
      yield* pieces
    },
  }
}
