import { type KeptChunk, type Pruned, pruneSteps } from '@fleetlake/archive'
import type { Message, MessageInput, QueryStatus } from '@fleetlake/contracts'
import type { Steps } from '@fleetlake/core'
import { type PlannedChunk, type PlannedTask, planTasks, type TaskSize } from './core/plan-tasks.ts'
import type { VehicleSearch } from './core/search.ts'
import { createTaskBoard, type TaskOrder } from './core/task-board.ts'
import type { PinnedVersion } from './pin-version.ts'

type Query = Message<'vehicleQuery'>
type Stats = MessageInput<'vehicleQueryResultStats'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>

export interface ConductOptions {
  readonly tasksInFlight: number
  readonly taskSize: TaskSize
  /** A task without a sign of life for this long is sent again. */
  readonly silenceMs: number
}

export interface ConductDeps {
  /** Gives a task to some agent; the one of what is not archived yet to this process's own. */
  assign(order: TaskOrder): void
  /** Hears what agents say of this query's tasks, until closed. */
  onTaskStats(hear: (stats: TaskStats) => void): () => void
  onProgress(progress: MessageInput<'vehicleQueryProgress'>): void
  /** Has the agents stop and say what they have sent. */
  stopAgents(): void
  /** Aborted when the client wants no more. */
  readonly cancelled: AbortSignal
  readonly now: () => number
  /** By `now`. */
  readonly startedAt: number
}

const PROGRESS_MS = 500
/** Agents that are stopped say within this time what they have sent. */
const SETTLE_MS = 1_000
const ASKER_GONE = 'a finder gave up: the client took none of the batches on the way to it for too long'

const NO_TABLE: Pruned = {
  kept: [],
  total: { files: 0, bytes: 0, rows: 0 },
  pruned: { files: 0, bytes: 0, rows: 0 },
}

/**
 * The tasks of a search. What is not archived yet comes last where tasks run in order, and first where they don't: it is held in memory
 * until it is sent.
 */
const planAll = (
  { kept }: Pruned,
  { tail }: PinnedVersion,
  { mode, taskSize }: { mode: Query['mode']; taskSize: TaskSize },
): PlannedTask[] => {
  const archived = planTasks(kept.map(plannedChunkOf), taskSize)
  if (tail.rows === 0 && tail.missing.length === 0) return archived
  const hot = { task: archived.length, chunks: [], isHot: true }
  return mode === 'serialised' ? [...archived, hot] : [hot, ...archived]
}

/** What is to be read for a search. */
export interface SearchPlan {
  readonly table: Pruned
  readonly tasks: readonly PlannedTask[]
}

/** Plans a search, in small steps. */
export function* planSearch(
  { mode }: Query,
  search: VehicleSearch,
  pinned: PinnedVersion,
  { taskSize }: Pick<ConductOptions, 'taskSize'>,
): Steps<SearchPlan> {
  const table =
    pinned.snapshot === undefined
      ? NO_TABLE
      : yield* pruneSteps(pinned.snapshot, { ...search, where: search.measures?.where?.test })
  return { table, tasks: planAll(table, pinned, { mode, taskSize }) }
}

/** Runs the tasks of a search, oldest first, a bounded number at a time, until all is found, enough is, or it has to end. */
export const conductSearch = async (
  query: Query,
  { table, tasks }: SearchPlan,
  { snapshot, tail }: PinnedVersion,
  { tasksInFlight, silenceMs }: ConductOptions,
  deps: ConductDeps,
): Promise<Stats> => {
  const { total, pruned } = table
  const board = createTaskBoard({
    tasks,
    limit: query.limit,
    inFlight: query.mode === 'serialised' ? 1 : tasksInFlight,
    silenceMs,
  })
  const elapsedMs = (): number => deps.now() - deps.startedAt

  const tellProgress = (): void => {
    const { tasksTotal, tasksDone, rowsRead, rowsSelected } = board.counts()
    deps.onProgress({
      query: query.query,
      tasks: { total: tasksTotal, done: tasksDone },
      rows: { total: total.rows - pruned.rows + tail.rows, read: rowsRead, selected: rowsSelected },
      elapsedMs: elapsedMs(),
    })
  }
  const statsOf = (status: QueryStatus): Stats => {
    const { filesRead, bytesRead, rowsRead, rowsSelected, hotRead, hotSelected } = board.counts()
    return {
      query: query.query,
      status,
      failed: board.failed(),
      ...(snapshot === undefined ? {} : { version: snapshot.version }),
      files: { total: total.files, pruned: pruned.files, read: filesRead },
      bytes: { total: total.bytes, read: bytesRead },
      rows: { total: total.rows, pruned: pruned.rows, read: rowsRead - hotRead, selected: rowsSelected },
      hot: { messages: tail.messages, rows: tail.rows, selected: hotSelected, bytes: tail.bytes },
      tasks: board.ended(),
      elapsedMs: elapsedMs(),
    }
  }

  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<QueryStatus>()
  let settling: NodeJS.Timeout | undefined
  const advance = (): void => {
    try {
      for (const order of board.next(deps.now())) deps.assign(order)
    } catch (error) {
      fail(error)
    }
    if (board.isOver()) end(settling === undefined ? board.status() : 'timed-out')
  }
  const stopHearing = deps.onTaskStats((stats) => {
    board.hear(stats, deps.now())
    advance()
  })
  const cancel = (): void => {
    if (settling === undefined) end('cancelled')
  }
  /** What agents have sent by now counts: the client holds it, and waits for what is still on the way. */
  const runOut = (): void => {
    board.giveUp()
    settling = setTimeout(() => end('timed-out'), SETTLE_MS)
    deps.stopAgents()
    advance()
  }
  const deadline = setTimeout(runOut, Math.max(0, query.timeoutMs - elapsedMs()))
  const ticking = setInterval(() => {
    tellProgress()
    advance()
  }, PROGRESS_MS)
  try {
    deps.cancelled.addEventListener('abort', cancel)
    if (deps.cancelled.aborted) cancel()
    else {
      tellProgress()
      advance()
    }
    const stats = statsOf(await ended)
    const isClientGone = stats.status === 'cancelled' && !deps.cancelled.aborted
    return isClientGone ? { ...stats, error: ASKER_GONE } : stats
  } finally {
    clearTimeout(deadline)
    clearTimeout(settling)
    clearInterval(ticking)
    deps.cancelled.removeEventListener('abort', cancel)
    stopHearing()
  }
}

const plannedChunkOf = ({ chunk: { path, bytes, rows }, inside }: KeptChunk): PlannedChunk => ({
  path,
  bytes,
  rows,
  inside,
})
