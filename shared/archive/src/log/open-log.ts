import { createQueue, FleetError } from '@fleetlake/core'
import { commitPath, copyPath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type Action, formatCommit } from './actions.ts'
import { isDamage } from './damage.ts'
import { fingerprintIn } from './fingerprint.ts'
import type { LogKind, TableState } from './log-kind.ts'
import { mayCheckpoint } from './protocol.ts'
import { checkEnd, isStillThere, readLog, type ReadLogOptions, readOn } from './read-log.ts'
import { type CheckpointMaker, writeCheckpoint } from './write-checkpoint.ts'
import { type Proposal, writeCommit } from './write-commit.ts'

export interface LogOptions extends ReadLogOptions {
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
  /** Told of each version that another writer has made first, so that a commit is decided upon again. */
  readonly onConflict?: (() => void) | undefined
  /** Between two looks, made when there is no news, at whether the log goes on behind a gap, ms; 10 s by default. */
  readonly checkEveryMs?: number
}

export interface OpenLogOptions extends LogOptions {
  /** Makes the table when there is none: its first commit. */
  readonly create?: ((stamp: { readonly nowMs: number; readonly engine: string }) => readonly Action[]) | undefined
}

/** The log of a table, read and written. */
export interface Log<State extends TableState> {
  /** The newest state that this process has read. */
  readonly state: State
  /**
   * Reads the versions that came since: v+1, v+2 … until absent. Without news it costs one get, and now and then a listing.
   * @throws FleetError `table.damaged` when the log is not whole; `table.replaced` when another copy of the table, or another table, is in its place: open it
   * again. The state stays what it was
   */
  refresh(): Promise<State>
  /**
   * Commits, when the proposal lets it. Nothing is written to a damaged log.
   * @returns the version that holds what was asked for, or why it was refused
   * @throws FleetError `store.failed` when the outcome could not be settled: read the table again to know; `table.damaged`; `table.replaced`; what the
   * proposal throws
   */
  commit<Refusal>(proposal: Proposal<State, Refusal>): Promise<number | Refusal>
  /** Resolves once background work (checkpoints) is done. */
  close(): Promise<void>
}

const ENGINE = 'Fleetlake'
const CHECKPOINT_EVERY = 100
/** Commits stay in the log for longer than this: a reader that has read this recently finds the next one, if there is one. */
const READ_ON_MS = 86_400_000
const CHECK_EVERY_MS = 10_000

const openState = async <State extends TableState>(
  store: ObjectStore,
  kind: LogKind<State>,
  { create, now = Date.now, engine = ENGINE, onBackgroundError = () => {}, ...options }: OpenLogOptions,
): Promise<State | undefined> => {
  const state = await readLog(store, kind, options)
  if (state !== undefined || create === undefined) return state
  const first = formatCommit(create({ nowMs: now(), engine }), 0)
  if ((await store.putIfAbsent(commitPath(0), first)) === 'created') {
    await store.put(copyPath(0), first).catch(onBackgroundError)
  }
  const made = await readLog(store, kind, options)
  if (made === undefined)
    throw new FleetError(
      'store.failed',
      `created the table in ${store.url('_delta_log')} but could not read it back: check the store`,
    )
  return made
}

/**
 * Opens the log of a table.
 * @param store rooted at the table's folder
 * @returns undefined when there is none and none is to be made
 * @throws FleetError `table.unsupported`, `table.damaged`, `table.invalid`, `store.failed`
 */
export const openLog = async <State extends TableState>(
  store: ObjectStore,
  kind: LogKind<State>,
  options: OpenLogOptions = {},
): Promise<Log<State> | undefined> => {
  const { now = Date.now, engine = ENGINE, checkpointEvery = CHECKPOINT_EVERY, onBackgroundError = () => {} } = options
  const { checkEveryMs = CHECK_EVERY_MS } = options
  const found = await openState(store, kind, options)
  if (found === undefined) return undefined
  let state = found
  let background: Promise<void> = Promise.resolve()
  const inTurn = createQueue()

  const advance = (next: State): State => {
    if (next.version > state.version) state = next
    return state
  }

  /** The log as it is, whatever was read of it. Invariant: what does not go on from what was read is not put upon it. */
  const readAgain = async (): Promise<State | undefined> => {
    const fresh = await readLog(store, kind, options)
    if (fresh === undefined) return undefined
    const goesOn = fresh.version >= state.version && (await isStillThere(store, state))
    if (!goesOn) throw kind.replaced(state.version)
    return fresh
  }

  let readMs = now()
  let checkedMs = performance.now()
  /** Invariant: what is missing from the log is not taken for no news, be it that the log was cleaned since or that it is damaged. */
  const readNews = async (): Promise<State | undefined> => {
    const nowMs = now()
    const since = readMs
    readMs = nowMs
    if (nowMs - since >= READ_ON_MS) return readAgain()
    try {
      const news = await readOn(store, kind, state, options)
      if (news === state && performance.now() - checkedMs >= checkEveryMs) {
        await checkEnd(store, kind, state)
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

  let reading: Promise<State> | undefined
  /** One reading at a time; a caller during one waits for the next, which begins later, so that it sees what was there when it called. */
  const refresh = async (): Promise<State> => {
    if (reading !== undefined) await reading.catch(() => undefined)
    reading ??= readNews()
      .then((next) => advance(next ?? state))
      .finally(() => (reading = undefined))
    return reading
  }

  const inBackground = (work: () => Promise<void>): void => {
    background = background.then(work).catch(onBackgroundError)
  }

  const checkWhole = async (upon: State): Promise<void> => {
    try {
      await checkEnd(store, kind, upon)
    } catch (error) {
      if (isDamage(error)) await readAgain()
      throw error
    }
  }

  const commit = <Refusal>(proposal: Proposal<State, Refusal>): Promise<number | Refusal> =>
    inTurn(async () => {
      const written = await writeCommit(proposal, {
        store,
        state: () => state,
        refresh,
        now,
        engine,
        onConflict: options.onConflict,
        check: async (upon) => {
          proposal.check(upon)
          await checkWhole(upon)
        },
      })
      if (written.status === 'refused') return written.refusal
      if (written.status === 'unchanged') return written.version
      const { version, actions, bytes } = written
      if (version === state.version + 1) {
        advance(kind.apply(state, [{ version, actions, fingerprint: fingerprintIn(bytes) }]))
      }
      inBackground(() => store.put(copyPath(version), bytes))
      if (version % checkpointEvery === 0 && mayCheckpoint(state.protocol, state.metaData)) {
        inBackground(() =>
          writeCheckpoint(store, version, now(), { retireMs: options.retireMs, make: options.makeCheckpoint }),
        )
      }
      return version
    })

  return {
    get state() {
      return state
    },
    refresh,
    commit,
    close: () => inTurn(() => background),
  }
}
