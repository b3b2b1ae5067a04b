import type { ObjectStore } from './store/object-store.ts'
import type { CommitRequest, CommitResult } from './log/commit.ts'
import type { Snapshot, TableSettings } from './snapshot.ts'

export interface OpenTableOptions {
  /** Makes the table when there is none. Without it a missing table is FleetError `table.missing`. */
  readonly create?: TableSettings
  /** ms since the epoch; the system's clock by default. */
  readonly now?: () => number
  /** Who writes, for commitInfo. */
  readonly engine?: string
  /** Told of what went wrong in the background (a checkpoint that could not be written). */
  readonly onBackgroundError?: (error: unknown) => void
}

export interface Table {
  /** The newest snapshot that this process has read. */
  readonly snapshot: Snapshot
  /** Reads the versions that came since: v+1, v+2 … until absent. Without news it costs one get. */
  refresh(): Promise<Snapshot>
  /**
   * Commits, when the commit law allows it. The files have been written and are durable.
   * @throws FleetError `store.failed` when the outcome could not be settled: read the table again to know
   */
  commit(request: CommitRequest): Promise<CommitResult>
  /** Ends once background work (checkpoints) is done. */
  close(): Promise<void>
}

/** The table in a store that is rooted at the table's folder (`<archive>/moves`). */
export const openTable = (_store: ObjectStore, _options: OpenTableOptions = {}): Promise<Table> => { throw new Error('soon') }
