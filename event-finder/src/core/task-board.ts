import type { Message } from '@fleetlake/contracts'
import { boundFaults, type Fault } from './bound-faults.ts'
import type { PlannedChunk, PlannedTask } from './plan-tasks.ts'

type TaskStats = Message<'vehicleQueryPartitionResultStats'>

/** A task to send to the agents; sent again it is the same. */
export interface TaskOrder {
  readonly task: number
  readonly chunks: readonly PlannedChunk[]
  readonly isHot: boolean
  /** Matching rows that another task has sent. */
  readonly skip: number
  /** Rows that it may send. */
  readonly limit: number | undefined
}

export interface BoardCounts {
  readonly filesRead: number
  readonly bytesRead: number
  readonly rowsRead: number
  readonly rowsSelected: number
  /** Of rows read and selected, those that are not archived yet. */
  readonly hotRead: number
  readonly hotSelected: number
  readonly tasksTotal: number
  readonly tasksDone: number
}

export type BoardStatus = 'complete' | 'limit-reached' | 'cancelled' | 'partial'

/** Who does what of a search, and what has become of it. Times are ms of any one clock. */
export interface TaskBoard {
  /** What is to be sent now: tasks that may begin, and those not heard of for too long; nothing once it is given up. */
  next(nowMs: number): TaskOrder[]
  hear(stats: TaskStats, nowMs: number): void
  /** Nothing more is begun. */
  giveUp(): void
  /** Nothing is under way and nothing more is to be begun. */
  isOver(): boolean
  /** Invariant: complete only when every chunk was read to its end by a task that said so, and no agent said of any task that it misses something. */
  status(): BoardStatus
  counts(): BoardCounts
  /** As many as a message has room for, and how many more there are. */
  failed(): Fault[]
  /** What the client must hold of the tasks that have ended. */
  ended(): { task: number; batches: number; rows: number }[]
}

export interface BoardOptions {
  /** Oldest first. */
  readonly tasks: readonly PlannedTask[]
  /** Rows at most. */
  readonly limit: number | undefined
  /** Tasks that run at once; with 1 they run in order. */
  readonly inFlight: number
  /** A task that has not reported for this long is sent again. */
  readonly silenceMs: number
}

/** A planned task, or what its limit has left over of one. */
interface Waiting {
  readonly origin: number
  readonly chunks: readonly PlannedChunk[]
  readonly isHot: boolean
  readonly skip: number
}

/** What was said of a task: by the agent that has come furthest. */
interface Heard {
  readonly origin: number
  readonly isHot: boolean
  readonly stats: TaskStats
}

/**
 * Of one task that was given to two agents: they send the same batches, so that the client holds those of the one that has come further, though it may be the other that
 * has the last word.
 */
const furthest = (before: TaskStats | undefined, now: TaskStats): TaskStats =>
  before === undefined || before.batches <= now.batches
    ? now
    : { ...now, batches: before.batches, rowsSelected: before.rowsSelected }

const selectedOf = (heard: readonly Heard[]): number => heard.reduce((sum, { stats }) => sum + stats.rowsSelected, 0)

interface Running extends Waiting {
  readonly order: TaskOrder
  heardAtMs: number
  latest: TaskStats | undefined
}

/**
 * Invariant, exact limit: a task may send only rows that were granted to it; what it does not need goes back, and never are more rows
 * granted and sent together than the limit. A task whose grant was too small is followed by one for the rest of its chunks.
 */
export const createTaskBoard = ({ tasks, limit, inFlight, silenceMs }: BoardOptions): TaskBoard => {
  const waiting: Waiting[] = tasks.map(({ task, chunks, isHot }) => ({ origin: task, chunks, isHot, skip: 0 }))
  const running = new Map<number, Running>()
  const done: Heard[] = []
  /**
   * Of every agent that said something of a task, also of one that was replaced: what it has sent may be all that the client has of that batch. By path, as it was told of last: two agents,
   * or one that has come further, say the same in other words.
   */
  const faults = new Map<string, readonly Fault[]>()
  let isPartial = false
  let nextTask = 0
  let grantable = limit ?? Infinity
  let isGivenUp = false

  const mayBegin = (): boolean => waiting.length > 0 && running.size < inFlight && grantable > 0 && !isGivenUp

  const begin = (nowMs: number): TaskOrder => {
    const begun = waiting.shift()!
    const grant = limit === undefined ? undefined : Math.ceil(grantable / (inFlight - running.size))
    grantable -= grant ?? 0
    const { chunks, isHot, skip } = begun
    const order = { task: nextTask++, chunks, isHot, skip, limit: grant }
    running.set(order.task, { ...begun, order, heardAtMs: nowMs, latest: undefined })
    return order
  }

  const end = ({ origin, chunks, isHot, skip, order }: Running, stats: TaskStats): void => {
    running.delete(order.task)
    done.push({ origin, isHot, stats })
    grantable += (order.limit ?? 0) - (limit === undefined ? 0 : stats.rowsSelected)
    if (stats.status === 'limit-reached') waiting.unshift({ origin, chunks, isHot, skip: skip + stats.rowsSelected })
    if (stats.status === 'cancelled') isGivenUp = true
  }

  const heard = (): Heard[] => [
    ...done,
    ...[...running.values()].flatMap(({ origin, isHot, latest }) =>
      latest === undefined ? [] : [{ origin, isHot, stats: latest }],
    ),
  ]
  /** Tasks for the rest of the same chunks read them again: counted once. */
  const sumOverOrigins = (value: (stats: TaskStats) => number, all = heard()): number => {
    const most = new Map<number, number>()
    for (const { origin, stats } of all) most.set(origin, Math.max(most.get(origin) ?? 0, value(stats)))
    return [...most.values()].reduce((sum, count) => sum + count, 0)
  }

  return {
    next: (nowMs) => {
      const orders: TaskOrder[] = []
      for (const task of running.values()) {
        if (isGivenUp || nowMs - task.heardAtMs <= silenceMs) continue
        task.heardAtMs = nowMs
        orders.push(task.order)
      }
      while (mayBegin()) orders.push(begin(nowMs))
      return orders
    },
    hear: (stats, nowMs) => {
      const task = running.get(stats.task)
      if (task === undefined) return
      task.heardAtMs = nowMs
      task.latest = furthest(task.latest, stats)
      for (const [path, told] of Map.groupBy(stats.failed, (fault) => fault.path)) faults.set(path, told)
      if (stats.status === 'partial') isPartial = true
      if (stats.status !== 'running') end(task, task.latest)
    },
    giveUp: () => {
      isGivenUp = true
    },
    isOver: () => running.size === 0 && !mayBegin(),
    status: () => {
      if (isGivenUp) return 'cancelled'
      if (isPartial || faults.size > 0) return 'partial'
      return waiting.length > 0 ? 'limit-reached' : 'complete'
    },
    counts: () => {
      const hot = heard().filter(({ isHot }) => isHot)
      return {
        filesRead: sumOverOrigins((stats) => stats.filesRead),
        bytesRead: sumOverOrigins((stats) => stats.bytesRead),
        rowsRead: sumOverOrigins((stats) => stats.rowsRead),
        rowsSelected: selectedOf(heard()),
        hotRead: sumOverOrigins((stats) => stats.rowsRead, hot),
        hotSelected: selectedOf(hot),
        tasksTotal: done.length + running.size + waiting.length,
        tasksDone: done.length,
      }
    },
    failed: () => boundFaults([...faults.values()].flat()),
    ended: () => done.map(({ stats }) => ({ task: stats.task, batches: stats.batches, rows: stats.rowsSelected })),
  }
}
