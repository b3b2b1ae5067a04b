import { type KeptChunk, type Pruned, pruneSteps, type TimesIn } from '@fleetlake/archive'
import type { Message } from '@fleetlake/contracts'
import type { Steps } from '@fleetlake/core'
import { type PlannedChunk, type PlannedTask, planTasks, type TaskSize } from '../core/plan-tasks.ts'
import type { QueryPlan } from '../core/query-course.ts'
import type { VehicleSearch } from '../core/search.ts'
import type { HeldTail } from '../tail/held-tail.ts'
import type { PinnedVersion } from './pin-version.ts'

export interface PlanOptions {
  readonly mode: Message<'vehicleQuery'>['mode']
  readonly taskSize: TaskSize
}

const NO_TABLE: Pruned = {
  kept: [],
  total: { files: 0, bytes: 0, rows: 0 },
  pruned: { files: 0, bytes: 0, rows: 0 },
}

const plannedChunkOf = ({ chunk: { path, bytes, rows }, inside, period }: KeptChunk): PlannedChunk => ({
  path,
  bytes,
  rows,
  inside,
  ...(period === undefined ? {} : { period }),
})

/** Whether it is about no vehicle, so that nothing needs to be read. */
const isOfNone = ({ vehicleIds }: VehicleSearch): boolean => vehicleIds?.length === 0

/**
 * The tasks of a search. What is not archived yet comes last where tasks run in order, and first where they don't: it is held in memory
 * until it is sent.
 */
const planAll = (
  { kept }: Pruned,
  { tail, isOfInterest }: { readonly tail: HeldTail; readonly isOfInterest: boolean },
  { mode, taskSize }: PlanOptions,
): PlannedTask[] => {
  const archived = planTasks(kept.map(plannedChunkOf), taskSize)
  if ((tail.rows === 0 || !isOfInterest) && tail.missing.length === 0) return archived
  const hot = { task: archived.length, chunks: [], isHot: true }
  return mode === 'serialised' ? [...archived, hot] : [hot, ...archived]
}

/**
 * Plans a search, in small steps.
 * @param timesIn when the vehicles of the search may have been where, if that is known
 */
export function* planSearch(
  search: VehicleSearch,
  { timesIn, ...pinned }: PinnedVersion & { readonly timesIn?: TimesIn | undefined },
  options: PlanOptions,
): Steps<Pick<QueryPlan, 'table' | 'tasks'>> {
  const table =
    pinned.snapshot === undefined || isOfNone(search)
      ? NO_TABLE
      : yield* pruneSteps(pinned.snapshot, { ...search, where: search.measures?.where?.test, timesIn })
  return { table, tasks: planAll(table, { tail: pinned.tail, isOfInterest: !isOfNone(search) }, options) }
}
