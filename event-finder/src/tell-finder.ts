import type { Metrics } from '@fleetlake/service'
import type { QueryStats } from './core/query-course.ts'

export interface ToldFinder {
  readonly searchesWaiting: () => number
  readonly tasksQueued: () => number
  readonly tailBytes: () => number
}

/** @returns counts a search that was answered; one that was refused at once took no time, and is not among the times */
export const countSearches =
  (metrics: Metrics) =>
  ({ status, elapsedMs, files, rows }: QueryStats): void => {
    metrics.add('fleetlake_searches_total', 1, { status })
    if (status !== 'refused') metrics.observe('fleetlake_search_seconds', elapsedMs / 1000)
    metrics.add('fleetlake_files_total', files.pruned, { outcome: 'pruned' })
    metrics.add('fleetlake_files_total', files.read, { outcome: 'read' })
    metrics.add('fleetlake_found_rows_total', rows.selected)
  }

/** Says, when it is asked, what a finder has in hand. */
export const tellFinder = ({ searchesWaiting, tasksQueued, tailBytes }: ToldFinder, metrics: Metrics): void =>
  metrics.onScrape(() => {
    metrics.set('fleetlake_searches_waiting', searchesWaiting())
    metrics.set('fleetlake_tasks_queued', tasksQueued())
    metrics.set('fleetlake_buffer_bytes', tailBytes())
  })
