import type { MessageInput } from '@fleetlake/contracts'
import type { QueryStats } from '../core/query-course.ts'
import type { LossVerdict } from '../losses/judge-losses.ts'

/**
 * What is told to who does not see all vehicles. Invariant: no number, name or note tells whether, where or when a vehicle was that they don't see: what was read, passed over or lost
 * is of all vehicles alike. That an answer may miss something they are told all the same.
 */

type Progress = MessageInput<'vehicleQueryProgress'>

const ASK = 'who runs Fleetlake can tell what'

const MISSING = {
  path: 'archive',
  reason: `a part of what was searched could not be read, with or without vehicles that you may see: ${ASK}`,
}

const NOTE = `positions may have been lost, with or without vehicles that you may see: ${ASK}`

export const hideOthersInProgress = (progress: Progress): Progress => ({
  ...progress,
  tasks: { total: 0, done: 0 },
  rows: { total: 0, read: progress.rows.selected, selected: progress.rows.selected },
})

export const hideOthersInStats = (stats: QueryStats): QueryStats => {
  const { selected } = stats.rows
  const { hint: _, ...shown } = stats
  return {
    ...shown,
    failed: stats.failed.length === 0 ? [] : [MISSING],
    files: { total: 0, pruned: 0, read: 0 },
    bytes: { total: 0, read: 0 },
    rows: { total: 0, pruned: 0, read: selected, selected },
    ...(stats.hot && { hot: { messages: 0, rows: stats.hot.selected, selected: stats.hot.selected, bytes: 0 } }),
    tasks: stats.tasks.filter(({ batches }) => batches > 0),
  }
}

export const hideOthersInLosses = ({ missing, notes }: LossVerdict): LossVerdict => ({
  missing: missing.length === 0 ? [] : [MISSING],
  notes: notes.length === 0 ? [] : [NOTE],
})
