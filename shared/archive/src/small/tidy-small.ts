import { type TidyOptions, tidyTable } from '../maintain/tidy-table.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { smallLogIn } from './small-log.ts'
import type { SmallTable } from './small-table.ts'

/** Files of rows; whatever else lies beside them, such as the marks of streams, stays. */
const ROW_FILE = /^\d{4}-\d\d-\d\d-[0-9a-f]{16}\.parquet$/
/** More are merged: who opens the table reads each. */
export const MOST_SMALL_FILES = 64

/**
 * Deletes files and versions of a small table that nobody needs any more, as `tidyTable` has it. Invariant: every row stays.
 * @returns how many files went
 * @throws FleetError `table.damaged`, `table.replaced`, `table.unsupported`, `store.failed`
 */
export const tidySmallTable = (
  table: Pick<SmallTable<unknown, unknown>, 'refresh' | 'version' | 'names' | 'takeVersion'>,
  store: ObjectStore,
  options: TidyOptions,
): Promise<number> => {
  const { loadCheckpoint } = smallLogIn(store, { name: 'small', columns: [] })
  return tidyTable(table, store, { dataFile: ROW_FILE, loadCheckpoint }, options)
}
