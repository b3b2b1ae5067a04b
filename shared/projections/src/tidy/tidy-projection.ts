import { type TidyOptions, tidyTable } from '@fleetlake/archive'
import { projectionLogIn } from '../table/projection-log.ts'
import type { ProjectionTable } from '../table/projection-table.ts'
import { DATA_FILE } from '../table/write-file.ts'
import { dropDates } from './drop-dates.ts'

export interface TidyProjectionOptions extends TidyOptions {
  /** The newest date that retention took out of `moves`, `YYYY-MM-DD`; undefined when it took none. */
  readonly newestDateGone: string | undefined
}

/** What keeping a projection's table in order did. */
export interface TidiedProjection {
  /** Files that had rows of dates that are gone, and of no others. */
  readonly dropped: number
  readonly deleted: number
}

/**
 * Takes out files of which retention took all dates out of `moves`, and deletes files and versions that nobody needs any more. Invariant: killed at any moment it harms nothing.
 * @throws FleetError `table.damaged`, `table.replaced`, `table.unsupported`, `table.invalid`, `store.failed`
 */
export const tidyProjection = async (
  table: ProjectionTable,
  { newestDateGone, ...options }: TidyProjectionOptions,
): Promise<TidiedProjection> => {
  const { upkeep, kind } = table
  const dropped = newestDateGone === undefined ? 0 : await dropDates(table, newestDateGone)
  const tidied = {
    get version() {
      return table.state.version
    },
    refresh: table.refresh,
    names: (path: string) => table.state.files.has(path),
    takeVersion: upkeep.takeVersion,
  }
  const { loadCheckpoint } = projectionLogIn(upkeep.store, kind)
  return { dropped, deleted: await tidyTable(tidied, upkeep.store, { dataFile: DATA_FILE, loadCheckpoint }, options) }
}
