import { type KeptChunk, prune, type Snapshot } from '@fleetlake/archive'
import type { Message, MessageInput, QueryStatus } from '@fleetlake/contracts'
import { type PlannedChunk, planTasks, type TaskSize } from './core/plan-tasks.ts'
import type { VehicleSearch } from './core/search.ts'
import { createTaskBoard, type TaskOrder } from './core/task-board.ts'

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
  /** Gives a task to some agent. */
  assign(order: TaskOrder): void
  /** Hears what agents say of this query's tasks, until closed. */
  onTaskStats(hear: (stats: TaskStats) => void): () => void
  onProgress(progress: MessageInput<'vehicleQueryProgress'>): void
  /** Aborted when the asker wants no more. */
  readonly cancelled: AbortSignal
  readonly now: () => number
}

const PROGRESS_MS = 500
const ASKER_GONE = 'a finder gave up: whoever asked took none of the batches on the way to them for too long'

/** Runs the tasks of a search, oldest first, a bounded number at a time, until all is found, enough is, or it has to end. */
export const conductSearch = async (
  query: Query,
  search: VehicleSearch,
  snapshot: Snapshot,
  { tasksInFlight, taskSize, silenceMs }: ConductOptions,
  deps: ConductDeps,
): Promise<Stats> => {
  const startedAt = deps.now()
  const { kept, total, pruned } = prune(snapshot, search)
  const board = createTaskBoard({
    tasks: planTasks(kept.map(plannedChunkOf), taskSize),
    limit: query.limit,
    inFlight: query.mode === 'serialised' ? 1 : tasksInFlight,
    silenceMs,
  })
  const elapsedMs = (): number => deps.now() - startedAt

  const tellProgress = (): void => {
    const { tasksTotal, tasksDone, rowsRead, rowsSelected } = board.counts()
    deps.onProgress({
      query: query.query,
      tasks: { total: tasksTotal, done: tasksDone },
      rows: { total: total.rows - pruned.rows, read: rowsRead, selected: rowsSelected },
      elapsedMs: elapsedMs(),
    })
  }
  const statsOf = (status: QueryStatus): Stats => {
    const { filesRead, bytesRead, rowsRead, rowsSelected } = board.counts()
    return {
      query: query.query,
      status,
      failed: board.failed(),
      version: snapshot.version,
      files: { total: total.files, pruned: pruned.files, read: filesRead },
      bytes: { total: total.bytes, read: bytesRead },
      rows: { total: total.rows, pruned: pruned.rows, read: rowsRead, selected: rowsSelected },
      tasks: board.ended(),
      elapsedMs: elapsedMs(),
    }
  }

  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<QueryStatus>()
  const advance = (): void => {
    try {
      for (const order of board.next(deps.now())) deps.assign(order)
    } catch (error) {
      fail(error)
    }
    if (board.isOver()) end(board.status())
  }
  const stopHearing = deps.onTaskStats((stats) => {
    board.hear(stats, deps.now())
    advance()
  })
  const cancel = (): void => end('cancelled')
  const deadline = setTimeout(() => end('timed-out'), query.timeoutMs)
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
    const isAskerGone = stats.status === 'cancelled' && !deps.cancelled.aborted
    return isAskerGone ? { ...stats, error: ASKER_GONE } : stats
  } finally {
    clearTimeout(deadline)
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
