import { randomUUID } from 'node:crypto'
import { FleetError } from '@fleetlake/core'
import { type Action, formatCommit } from './log/actions.ts'
import { type CommitRequest, type CommitResult } from './log/commit.ts'
import { isDamage, replaced } from './log/damage.ts'
import { fingerprintIn } from './log/fingerprint.ts'
import { checkMapping, checkWriter, isAppendOnly, mayCheckpoint } from './log/protocol.ts'
import { checkEnd, isStillThere, readLog, type ReadLogOptions, readOn } from './log/read-log.ts'
import { applyVersions, type LogState } from './log/state.ts'
import { type CheckpointMaker, writeCheckpoint } from './log/write-checkpoint.ts'
import { writeCommit } from './log/write-commit.ts'
import { commitPath, copyPath } from './paths.ts'
import { PARTITION_COLUMNS, SCHEMA_STRING } from './schema.ts'
import { configurationOf, type Snapshot, snapshotOf, type TableSettings } from './snapshot.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface OpenTableOptions extends ReadLogOptions {
  /** Makes the table when there is none; one that is there keeps its own settings. Without it a missing table is `table.missing`. */
  readonly create?: TableSettings
  /** ms since the epoch; the system's clock by default. */
  readonly now?: () => number
  /** Who writes, for commitInfo. */
  readonly engine?: string
  /** Commits between two checkpoints; 100 by default. */
  readonly checkpointEvery?: number
  /** Makes the files of checkpoints; in a thread when missing. */
  readonly makeCheckpoint?: CheckpointMaker | undefined
  /** Checkpoints leave out the offsets of a hub that has been gone for longer; none when missing. */
  readonly retireMs?: number
  /** Told of a checkpoint or a copy of a commit that could not be written; nothing depends on it. */
  readonly onBackgroundError?: (error: unknown) => void
  /** Throws at once when the table is one that can be read but not be written to. */
  readonly isWriter?: boolean
  /** Between two looks, made when there is no news, at whether the log goes on behind a gap, ms; 10 s by default. */
  readonly checkEveryMs?: number
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

const ENGINE = 'Fleetlake'
const CHECKPOINT_EVERY = 100
/** Commits stay in the log for longer than this: a reader that has read this recently finds the next one, if there is one. */
const READ_ON_MS = 86_400_000
const CHECK_EVERY_MS = 10_000

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
  { create, now = Date.now, engine = ENGINE, onBackgroundError = () => {}, ...options }: OpenTableOptions,
): Promise<LogState> => {
  const state = await readLog(store, options)
  if (state !== undefined) return state
  if (create === undefined) {
    throw new FleetError(
      'table.missing',
      `there is no table in ${store.url('_delta_log')}: start a collector, which creates it`,
    )
  }
  const first = formatCommit(firstActions(create, now(), engine), 0)
  if ((await store.putIfAbsent(commitPath(0), first)) === 'created') {
    await store.put(copyPath(0), first).catch(onBackgroundError)
  }
  const made = await readLog(store, options)
  if (made === undefined)
    throw new FleetError(
      'store.failed',
      `created the table in ${store.url('_delta_log')} but could not read it back: check the store`,
    )
  return made
}

/**
 * Opens the table of positions.
 * @param store rooted at the table's folder
 * @throws FleetError `table.missing`, `table.unsupported`, `table.invalid`, `store.failed`
 */
export const openTable = async (store: ObjectStore, options: OpenTableOptions = {}): Promise<Table> => {
  const { now = Date.now, engine = ENGINE, checkpointEvery = CHECKPOINT_EVERY, onBackgroundError = () => {} } = options
  const { checkEveryMs = CHECK_EVERY_MS, isWriter = false } = options
  let state = await openState(store, options)
  let snapshot = snapshotOf(state)
  if (isWriter) checkWriter(state.protocol, state.metaData)
  let background: Promise<void> = Promise.resolve()
  const inTurn = createQueue()

  const advance = (next: LogState): LogState => {
    if (next.version > state.version) {
      state = next
      snapshot = snapshotOf(next)
    }
    return state
  }

  /** The log as it is, whatever was read of it. Invariant: what does not go on from what was read is not put upon it. */
  const readAgain = async (): Promise<LogState | undefined> => {
    const fresh = await readLog(store, options)
    if (fresh === undefined) return undefined
    const goesOn = fresh.version >= state.version && (await isStillThere(store, state))
    if (!goesOn) throw replaced(store.url(''), state.version)
    return fresh
  }

  let readMs = now()
  let checkedMs = performance.now()
  /** Invariant: what is missing from the log is not taken for no news, be it that the log was cleaned since or that it is damaged. */
  const readNews = async (): Promise<LogState | undefined> => {
    const nowMs = now()
    const since = readMs
    readMs = nowMs
    if (nowMs - since >= READ_ON_MS) return readAgain()
    try {
      const news = await readOn(store, state, options)
      if (news === state && performance.now() - checkedMs >= checkEveryMs) {
        await checkEnd(store, state)
        checkedMs = performance.now()
      }
      return news
    } catch (error) {
      if (!isDamage(error)) throw error
      readMs = since
      // A newer checkpoint makes good for what is missing before it.
      return readAgain()
    }
  }

  let reading: Promise<LogState> | undefined
  /** One reading at a time; a caller during one waits for the next, which begins later, so that it sees what was there when it called. */
  const refresh = async (): Promise<LogState> => {
    if (reading !== undefined) await reading.catch(() => undefined)
    reading ??= readNews()
      .then((next) => advance(next ?? state))
      .finally(() => (reading = undefined))
    return reading
  }

  const inBackground = (work: () => Promise<void>): void => {
    background = background.then(work).catch(onBackgroundError)
  }

  const check = async (
    upon: LogState,
    { removesData, addsColumns }: { readonly removesData: boolean; readonly addsColumns: boolean },
  ): Promise<void> => {
    const { protocol, metaData } = upon
    checkWriter(protocol, metaData)
    if (addsColumns) checkMapping(metaData)
    if (removesData && isAppendOnly(metaData)) {
      throw new FleetError(
        'table.unsupported',
        'the table is append-only: its property delta.appendOnly is true, so nothing can be deleted from it',
      )
    }
    try {
      await checkEnd(store, upon)
    } catch (error) {
      if (isDamage(error)) await readAgain()
      throw error
    }
  }

  const commit = (request: CommitRequest): Promise<CommitResult> =>
    inTurn(async () => {
      const addsColumns = (request.columns ?? []).length > 0
      const removesData = (request.dataChange ?? true) && (request.remove ?? []).length > 0
      const deps = { store, state: () => state, refresh, now, engine }
      const written = await writeCommit(request, {
        ...deps,
        check: (upon) => check(upon, { removesData, addsColumns }),
      })
      if (written.status === 'unchanged') return { status: 'committed', version: written.version }
      if (written.status !== 'committed') return written
      const { version, actions, bytes } = written
      if (version === state.version + 1) {
        advance(applyVersions(state, [{ version, actions, fingerprint: fingerprintIn(bytes) }]))
      }
      inBackground(() => store.put(copyPath(version), bytes))
      if (version % checkpointEvery === 0 && mayCheckpoint(state.protocol, state.metaData)) {
        inBackground(() =>
          writeCheckpoint(store, version, now(), { retireMs: options.retireMs, make: options.makeCheckpoint }),
        )
      }
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
    close: () => inTurn(() => background),
  }
}
