import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { FleetError } from '@fleetlake/core'
import { commitPath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type Action, formatCommit, parseCommit } from './actions.ts'
import { isDamage } from './damage.ts'

/** Who commits, and when. */
export interface CommitStamp {
  /** Random: a writer that got no answer recognises its commit by this id. */
  readonly commitId: string
  readonly nowMs: number
  readonly engine: string
}

/** What is to be committed. It is decided again for each state that the commit is tried upon. */
export interface Proposal<State, Refusal> {
  /** Undefined when it may be written upon this state. */
  decide(state: State, nowMs: number): Refusal | undefined | Promise<Refusal | undefined>
  /** Throws when nothing at all must be written upon this state. */
  check(state: State): void
  /**
   * The actions upon a state that `decide` lets it be written upon; files that they add are durable by then. The first is a commitInfo; when
   * it is the only one, all that was asked for is there already.
   */
  actions(state: State, stamp: CommitStamp): readonly Action[] | Promise<readonly Action[]>
}

export interface CommitDeps<State> {
  readonly store: ObjectStore
  /** The newest state that is known. */
  state(): State
  /** Reads on; the state after it. */
  refresh(): Promise<State>
  /** Throws when a state must not be written upon. */
  check(state: State): Promise<void>
  readonly now: () => number
  readonly engine: string
  /** Told of each version that another writer has made first. */
  readonly onConflict?: (() => void) | undefined
}

export type Written<Refusal> =
  | { readonly status: 'refused'; readonly refusal: Refusal }
  /** All that was asked for is in that version already. */
  | { readonly status: 'unchanged'; readonly version: number }
  | {
      readonly status: 'committed'
      readonly version: number
      readonly actions: readonly Action[]
      readonly bytes: Uint8Array
    }

const PUT_ATTEMPTS = 3
const FIRST_BACK_OFF_MS = 10
const LONGEST_BACK_OFF_MS = 1_000

/** Full jitter: who lost to the same winner does not come back at the same moment. */
const backOffMs = (losses: number): number =>
  Math.random() * Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (losses - 1))

/** Whether a version is the one that a commit id was given to. */
const isCommitOf = (actions: readonly Action[], commitId: string): boolean =>
  actions.some((action) => action.commitInfo?.['commitId'] === commitId)

/** A winner that is not whole is not ours, which is there wholly or not at all; reading on shows what is wrong with it. */
const isOurs = (winner: Uint8Array, version: number, commitId: string): boolean => {
  try {
    return isCommitOf(parseCommit(winner, commitPath(version), version), commitId)
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  }
}

/**
 * Creates a version, or finds out who did. A put that fails leaves its outcome unknown, whatever the store tried to find out: the same
 * bytes are put again at the same version, where they can be created once only, and a writer that gets 'exists' looks for the commit id.
 * @throws FleetError `store.failed` when the store never answers
 */
const createVersion = async (
  store: ObjectStore,
  version: number,
  commitId: string,
  bytes: Uint8Array,
): Promise<'ours' | 'theirs'> => {
  const path = commitPath(version)
  for (let attempt = 1; ; attempt++) {
    try {
      if ((await store.putIfAbsent(path, bytes)) === 'created') return 'ours'
      const winner = await store.get(path)
      if (winner === undefined) throw new FleetError('store.failed', `${path} exists but can't be read`)
      return isOurs(winner, version, commitId) ? 'ours' : 'theirs'
    } catch (error) {
      if (error instanceof FleetError && error.code !== 'store.failed') throw error
      if (attempt < PUT_ATTEMPTS) continue
      throw new FleetError(
        'store.failed',
        `it is not known whether version ${version} was committed: read the table again`,
        { cause: error },
      )
    }
  }
}

/**
 * Commits as soon as the proposal lets it: who loses the race for a version waits a random moment, reads the winner's, and decides again
 * before trying the next. A refusal, and that nothing is to be changed, is checked against the newest state.
 */
export const writeCommit = async <State extends { readonly version: number }, Refusal>(
  { decide, actions: actionsUpon }: Pick<Proposal<State, Refusal>, 'decide' | 'actions'>,
  deps: CommitDeps<State>,
): Promise<Written<Refusal>> => {
  const commitId = randomUUID()
  let state = deps.state()
  for (let losses = 0; ;) {
    const nowMs = deps.now()
    const refusal = await decide(state, nowMs)
    if (refusal !== undefined) {
      const newest = await deps.refresh()
      if (newest.version === state.version) return { status: 'refused', refusal }
      state = newest
      continue
    }
    try {
      await deps.check(state)
    } catch (error) {
      const newest = await deps.refresh()
      if (newest.version === state.version) throw error
      state = newest
      continue
    }
    const version = state.version + 1
    const actions = await actionsUpon(state, { commitId, nowMs, engine: deps.engine })
    // Of a commitInfo alone no version is made.
    if (actions.length === 1) {
      const newest = await deps.refresh()
      if (newest.version === state.version) return { status: 'unchanged', version: state.version }
      state = newest
      continue
    }
    const bytes = formatCommit(actions, version)
    if ((await createVersion(deps.store, version, commitId, bytes)) === 'ours') {
      return { status: 'committed', version, actions, bytes }
    }
    deps.onConflict?.()
    await delay(backOffMs(++losses))
    const newest = await deps.refresh()
    if (newest.version < version) throw new FleetError('table.invalid', `version ${version} is there and was not read`)
    state = newest
  }
}
