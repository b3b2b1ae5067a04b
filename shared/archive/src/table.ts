import { randomUUID } from 'node:crypto'
import { FleetError } from '@fleetlake/core'
import { type Action, formatCommit } from './log/actions.ts'
import { type CommitRequest, type CommitResult } from './log/commit.ts'
import { readLog, readOn } from './log/read-log.ts'
import { applyVersions, type LogState } from './log/state.ts'
import { writeCheckpoint } from './log/write-checkpoint.ts'
import { writeCommit } from './log/write-commit.ts'
import { commitPath } from './paths.ts'
import { PARTITION_COLUMNS, SCHEMA_STRING } from './schema.ts'
import { configurationOf, type Snapshot, snapshotOf, type TableSettings } from './snapshot.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface OpenTableOptions {
  /** Makes the table when there is none; one that is there keeps its own settings. Without it a missing table is `table.missing`. */
  readonly create?: TableSettings
  /** ms since the epoch; the system's clock by default. */
  readonly now?: () => number
  /** Who writes, for commitInfo. */
  readonly engine?: string
  /** Commits between two checkpoints; 100 by default. */
  readonly checkpointEvery?: number
  /** Told of a checkpoint that could not be written; nothing depends on it. */
  readonly onBackgroundError?: (error: unknown) => void
}

export interface Table {
  /** The newest snapshot that this process has read. */
  readonly snapshot: Snapshot
  /** Reads the versions that came since: v+1, v+2 … until absent. Without news it costs one get. */
  refresh(): Promise<Snapshot>
  /**
   * Commits, when the commit law allows it. The files have been written and are durable.
   * @throws FleetError `store.failed` when the outcome could not be settled: read the table again to know;
   * `table.conflict` for a request that contradicts itself
   */
  commit(request: CommitRequest): Promise<CommitResult>
  /** Resolves once background work (checkpoints) is done. */
  close(): Promise<void>
}

const ENGINE = 'Fleetlake'
const CHECKPOINT_EVERY = 100
/** Commits stay in the log for longer than this: who has read so recently finds the next one, if there is one. */
const READ_ON_MS = 86_400_000

const firstActions = (settings: TableSettings, nowMs: number, engine: string): Action[] => [
  { commitInfo: { timestamp: nowMs, operation: 'CREATE TABLE', engineInfo: engine, commitId: randomUUID() } },
  { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
  {
    metaData: {
      id: randomUUID(),
      name: 'moves',
      format: { provider: 'parquet', options: {} },
      schemaString: SCHEMA_STRING,
      partitionColumns: [...PARTITION_COLUMNS],
      configuration: configurationOf(settings),
      createdTime: nowMs,
    },
  },
]

/** Runs one at a time, in the order of the calls; a failure is its caller's only. */
const createQueue = (): (<T>(run: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const result = last.then(run, run)
    last = result.catch(() => undefined)
    return result
  }
}

const openState = async (
  store: ObjectStore,
  { create, now = Date.now, engine = ENGINE }: OpenTableOptions,
): Promise<LogState> => {
  const state = await readLog(store)
  if (state !== undefined) return state
  if (create === undefined) {
    throw new FleetError(
      'table.missing',
      `there is no table in ${store.url('_delta_log')}: start a collector, which makes it`,
    )
  }
  await store.putIfAbsent(commitPath(0), formatCommit(firstActions(create, now(), engine)))
  const made = await readLog(store)
  if (made === undefined)
    throw new FleetError('store.failed', `the table in ${store.url('_delta_log')} was made and can't be read`)
  return made
}

/**
 * Opens the table of positions.
 * @param store rooted at the table's folder
 * @throws FleetError `table.missing`, `table.unsupported`, `table.invalid`, `store.failed`
 */
export const openTable = async (store: ObjectStore, options: OpenTableOptions = {}): Promise<Table> => {
  const { now = Date.now, engine = ENGINE, checkpointEvery = CHECKPOINT_EVERY, onBackgroundError = () => {} } = options
  let state = await openState(store, options)
  let snapshot = snapshotOf(state)
  let checkpointing: Promise<void> = Promise.resolve()
  const inTurn = createQueue()

  const advance = (next: LogState): LogState => {
    if (next.version > state.version) {
      state = next
      snapshot = snapshotOf(next)
    }
    return state
  }

  let readMs = now()
  /** Law: what is missing from the log since it was cleaned is not taken for no news. */
  const readNews = async (): Promise<LogState | undefined> => {
    const nowMs = now()
    const news = await (nowMs - readMs < READ_ON_MS ? readOn(store, state) : readLog(store))
    readMs = nowMs
    return news
  }

  let reading: Promise<LogState> | undefined
  /** One reading at a time; who asks during one waits for another that begins after it, so that it sees what was there when asked. */
  const refresh = async (): Promise<LogState> => {
    if (reading !== undefined) await reading.catch(() => undefined)
    reading ??= readNews()
      .then((next) => advance(next ?? state))
      .finally(() => (reading = undefined))
    return reading
  }

  const checkpoint = (version: number): void => {
    checkpointing = checkpointing.then(() => writeCheckpoint(store, version, now())).catch(onBackgroundError)
  }

  const commit = (request: CommitRequest): Promise<CommitResult> =>
    inTurn(async () => {
      const written = await writeCommit(request, { store, state: () => state, refresh, now, engine })
      if (written.status !== 'committed') return written
      const { version, actions } = written
      if (version === state.version + 1) advance(applyVersions(state, [{ version, actions }]))
      if (version % checkpointEvery === 0) checkpoint(version)
      return { status: 'committed', version }
    })

  return {
    get snapshot() {
      return snapshot
    },
    refresh: async () => {
      await refresh()
      return snapshot
    },
    commit,
    close: () => inTurn(() => checkpointing),
  }
}
