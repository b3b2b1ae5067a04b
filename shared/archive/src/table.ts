import { FleetError } from '@fleetlake/core'
import { actionsOf, checkRequest, type CommitRequest, type CommitResult, decide } from './log/commit.ts'
import { firstActions } from './log/first-actions.ts'
import { movesLogIn } from './log/moves-log.ts'
import { type LogOptions, openLog } from './log/open-log.ts'
import { checkMapping, checkWriter, isAppendOnly } from './log/protocol.ts'
import type { LogState } from './log/state.ts'
import { PARTITION_COLUMNS, SCHEMA_STRING } from './schema.ts'
import { checkVectors, configurationOf, type Snapshot, snapshotOf, type TableSettings } from './snapshot.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface OpenTableOptions extends LogOptions {
  /** Makes the table when there is none; one that is there keeps its own settings. Without it a missing table is `table.missing`. */
  readonly create?: TableSettings
  /** Throws at once when the table is one that can be read but not be written to. */
  readonly isWriter?: boolean
}

export interface Table {
  /** The newest snapshot that this process has read. */
  readonly snapshot: Snapshot
  /**
   * Reads the versions that came since: v+1, v+2 … until absent. Without news it costs one get, and now and then a listing.
   * @throws FleetError `table.damaged` when the log is not whole; `table.replaced` when another copy of the table, or another table, is in its place: open it
   * again. The snapshot stays what it was
   */
  refresh(): Promise<Snapshot>
  /**
   * Commits, when the commit rule allows it. The files have been written and are durable. Nothing is written to a damaged log.
   * @throws FleetError `store.failed` when the outcome could not be settled: read the table again to know;
   * `table.conflict` for a request that contradicts itself; `table.damaged`; `table.replaced`; `table.unsupported` with the feature that forbids it
   */
  commit(request: CommitRequest): Promise<CommitResult>
  /** Resolves once background work (checkpoints) is done. */
  close(): Promise<void>
}

/**
 * Opens the table of positions.
 * @param store rooted at the table's folder
 * @throws FleetError `table.missing`, `table.unsupported`, `table.invalid`, `store.failed`
 */
export const openTable = async (
  store: ObjectStore,
  { create, isWriter = false, ...options }: OpenTableOptions = {},
): Promise<Table> => {
  const description = create && {
    name: 'moves',
    schemaString: SCHEMA_STRING,
    partitionColumns: PARTITION_COLUMNS,
    configuration: configurationOf(create),
  }
  const log = await openLog(store, movesLogIn(store), {
    ...options,
    create: description && ((stamp) => firstActions(description, stamp)),
  })
  if (log === undefined) {
    throw new FleetError(
      'table.missing',
      `there is no table in ${store.url('_delta_log')}: start a collector, which creates it`,
    )
  }
  let state = log.state
  let snapshot = snapshotOf(state)
  if (isWriter) checkWriter(state.protocol, state.metaData)

  const follow = (): Snapshot => {
    if (log.state !== state) {
      snapshot = snapshotOf(log.state)
      state = log.state
    }
    return snapshot
  }

  const check = (upon: LogState, { remove = [], columns = [], dataChange = true }: CommitRequest): void => {
    const { protocol, metaData } = upon
    checkVectors(upon)
    checkWriter(protocol, metaData)
    if (columns.length > 0) checkMapping(metaData)
    if (dataChange && remove.length > 0 && isAppendOnly(metaData)) {
      throw new FleetError(
        'table.unsupported',
        'the table is append-only: its property delta.appendOnly is true, so nothing can be deleted from it',
      )
    }
  }

  return {
    get snapshot() {
      return snapshot
    },
    refresh: async () => {
      await log.refresh()
      return follow()
    },
    commit: async (request) => {
      checkRequest(request)
      const committed = await log.commit({
        decide: (upon, nowMs) => decide(request, upon, nowMs),
        check: (upon) => check(upon, request),
        actions: (upon, stamp) => actionsOf(request, upon, stamp),
      })
      follow()
      return typeof committed === 'number' ? { status: 'committed', version: committed } : committed
    },
    close: log.close,
  }
}
