import { type KeptChunk, prune, type Snapshot } from '@fleetlake/archive'
import type { Message, MessageInput, QueryStatus } from '@fleetlake/contracts'
import { type PlannedTask, planTasks } from './core/plan-tasks.ts'
import type { VehicleSearch } from './core/search.ts'

type Query = Message<'vehicleQuery'>
type Stats = MessageInput<'vehicleQueryResultStats'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>

export interface ConductOptions {
  readonly tasksInFlight: number
  readonly batchRows: number
  /** A task without a sign of life for this long is sent again. */
  readonly silenceMs: number
}

export interface ConductDeps {
  /** Gives a task to some agent. */
  assign(task: PlannedTask, limit: number | undefined): void
  /** Hears what agents say of this query's tasks, until closed. */
  onTaskStats(hear: (stats: TaskStats) => void): () => void
  onProgress(progress: MessageInput<'vehicleQueryProgress'>): void
  /** Aborted when the asker wants no more. */
  readonly cancelled: AbortSignal
  readonly now: () => number
}

const PROGRESS_MS = 500
const TASK_ROWS = 100_000
const TASK_CHUNKS = 32

interface Running {
  readonly planned: PlannedTask
  heardAt: number
}

/**
 * Runs the tasks of a search, oldest first, a bounded number at a time. Law: the status is complete only when every kept chunk was
 * read by a task that said so; anything less is named.
 */
export const conductSearch = async (
  query: Query,
  search: VehicleSearch,
  snapshot: Snapshot,
  { tasksInFlight, silenceMs }: ConductOptions,
  deps: ConductDeps,
): Promise<Stats> => {
  const startedAt = deps.now()
  const { kept, total, pruned } = prune(snapshot, search)
  const waiting = planTasks(kept.map(plannedChunkOf), { rows: TASK_ROWS, chunks: TASK_CHUNKS })
  const running = new Map<number, Running>()
  const done = new Map<number, TaskStats>()
  const inFlight = query.mode === 'serialised' ? 1 : tasksInFlight
  const selected = (): number => sumOf(done.values(), ({ rowsSelected }) => rowsSelected)
  const isLimitReached = (): boolean => query.limit !== undefined && selected() >= query.limit

  const assign = (planned: PlannedTask): void => {
    running.set(planned.task, { planned, heardAt: deps.now() })
    deps.assign(planned, query.limit === undefined ? undefined : Math.max(1, query.limit - selected()))
  }
  const assignMore = (): void => {
    while (running.size < inFlight && waiting.length > 0 && !isLimitReached()) assign(waiting.shift()!)
  }
  const statsNow = (status: QueryStatus, failed: Stats['failed'] = []): Stats => ({
    query: query.query,
    status,
    failed,
    version: snapshot.version,
    files: { total: total.files, pruned: pruned.files, read: sumOf(done.values(), ({ filesRead }) => filesRead) },
    bytes: { total: total.bytes, read: sumOf(done.values(), ({ bytesRead }) => bytesRead) },
    rows: {
      total: total.rows,
      pruned: pruned.rows,
      read: sumOf(done.values(), ({ rowsRead }) => rowsRead),
      selected: selected(),
    },
    tasks: [...done.values()].map(({ task, batches, rowsSelected }) => ({ task, batches, rows: rowsSelected })),
    elapsedMs: deps.now() - startedAt,
  })

  const tasksTotal = waiting.length
  const tellProgress = (): void => {
    const { rows, elapsedMs } = statsNow('complete')
    deps.onProgress({
      query: query.query,
      tasks: { total: tasksTotal, done: done.size },
      rows: { total: rows.total - rows.pruned, read: rows.read, selected: rows.selected },
      elapsedMs,
    })
  }

  const ended = await new Promise<QueryStatus | 'done'>((resolve) => {
    const finish = (how: QueryStatus | 'done'): void => {
      clearTimeout(deadline)
      clearInterval(ticking)
      deps.cancelled.removeEventListener('abort', cancel)
      stopHearing()
      resolve(how)
    }
    const advance = (): void => {
      assignMore()
      if (running.size > 0) return
      finish(isLimitReached() ? 'limit-reached' : 'done')
    }
    const stopHearing = deps.onTaskStats((stats) => {
      const entry = running.get(stats.task)
      if (entry === undefined) return
      entry.heardAt = deps.now()
      if (stats.status === 'running') return
      running.delete(stats.task)
      done.set(stats.task, stats)
      advance()
    })
    const cancel = (): void => finish('cancelled')
    const deadline = setTimeout(() => finish('timed-out'), query.timeoutMs)
    const ticking = setInterval(() => {
      tellProgress()
      for (const { planned, heardAt } of Array.from(running.values())) {
        if (deps.now() - heardAt > silenceMs) assign(planned)
      }
    }, PROGRESS_MS)
    if (deps.cancelled.aborted) return cancel()
    deps.cancelled.addEventListener('abort', cancel)
    advance()
  })

  if (ended !== 'done') return statsNow(ended, failedOf(done.values()))
  const failed = failedOf(done.values())
  const isGivenUp = [...done.values()].some(({ status }) => status === 'cancelled')
  if (isGivenUp) return statsNow('cancelled', failed)
  return statsNow(failed.length > 0 ? 'partial' : 'complete', failed)
}

const plannedChunkOf = ({ chunk: { path, bytes, rows }, inside }: KeptChunk) => ({ path, bytes, rows, inside })

const failedOf = (all: Iterable<TaskStats>): Stats['failed'] => [...all].flatMap(({ failed }) => failed)

const sumOf = <Item>(items: Iterable<Item>, value: (item: Item) => number): number => {
  let sum = 0
  for (const item of items) sum += value(item)
  return sum
}
