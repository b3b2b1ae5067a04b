import { dayOf } from '@fleetlake/core'
import type { ProjectionTable } from '../table/projection-table.ts'
import { bindSelection, isCovered } from '../table/selection.ts'

/**
 * Takes out the files that have rows of no later date than retention has taken out of `moves`. Other files stay as they are: their rows of dates that are gone do no harm, since nobody passes
 * over anything by them, and a base would be written again each day until the end of its month. Invariant: no row of a later date goes.
 * @param newestDateGone `YYYY-MM-DD`
 * @returns how many files went
 */
export const dropDates = async (
  { kind, files, refresh, upkeep }: ProjectionTable,
  newestDateGone: string,
): Promise<number> => {
  if (!kind.hasDates) return 0
  const selection = { dates: { from: -Infinity, to: dayOf(Date.parse(newestDateGone)) + 1 } }
  const bound = bindSelection(kind, selection)
  const gone = files(await refresh(), selection).filter((entry) => !entry.hasDeletedRows && isCovered(bound, entry))
  if (gone.length === 0) return 0
  const remove = gone.map(({ path }) => path)
  // Where another was faster, the next run does it.
  const isDone = await upkeep.replaceFiles({ remove, add: [], dataChange: true, operation: 'DELETE' })
  return isDone ? remove.length : 0
}
