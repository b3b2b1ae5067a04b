import { type Area, type MicroBounds, overlaps, placeOf } from '@fleetlake/core'
import {
  emptyMeasure,
  lazyMeasures,
  type MeasureColumn,
  type MeasureSpec,
  type Positions,
  type Rows,
  withMeasures,
} from '@fleetlake/columnar'
import { createBatchBuilder } from '../core/batch-builder.ts'
import { createRowSelector } from '../core/select-rows.ts'
import type { VehicleSearch } from '../core/search.ts'
import type { ScanCounts, ScanTask } from '../scan/scan-task.ts'
import { createRowTaker } from '../scan/take-rows.ts'
import type { Turns } from '../waiting/turns.ts'
import type { HeldTail } from './held-tail.ts'
import { createRowNarrower } from './near-rows.ts'
import type { TailRows } from './tail-block.ts'

/** Rows tested in one turn. */
const TURN_ROWS = 65_536

const meets = ({ bounds: area }: Area, { west, south, east, north }: MicroBounds): boolean =>
  west <= area.east && east >= area.west && south <= area.north && north >= area.south

/** Whether one of some rows may lie in the area, in the period. */
const isNear = (
  { minTime, maxTime, bounds }: TailRows,
  { area, period }: Pick<VehicleSearch, 'area' | 'period'>,
): boolean => overlaps(period, { from: minTime, to: maxTime + 1 }) && meets(area, bounds)

/** Whether something of it may lie in the area, in the period, whatever the vehicle. */
export const comesNear = (tail: HeldTail, search: VehicleSearch): boolean =>
  tail.pieces().some((piece) => isNear(piece, search))

/** Whether the values of one can be taken for the other's: the table may have been another when rows came. */
const isSame = (held: MeasureSpec, wanted: MeasureSpec): boolean =>
  held.name === wanted.name && held.type === wanted.type

/** The rows with the measures that a search wants, in its order. */
const withLayout = (rows: Rows, layout: readonly MeasureSpec[]): Rows => {
  if (rows.measures.length === 0 && layout.length === 0) return rows
  return withMeasures(
    rows,
    lazyMeasures(layout.length, (place): MeasureColumn => {
      const found = rows.measures.findIndex(({ spec }) => isSame(spec, layout[place]))
      return found < 0 ? emptyMeasure(layout[place], rows.length) : rows.measures[found]
    }),
  )
}

/**
 * Gives the matches of what is not archived yet. Invariant: like any task, it gives the same batches each time.
 * @param counts is kept up to date
 * @param isStopped asked before each turn: the rest is not wanted
 */
export async function* scanTail(
  tail: HeldTail,
  { owner, search, skip, limit, batchRows }: Omit<ScanTask, 'chunks'>,
  turns: Turns,
  counts: ScanCounts,
  isStopped: () => boolean,
): AsyncGenerator<Positions> {
  const { area, period, vehicleIds, measures } = search
  const layout = measures?.layout ?? []
  const narrow = createRowNarrower(search)
  const taker = createRowTaker(createRowSelector(search), { skip, limit })
  const batches = createBatchBuilder(batchRows, { measures: measures?.select })
  counts.failed.push(...tail.missing)

  /** Looks at the next pieces; what they give is taken out before the next turn. */
  const step = (pieces: Iterator<TailRows>): { found: Positions[]; isEnd: boolean } => {
    const found: Positions[] = []
    for (let rows = 0; rows < TURN_ROWS;) {
      const { done, value: piece } = pieces.next()
      if (done === true) return { found, isEnd: true }
      counts.rowsRead += piece.rows.length
      rows += piece.rows.length
      if (!isNear(piece, search)) continue
      const isInside = placeOf(area, piece.bounds) === 'inside'
      const isAll = isInside && piece.minTime >= period.from && piece.maxTime < period.to && vehicleIds === undefined
      const rowsOfSearch = withLayout(piece.rows, layout)
      const { rows: near, selected } = taker.take(isAll ? rowsOfSearch : narrow(rowsOfSearch), isInside)
      found.push(...batches.add(near, selected))
      counts.hasMore = taker.hasMore()
      if (counts.hasMore) return { found, isEnd: true }
    }
    return { found, isEnd: false }
  }

  const pieces = tail.pieces()
  for (let isEnd = false; !isEnd && !isStopped();) {
    const done = await turns.take(owner, () => step(pieces))
    yield* done.found
    isEnd = done.isEnd
  }
  yield* batches.finish()
}
