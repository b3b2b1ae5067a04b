import type { Positions } from '@fleetlake/columnar'
import { createRowCollector, foundPositions, mergeRows } from '@fleetlake/viewer-core'
import { openSpill, type Spill, type SpilledRun } from './spill.ts'

export interface SortOptions {
  /** Sorted in memory at once; more rows go through a temporary file. */
  readonly runRows?: number
  /** Likewise; columns that are texts may be large. */
  readonly runBytes?: number
  readonly batchRows?: number
  /** Runs that are merged at once; more are merged in several rounds. */
  readonly maxRuns?: number
}

/** Some 45 MB of columns, and as much again while they are sorted. */
const RUN_ROWS = 500_000
const RUN_BYTES = 128 << 20
const BATCH_ROWS = 8192
const MAX_RUNS = 64

/** All rows by vehicle, then by time, in one order whatever the order they come in. Memory is bounded, whatever their number. */
export async function* sortRows(
  rows: AsyncIterable<Positions>,
  { runRows = RUN_ROWS, runBytes = RUN_BYTES, batchRows = BATCH_ROWS, maxRuns = MAX_RUNS }: SortOptions = {},
): AsyncGenerator<Positions> {
  const collector = createRowCollector({ maxRows: Number.MAX_SAFE_INTEGER })
  const runs: SpilledRun[] = []
  let spill: Spill | undefined
  try {
    for await (const batch of rows) {
      collector.add(batch)
      if (collector.rows() < runRows && collector.bytes() < runBytes) continue
      spill ??= await openSpill()
      runs.push(await spill.write(foundPositions(collector.finish(), batchRows)))
    }
    const rest = foundPositions(collector.finish(), batchRows)
    if (spill === undefined) yield* rest
    else yield* mergeRuns([...runs, await spill.write(rest)], { spill, batchRows, maxRuns })
  } finally {
    await spill?.close()
  }
}

async function* mergeRuns(
  runs: readonly SpilledRun[],
  { spill, batchRows, maxRuns }: { spill: Spill; batchRows: number; maxRuns: number },
): AsyncGenerator<Positions> {
  let left = runs
  while (left.length > maxRuns) {
    const merged: SpilledRun[] = []
    for (let from = 0; from < left.length; from += maxRuns) {
      merged.push(await spill.write(mergeRows(left.slice(from, from + maxRuns), { batchRows })))
    }
    left = merged
  }
  yield* mergeRows(left, { batchRows })
}
