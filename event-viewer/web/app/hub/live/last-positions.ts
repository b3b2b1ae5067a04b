import type { Positions } from '@fleetlake/columnar'
import type { LatestQueryInput, VehicleAnswer } from '@fleetlake/hub/browser'
import { reasonOf } from '@fleetlake/core'
import type { LastKnown } from './live-frame.ts'

export interface LastPositionsDeps {
  readonly ask: (input: LatestQueryInput, signal: AbortSignal) => VehicleAnswer
  /** @param round the number of the question */
  readonly take: (rows: Positions, round: number) => void
  /** All that there are were taken; `askedMs` is when they were asked for, by this machine's clock. */
  readonly onAll: (round: number, askedMs: number) => void
  /** Vehicles that the page forgot to make room, so far. */
  readonly evicted: () => number
  /** This machine's clock, ms since the epoch. */
  readonly nowMs: () => number
  /** The hub's clock, ms since the epoch. */
  readonly hubMs: () => number
  readonly maxVehicles: number
  /** Lets others have their turn between two pieces. */
  readonly nextTask: () => Promise<void>
}

/** Asks where vehicles were last, one question at a time. */
export interface LastPositions {
  /** How old a last position may be, ms; 0: none is wanted. What was not asked for yet is asked for, and fewer again while not all are known: they may be. */
  want(keptMs: number): void
  /** The hub is reached, again or by somebody who sees other vehicles: asks for all that are wanted. */
  askAll(): void
  /** Asks for those of the last while: vehicles whose reports are not listened to are moved, before they are taken for silent. */
  askRecent(): void
  /** A question that got no answer is asked again. */
  retry(): void
  /** So is one whose answer was not whole, unless it is the page that holds no more: rarer, since it costs the finders as much as the first. */
  retryPartial(): void
  /** Undefined while none are wanted, and before the first question. */
  known(): LastKnown | undefined
}

/** Somewhat longer than the time after which a vehicle is silent. */
const RECENT_MS = 20 * 60_000
const QUERY_MS = 300_000
const SLOWEST_PACE = 16

const EVICTED: LastKnown = { status: 'partial', reason: 'there are more vehicles than the page can hold' }

/** Invariant: an answer is taken for all that there are only if it is complete, no newer question was asked, and the page has forgotten nothing since to make room. */
export const createLastPositions = (deps: LastPositionsDeps): LastPositions => {
  const { ask, take, onAll, evicted, nowMs, hubMs, maxVehicles, nextTask } = deps
  let wantedMs = 0
  let round = 0
  let current: AbortController | undefined
  let known: LastKnown | undefined
  /** By when all were asked for last. */
  let evictedBefore = 0
  let isFull = false
  let isReached = false
  /** Of calls of `retryPartial` each so many is a question, and so many pass until the next one: what does not pass by itself is asked more and more rarely. */
  let pace = 1
  let passes = 0

  const knownNow = (): LastKnown | undefined =>
    known?.status === 'complete' && evicted() > evictedBefore ? EVICTED : known

  /** @returns how well all are known; undefined when a newer question was asked meanwhile */
  const run = async (backMs: number, isAll: boolean, aborter: AbortController): Promise<LastKnown | undefined> => {
    const number = ++round
    const askedMs = nowMs()
    const sinceMs = hubMs() - Math.min(backMs, wantedMs)
    const answer = ask(
      {
        limit: maxVehicles,
        timeoutMs: QUERY_MS,
        ...(sinceMs === -Infinity ? {} : { since: new Date(sinceMs).toISOString() }),
      },
      aborter.signal,
    )
    for await (const { rows } of answer) {
      if (current !== aborter) return undefined
      take(rows, number)
      await nextTask()
    }
    const { status, reason } = await answer.outcome
    if (current !== aborter) return undefined
    if (status === 'complete') {
      if (isAll) onAll(number, askedMs)
      return { status }
    }
    if (isAll) isFull = status === 'limit-reached'
    if (status === 'limit-reached')
      return { status: 'partial', reason: `the page holds ${maxVehicles} vehicles at most` }
    return { status: status === 'partial' ? 'partial' : 'unknown', reason: reason ?? status }
  }
  /** @param backMs how far back; all that are wanted when missing */
  const start = async (backMs = Infinity): Promise<void> => {
    if (!isReached || wantedMs === 0) return
    const isAll = backMs >= wantedMs
    const aborter = new AbortController()
    current?.abort()
    current = aborter
    if (isAll) {
      known = { status: 'asking' }
      evictedBefore = evicted()
    }
    const found = await run(backMs, isAll, aborter).catch((error: unknown): LastKnown => ({
      status: 'unknown',
      reason: reasonOf(error),
    }))
    if (current !== aborter) return
    current = undefined
    if (isAll) known = found
  }

  return {
    want: (keptMs) => {
      const isMore = keptMs > wantedMs
      const isLess = keptMs > 0 && keptMs < wantedMs
      wantedMs = keptMs
      if (isMore || (isLess && knownNow()?.status !== 'complete')) return void start()
      if (keptMs > 0) return
      current?.abort()
      current = undefined
      known = undefined
    },
    askAll: () => {
      isReached = true
      pace = 1
      passes = 0
      void start()
    },
    askRecent: () => {
      if (current === undefined) void start(RECENT_MS)
    },
    retry: () => {
      if (current === undefined && known?.status === 'unknown') void start()
    },
    retryPartial: () => {
      if (current !== undefined || known?.status !== 'partial' || isFull) return
      if (passes > 0) return void passes--
      const { reason } = known
      void start().then(() => {
        const isSame = known?.status === 'partial' && known.reason === reason
        pace = isSame ? Math.min(2 * pace, SLOWEST_PACE) : 1
        passes = pace - 1
      })
    },
    known: knownNow,
  }
}
