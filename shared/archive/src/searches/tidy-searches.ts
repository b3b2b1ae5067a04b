import { type TidyOptions, tidyTable } from '../maintain/tidy-table.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { searchLogIn, type SearchTable } from './search-table.ts'

/** Files of records. */
const RECORD_FILE = /^\d{4}-\d\d\/[^/]+\.parquet$/

/** `tidyTable` for the table of searches. */
export const tidySearches = (table: SearchTable, store: ObjectStore, options: TidyOptions): Promise<number> =>
  tidyTable(table, store, { dataFile: RECORD_FILE, loadCheckpoint: searchLogIn(store).loadCheckpoint }, options)
