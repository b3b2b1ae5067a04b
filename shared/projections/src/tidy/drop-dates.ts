import type { Add } from '@fleetlake/archive/log'
import { dayOf } from '@fleetlake/core'
import type { ProjectionTable } from '../table/projection-table.ts'
import { rewriteWithout } from '../table/rewrite-files.ts'
import { bindSelection } from '../table/selection.ts'

/**
 * Takes rows out of dates that retention has taken out of `moves`. Invariant: no row of a later date goes.
 * @param newestDateGone `YYYY-MM-DD`
 * @returns how many files had such rows
 */
export const dropDates = async (
  table: ProjectionTable,
  newestDateGone: string,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<number> => {
  const { kind, upkeep } = table
  if (!kind.hasDates) return 0
  const selection = { dates: { from: -Infinity, to: dayOf(Date.parse(newestDateGone)) + 1 } }
  let dropped = 0
  for (const entry of table.files(await table.refresh(), selection)) {
    if (signal.aborted || entry.hasDeletedRows) continue
    const deps = { kind, store: upkeep.store, reader: upkeep.reader }
    const rewritten = await rewriteWithout(deps, entry, bindSelection(kind, selection), nowMs)
    if (rewritten.kind === 'untouched') continue
    const add: readonly Add[] = rewritten.kind === 'rewritten' ? [rewritten.add] : []
    // Where another was faster, the next run does it.
    const isDone = await upkeep.replaceFiles({ remove: [entry.path], add, dataChange: true, operation: 'DELETE' })
    if (isDone) dropped++
  }
  return dropped
}
