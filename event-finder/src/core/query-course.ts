import type { Message, MessageInput, QueryStatus } from '@fleetlake/contracts'
import { type ErrorCode, FleetError, reasonOf } from '@fleetlake/core'
import type { PlannedTask } from './plan-tasks.ts'
import { createTaskBoard, type TaskBoard, type TaskOrder } from './task-board.ts'

type Query = Message<'vehicleQuery'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>
type Progress = MessageInput<'vehicleQueryProgress'>
export type QueryStats = MessageInput<'vehicleQueryResultStats'>

/**
 * What the coordinator knows of a query from its arrival to its answer, and what it does about what happens to it; messages, files and time are the driver's
 * (`conductQuery`).
 *
 * ```
 * checking → pinning → planning → entering ──────────────────────────→ running → hinting → ended
 *                                     └→ waiting for a place → planning ↗   └→ settling ↗
 * ```
 *
 * Invariants: a query is answered once. It is `complete` only when every task was, and the client has not given it up. What it was given (a place, the tail) goes back once.
 * Whatever comes or does not come, it ends: `timeoutMs` after it began, or `ttlMs` after it arrived where it waits for a place, and `SETTLE_MS`.
 */
export interface QueryCourse {
  /** Takes in what happened. @returns what the driver is to do about it, in this order */
  step(event: CourseEvent, nowMs: number): CourseEffect[]
  /** When a `tick` is due; undefined once it has ended. */
  wakeAt(): number | undefined
}

/** What happened. Each of `check`, `pin`, `plan`, `enter` and `hint` is answered by one event, or by `failed`. */
export type CourseEvent =
  | { readonly kind: 'arrived' | 'checked' }
  | { readonly kind: 'pinned'; readonly pinned: PinnedFigures }
  | { readonly kind: 'planned'; readonly plan: QueryPlan }
  /** There is a place for it; now, or at last. */
  | { readonly kind: 'admitted' }
  /** There is no place now: `admitted` may follow. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'heard'; readonly stats: TaskStats }
  | { readonly kind: 'hinted'; readonly hint: string | undefined }
  /** What was to be done can't be. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The client wants no more. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'tick' }

/** What is to be done. */
export type CourseEffect =
  /** See whether the request is sound. */
  | { readonly kind: 'check' }
  /** Pin what it is answered from. */
  | { readonly kind: 'pin' }
  /** Be content with what is pinned so far; when it has ended, with nothing. */
  | { readonly kind: 'hurry-pin' }
  | { readonly kind: 'plan' }
  /** Ask for a place among the queries that run: small ones have places of their own. */
  | { readonly kind: 'enter'; readonly size: 'small' | 'large' }
  /** Give a task to some agent. */
  | { readonly kind: 'assign'; readonly order: TaskOrder }
  /** Have the agents stop, and say what they have sent. */
  | { readonly kind: 'stop-agents' }
  /** Look for what the client may have got wrong, since nothing was found. */
  | { readonly kind: 'hint' }
  | { readonly kind: 'tell'; readonly progress: Progress }
  /** Tell of a fault that is not the client's. */
  | { readonly kind: 'report'; readonly error: unknown }
  | { readonly kind: 'answer'; readonly stats: QueryStats }
  /** Give the place back, or wait for none any more. */
  | { readonly kind: 'leave' }
  /** Give the tail back. */
  | { readonly kind: 'release' }
  /** It has ended. Only `release` may follow, and `report`. */
  | { readonly kind: 'close' }

/** Of the version that it is answered from, and of what is not archived yet. */
export interface PinnedFigures {
  /** Undefined while there is no table. */
  readonly version: number | undefined
  readonly messages: number
  readonly rows: number
  readonly bytes: number
}

interface Amount {
  readonly files: number
  readonly bytes: number
  readonly rows: number
}

/** What is to be read. */
export interface QueryPlan {
  readonly table: { readonly total: Amount; readonly pruned: Amount }
  readonly tasks: readonly PlannedTask[]
  /** Tasks that may run at once, where that is less than for a query of this size. */
  readonly mostInFlight?: number
  /** What else is to be said with the answer. */
  readonly remarks?: Pick<QueryStats, 'areas' | 'notes' | 'unknownBefore'>
}

export interface CourseOptions {
  /** A query of no more tasks is small: all of them begin at once. */
  readonly smallTasks: number
  /** Tasks that run at once. */
  readonly inFlight: number
  /** A task without a sign of life for this long is sent again. */
  readonly silenceMs: number
}

/** The rows that are not archived yet are waited for this long, or for half of the time that a query has. */
const PIN_MS = 10_000
/** How often a query says that it is alive, and how far it is. */
const TELL_MS = 500
/** Agents that are stopped say within this time what they have sent. */
const SETTLE_MS = 1_000

const CLIENT_GONE = 'a finder gave up: the client took none of the batches on the way to it for too long'

const NO_FILES: Amount = { files: 0, bytes: 0, rows: 0 }
const nothing = { total: 0, pruned: 0, read: 0 }

/** The stats of a query that read nothing. */
export const emptyStats = (query: string, status: QueryStatus, error?: string): QueryStats => ({
  query,
  status,
  ...(error === undefined ? {} : { error }),
  failed: [],
  files: nothing,
  bytes: { total: 0, read: 0 },
  rows: { ...nothing, selected: 0 },
  tasks: [],
  elapsedMs: 0,
})

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['area.invalid', 'query.invalid', 'query.denied', 'query.unrecorded'])

const isRefusal = (error: unknown): boolean => error instanceof FleetError && REFUSALS.has(error.code)

type Phase = 'checking' | 'pinning' | 'planning' | 'entering' | 'waiting' | 'running' | 'settling' | 'hinting' | 'ended'

/** @param arrivedMs when it was received: its sender's clock decides nothing */
export const createQueryCourse = (
  { query, mode, limit, timeoutMs, ttlMs }: Pick<Query, 'query' | 'mode' | 'limit' | 'timeoutMs' | 'ttlMs'>,
  { smallTasks, inFlight, silenceMs }: CourseOptions,
  arrivedMs: number,
): QueryCourse => {
  const startByMs = arrivedMs + ttlMs
  const hurryAfterMs = Math.min(PIN_MS, Math.ceil(timeoutMs / 2))
  let phase: Phase = 'checking'
  let now = arrivedMs
  /** Waiting for a place does not count. */
  let startedMs = arrivedMs
  let waitingSinceMs = arrivedMs
  let hurryMs = Infinity
  let settledMs = Infinity
  let tellMs = arrivedMs + TELL_MS
  let tail: 'none' | 'asked' | 'held' = 'none'
  let place: 'none' | 'asked' | 'held' = 'none'
  let pinned: PinnedFigures = { version: undefined, messages: 0, rows: 0, bytes: 0 }
  let plan: QueryPlan | undefined
  let board: TaskBoard | undefined
  let effects: CourseEffect[] = []

  const statsOf = (status: QueryStatus, more: Pick<QueryStats, 'error' | 'hint'> = {}): QueryStats => {
    if (board === undefined || plan === undefined) return { ...emptyStats(query, status), ...more }
    const { filesRead, bytesRead, rowsRead, rowsSelected, hotRead, hotSelected } = board.counts()
    const { total, pruned } = plan.table
    const { version, messages, rows, bytes } = pinned
    return {
      query,
      status,
      failed: board.failed(),
      ...(version === undefined ? {} : { version }),
      files: { total: total.files, pruned: pruned.files, read: filesRead },
      bytes: { total: total.bytes, read: bytesRead },
      rows: { total: total.rows, pruned: pruned.rows, read: rowsRead - hotRead, selected: rowsSelected },
      hot: { messages, rows, selected: hotSelected, bytes },
      tasks: board.ended(),
      elapsedMs: now - startedMs,
      ...more,
      ...plan.remarks,
    }
  }
  const tell = (): void => {
    const counts = board?.counts()
    const { total, pruned } = plan?.table ?? { total: NO_FILES, pruned: NO_FILES }
    effects.push({
      kind: 'tell',
      progress: {
        query,
        tasks: { total: counts?.tasksTotal ?? 0, done: counts?.tasksDone ?? 0 },
        rows: {
          total: board === undefined ? 0 : total.rows - pruned.rows + pinned.rows,
          read: counts?.rowsRead ?? 0,
          selected: counts?.rowsSelected ?? 0,
        },
        elapsedMs: now - (board === undefined ? arrivedMs : startedMs),
      },
    })
    tellMs = now + TELL_MS
  }

  const end = (stats: QueryStats): void => {
    phase = 'ended'
    // Agents still at work on a search that has ended stop.
    if (board !== undefined && stats.status !== 'complete') effects.push({ kind: 'stop-agents' })
    effects.push({ kind: 'answer', stats })
    if (place !== 'none') effects.push({ kind: 'leave' })
    if (tail === 'asked') effects.push({ kind: 'hurry-pin' })
    if (tail === 'held') release()
    effects.push({ kind: 'close' })
  }
  const release = (): void => {
    tail = 'none'
    effects.push({ kind: 'release' })
  }
  const fail = (error: unknown): void => {
    if (isRefusal(error)) return end(emptyStats(query, 'refused', reasonOf(error)))
    effects.push({ kind: 'report', error })
    end(statsOf('partial', { error: reasonOf(error) }))
  }

  const run = ({ tasks, mostInFlight = inFlight }: QueryPlan): void => {
    phase = 'running'
    const atOnce = mode === 'serialised' ? 1 : Math.min(inFlight, mostInFlight)
    board = createTaskBoard({ tasks, limit, inFlight: atOnce, silenceMs })
    tell()
    if (now < startedMs + timeoutMs) advance(board)
  }
  const advance = (tasks: TaskBoard): void => {
    for (const order of tasks.next(now)) effects.push({ kind: 'assign', order })
    if (!tasks.isOver()) return
    if (phase === 'settling') return end(statsOf('timed-out'))
    const status = tasks.status()
    if (status === 'complete' && tasks.counts().rowsSelected === 0) {
      phase = 'hinting'
      effects.push({ kind: 'hint' })
      return
    }
    // It was no cancelling client: an agent has found it gone.
    end(statsOf(status, status === 'cancelled' ? { error: CLIENT_GONE } : {}))
  }
  const hasEnded = (): boolean => phase === 'ended'
  const isRunning = (): boolean => phase === 'running' || phase === 'settling'

  /** What agents have sent by now counts: the client holds it, and waits for what is still on the way. */
  const settle = (tasks: TaskBoard): void => {
    phase = 'settling'
    settledMs = now + SETTLE_MS
    tasks.giveUp()
    effects.push({ kind: 'stop-agents' })
    advance(tasks)
  }
  const runOut = (): void => {
    if (phase === 'hinting') return end(statsOf('complete'))
    if (phase === 'running') return settle(board!)
    end(emptyStats(query, 'timed-out', `its time of ${timeoutMs} ms was over before what to search was known`))
  }
  /** When the phase ends by itself. */
  const overMs = (): number => {
    if (phase === 'waiting') return startByMs
    return phase === 'settling' ? settledMs : startedMs + timeoutMs
  }
  const passTime = (): void => {
    if (now >= overMs()) {
      if (phase === 'settling') return end(statsOf('timed-out'))
      if (phase !== 'waiting') return runOut()
      return end(emptyStats(query, 'timed-out', `it waited for more than ${ttlMs} ms to be started`))
    }
    if (now >= hurryMs) {
      hurryMs = Infinity
      if (phase === 'pinning') effects.push({ kind: 'hurry-pin' })
    }
    if (now < tellMs) return
    tell()
    if (isRunning()) advance(board!)
  }

  const happen = (event: CourseEvent): void => {
    switch (event.kind) {
      case 'arrived':
        effects.push({ kind: 'check' })
        return
      case 'checked':
        phase = 'pinning'
        hurryMs = now + hurryAfterMs
        tail = 'asked'
        effects.push({ kind: 'pin' })
        return
      case 'pinned':
        phase = 'planning'
        tail = 'held'
        pinned = event.pinned
        effects.push({ kind: 'plan' })
        return
      case 'planned':
        plan = event.plan
        if (place === 'held') return run(plan)
        phase = 'entering'
        place = 'asked'
        effects.push({ kind: 'enter', size: plan.tasks.length <= smallTasks ? 'small' : 'large' })
        return
      case 'queued':
        phase = 'waiting'
        waitingSinceMs = now
        // Those that wait are not bounded in number: the plan is made again.
        plan = undefined
        return
      case 'admitted':
        place = 'held'
        if (plan !== undefined) return run(plan)
        phase = 'planning'
        startedMs += now - waitingSinceMs
        effects.push({ kind: 'plan' })
        return
      case 'heard':
        if (!isRunning()) return
        board!.hear(event.stats, now)
        return advance(board!)
      case 'hinted':
        return end(statsOf('complete', event.hint === undefined ? {} : { hint: event.hint }))
      case 'failed':
        return fail(event.error)
      case 'cancelled':
        // Of one that is settling the answer is on its way.
        if (phase !== 'settling') end(statsOf('cancelled'))
        return
      case 'tick':
    }
  }
  /** What was begun for it and comes too late. */
  const happenAfterEnd = (event: CourseEvent): void => {
    if (event.kind === 'pinned') release()
    if (event.kind === 'failed') effects.push({ kind: 'report', error: event.error })
  }

  return {
    step: (event, nowMs) => {
      effects = []
      now = nowMs
      if (hasEnded()) happenAfterEnd(event)
      else happen(event)
      if (!hasEnded()) passTime()
      return effects
    },
    wakeAt: () => (hasEnded() ? undefined : Math.min(overMs(), tellMs, hurryMs)),
  }
}
