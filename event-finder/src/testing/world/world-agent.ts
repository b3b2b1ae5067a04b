import type { Message } from '@fleetlake/contracts'
import { CLIENT_GONE_MS, createQueryWork, MAX_UNTAKEN, type WorkEffect, type WorkEvent } from '../../core/query-work.ts'
import type { TaskOrder } from '../../core/task-board.ts'
import { drive, type Time } from '../../drive.ts'
import type { Stage } from './stage.ts'
import type { WorldQuery } from './world-query.ts'

export type TaskStats = Message<'vehicleQueryPartitionResultStats'>
type Send = WorkEffect & { readonly kind: 'send' }
type Say = WorkEffect & { readonly kind: 'say' }

const BATCH_ROWS = 3

/** An agent: what it decides is `createQueryWork`'s, its files and its process are drawn. */
export interface WorldAgent {
  readonly name: string
  /** Does something in its process: of a dead one nothing comes any more, of a frozen one later. */
  act(what: () => void): void
  /** The hub gives it tasks; it takes a while until the hub sees that it is gone. */
  takesTasks(): boolean
  give(query: WorldQuery, order: TaskOrder): void
  hearTaken(query: string, task: number, batch: number): void
  cancel(query: string): void
  /** Queries that it has not closed. */
  left(): number
}

/** Where what an agent sends goes. */
export interface AgentDeps {
  onBatch(query: WorldQuery, task: number, batch: number, rows: readonly string[]): void
  onStats(stats: TaskStats): void
}

/** The process that an agent is. */
interface Process {
  readonly name: string
  readonly time: Time
  act(what: () => void): void
  /** Now and then it dies when it has just sent something. */
  hasSent(): void
  hasLeft(): boolean
}

/** A query as far as an agent works on it. */
interface WorldWork {
  give(order: TaskOrder): void
  happen(event: WorkEvent): void
}

interface Scan {
  readonly order: TaskOrder
  readonly rows: readonly string[]
  readonly failures: readonly string[]
  readonly hasMore: boolean
  at: number
}

/** What a scan of a task finds this time. */
const scanOf = ({ oneIn }: Stage, { tasks }: WorldQuery, order: TaskOrder, passed: number): Scan => {
  // The board numbers what it gives out: which task it is tell its files, and the tail has none.
  const path = order.chunks[0]?.path
  const { files } = tasks.find((task) => (order.isHot ? task.isHot : task.files[0].path === path))!
  const isBad = files.map((file) => file.isBad === 'always' || (file.isBad === 'now-and-then' && oneIn(2)))
  const matches = files.flatMap(({ rows }, i) => (isBad[i] ? [] : rows)).slice(order.skip + passed)
  const limit = order.limit === undefined ? Infinity : order.limit - passed
  return {
    order,
    rows: matches.slice(0, limit),
    failures: files.filter((_, i) => isBad[i]).map((file) => file.path),
    hasMore: matches.length > limit,
    at: 0,
  }
}

/** Scans one after the other, each step after a while; what it finds is told to the machine. */
const createScanner = (
  stage: Stage,
  query: WorldQuery,
  { name, act }: Process,
  tell: (event: WorkEvent) => void,
  isStopped: () => boolean,
) => {
  const { may, below, oneIn, violate } = stage
  let scan: Scan | undefined
  /** The last one, of which failures are said. */
  let last: Scan | undefined
  let atHand: readonly string[] = []

  const step = (mine: Scan): void => {
    if (scan !== mine) return
    if (may.fail && oneIn(60)) {
      query.isBroken = true
      return tell({ kind: 'failed', reason: 'the scan broke off' })
    }
    const failures = mine.failures.length
    const rows = isStopped() ? [] : mine.rows.slice(mine.at, mine.at + BATCH_ROWS)
    if (rows.length === 0) {
      scan = undefined
      return tell({ kind: 'scanned', hasMore: mine.hasMore, failures })
    }
    mine.at += rows.length
    atHand = rows
    tell({ kind: 'found', rows: rows.length, failures })
  }
  const look = (): void => {
    const mine = scan!
    stage.after(may.beSlow ? below(400) : below(10), () => act(() => step(mine)))
  }
  return {
    begin: (order: TaskOrder, passed: number): void => {
      if (scan !== undefined) violate(`${name}: two scans of ${query.id} at once`)
      if (isStopped()) violate(`${name} scans what of ${query.id} is not wanted`)
      scan = scanOf(stage, query, order, passed)
      last = scan
      look()
    },
    look,
    letGo: (): void => {
      scan = undefined
    },
    isAtWork: (): boolean => scan !== undefined,
    atHand: (): readonly string[] => atHand,
    failuresOf: (task: number): readonly string[] => (last?.order.task === task ? last.failures : []),
  }
}

/** What of a query is on the way to its client, as it must be. */
const createWayWatch = ({ now, violate }: Stage, { id }: WorldQuery, name: string) => {
  const onTheWay = new Set<string>()
  const batches = new Map<number, number>()
  /** When something was sent or taken last, or a task ended. */
  let lastMs = now()
  return {
    send: ({ task, batch, rows }: Send, atHand: readonly string[]): void => {
      if (batch !== (batches.get(task) ?? 0)) violate(`${name}: batch ${batch} of ${id}/${task} is out of turn`)
      if (rows !== atHand.length) violate(`${name} says ${rows} rows and sends ${atHand.length}`)
      batches.set(task, batch + 1)
      onTheWay.add(`${task}/${batch}`)
      lastMs = now()
      if (onTheWay.size > MAX_UNTAKEN) violate(`${name}: ${onTheWay.size} batches of ${id} are on the way`)
    },
    take: (task: number, batch: number): void => {
      if (onTheWay.delete(`${task}/${batch}`)) lastMs = now()
    },
    endTask: (task: number): void => {
      lastMs = now()
      batches.delete(task)
    },
    close: (isStopped: boolean): void => {
      if (onTheWay.size > 0 && !isStopped && now() - lastMs < CLIENT_GONE_MS)
        violate(`${name} forgets what of ${id} is on the way`)
    },
  }
}

const createWorldWork = (
  stage: Stage,
  query: WorldQuery,
  process: Process,
  { onBatch, onStats, onClose }: AgentDeps & { readonly onClose: () => void },
): WorldWork => {
  const { oneIn, note, violate } = stage
  const { name } = process
  const tasks = new Map<number, TaskOrder>()
  const machine = createQueryWork()
  const way = createWayWatch(stage, query, name)
  const scanner = createScanner(stage, query, process, (event) => happen(event), machine.isStopped)

  const send = (effect: Send): void => {
    const rows = scanner.atHand()
    way.send(effect, rows)
    stage.carry(() => onBatch(query, effect.task, effect.batch, rows))
    process.hasSent()
  }
  const say = ({ task, status, batches, rows, reason }: Say): void => {
    const order = tasks.get(task)
    if (order === undefined) return violate(`${name} says something of ${query.id}/${task}, which it was not given`)
    const paths = reason === undefined ? scanner.failuresOf(task) : order.chunks.map(({ path }) => path)
    note(`task ${status}`)
    if (process.hasLeft()) violate(`${name} says ${status} of ${query.id}, which it has left to others`)
    if (status === 'complete' && paths.length > 0) violate(`${name}: a task is complete without ${paths[0]}`)
    if (status !== 'running') {
      tasks.delete(task)
      way.endTask(task)
    }
    const failed = paths.map((path) => ({ path, reason: reason ?? 'bad' }))
    const read = { rowsRead: rows, bytesRead: 0, filesRead: 0 }
    onStats({ query: query.id, task, agent: name, status, batches, rowsSelected: rows, ...read, failed })
  }
  const close = (): void => {
    if (tasks.size > 0 && !process.hasLeft()) violate(`${name} closes ${query.id} with ${tasks.size} tasks`)
    if (scanner.isAtWork()) violate(`${name} closes ${query.id} in mid-scan`)
    way.close(machine.isStopped())
    onClose()
  }
  const carryOut = (effect: WorkEffect): void => {
    switch (effect.kind) {
      case 'scan':
        return scanner.begin(tasks.get(effect.task)!, effect.passed)
      case 'next':
        return scanner.look()
      case 'let-go':
        note('scan let go')
        return scanner.letGo()
      case 'send':
        return send(effect)
      case 'say':
        return say(effect)
      case 'close':
        return close()
    }
  }
  const tick = (): WorkEvent => ({ kind: 'tick', isMemoryShort: oneIn(2) })
  const happen = drive<WorkEvent, WorkEffect>(machine, { carryOut, tick, time: process.time })
  return {
    give: (order) => {
      if (tasks.has(order.task)) return
      tasks.set(order.task, order)
      happen({ kind: 'task', task: order.task })
    },
    happen: (event) => {
      if (event.kind === 'taken') way.take(event.task, event.batch)
      happen(event)
    },
  }
}

/** @param isLocal it is the coordinator's own process: it stays */
export const createWorldAgent = (stage: Stage, name: string, isLocal: boolean, deps: AgentDeps): WorldAgent => {
  const { may, now, below, oneIn, after, note, tell } = stage
  const works = new Map<string, WorldWork>()
  const cancelled = new Set<string>()
  let diedMs = Infinity
  let [isLeaving, hasLeft] = [false, false]
  let frozenUntil = 0
  let open = 0

  const act = (what: () => void): void => {
    if (diedMs <= now()) return
    if (now() >= frozenUntil) return what()
    after(frozenUntil - now() + below(3), () => act(what))
  }
  const die = (): void => {
    tell(`${name} dies`)
    note('agent dies')
    diedMs = Math.min(diedMs, now())
  }
  const process: Process = {
    name,
    act,
    time: { now, after: (ms, what) => stage.time.after(ms, () => act(what)) },
    hasSent: () => {
      if (may.kill && !isLocal && oneIn(15)) after(below(300), die)
    },
    hasLeft: () => hasLeft,
  }
  const leaveTasks = (): void => {
    note('agent leaves its tasks to others')
    hasLeft = true
    for (const work of works.values()) work.happen({ kind: 'abandoned' })
  }
  const stop = (): void => {
    tell(`${name} takes no more tasks`)
    isLeaving = true
    after(below(5_000), () => act(leaveTasks))
  }
  const freeze = (): void => {
    tell(`${name} freezes`)
    frozenUntil = now() + below(15_000)
  }
  if (!isLocal) {
    if (may.kill && oneIn(3)) after(below(8_000), die)
    if (may.stop && oneIn(2)) after(below(8_000), stop)
    if (may.freeze && oneIn(2)) after(below(8_000), freeze)
  }

  const workOn = (query: WorldQuery): WorldWork => {
    const known = works.get(query.id)
    if (known !== undefined) return known
    open++
    const onClose = (): void => {
      open--
      works.delete(query.id)
    }
    const onStats = (stats: TaskStats): void => {
      if (stats.status === 'cancelled' && !cancelled.has(query.id)) query.isFoundGone = true
      stage.carry(() => deps.onStats(stats))
    }
    const work = createWorldWork(stage, query, process, { onBatch: deps.onBatch, onStats, onClose })
    works.set(query.id, work)
    if (cancelled.has(query.id)) work.happen({ kind: 'cancelled' })
    return work
  }
  return {
    name,
    act,
    takesTasks: () => !isLeaving && now() < diedMs + 2_000,
    give: (query, order) => {
      if (!hasLeft) workOn(query).give(order)
    },
    hearTaken: (query, task, batch) => works.get(query)?.happen({ kind: 'taken', task, batch }),
    cancel: (query) => {
      cancelled.add(query)
      works.get(query)?.happen({ kind: 'cancelled' })
    },
    left: () => (diedMs <= now() ? 0 : open),
  }
}
