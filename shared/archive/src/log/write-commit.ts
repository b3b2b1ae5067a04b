import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { FleetError } from '@fleetlake/core'
import { commitPath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type Action, formatCommit, parseCommit } from './actions.ts'
import { actionsOf, checkRequest, type CommitRequest, type CommitResult, decide, isCommitOf } from './commit.ts'
import { isDamage } from './damage.ts'
import type { LogState } from './state.ts'

export interface CommitDeps {
  readonly store: ObjectStore
  /** The newest state that is known. */
  state(): LogState
  /** Reads on; the state after it. */
  refresh(): Promise<LogState>
  /** Throws when a state must not be written upon. */
  check(state: LogState): Promise<void>
  readonly now: () => number
  readonly engine: string
}

export type Written =
  | Exclude<CommitResult, { readonly status: 'committed' }>
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
 * Commits as soon as the commit rule allows it: who loses the race for a version waits a random moment, reads the winner's, and checks again
 * before trying the next. A refusal, and that nothing is to be changed, is checked against the newest state.
 */
export const writeCommit = async (request: CommitRequest, deps: CommitDeps): Promise<Written> => {
  checkRequest(request)
  const commitId = randomUUID()
  let state = deps.state()
  for (let losses = 0; ;) {
    const nowMs = deps.now()
    const verdict = decide(request, state, nowMs)
    if (verdict.status !== 'write') {
      const newest = await deps.refresh()
      if (newest.version === state.version) return verdict
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
    const actions = actionsOf(request, state, { commitId, nowMs, engine: deps.engine })
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
    await delay(backOffMs(++losses))
    const newest = await deps.refresh()
    if (newest.version < version) throw new FleetError('table.invalid', `version ${version} is there and was not read`)
    state = newest
  }
}
