import type { Snapshot } from '@fleetlake/archive'
import type { ColumnsBeside } from '@fleetlake/columnar'
import { type Message, type MessageInput, queueGroups, subjects, TOKEN } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Hub, Received } from '@fleetlake/hub'
import { createAdmission } from '../waiting/admission.ts'
import { checkSize } from './check-size.ts'
import { conductSearch, type ConductOptions, planSearch, type SearchPlan } from './conduct-search.ts'
import { searchSteps, type VehicleSearch } from '../core/search.ts'
import { checkWhere, measuresOfQuery, type TaskMeasures, taskMeasuresOf } from '../core/search-measures.ts'
import type { TaskOrder } from '../core/task-board.ts'
import { hintSwapped } from './hint-swapped.ts'
import { createIntake, type IntakeLimits } from '../waiting/intake.ts'
import { goneDatesNote, unknownBefore } from './gone-dates.ts'
import { type LossVerdict, NO_LOSSES } from '../losses/judge-losses.ts'
import type { PinnedVersion } from './pin-version.ts'
import type { HeldTail, Missing } from '../tail/held-tail.ts'
import { comesNear } from '../tail/scan-tail.ts'
import { takeTurns, type Turns } from '../waiting/turns.ts'

type Query = Message<'vehicleQuery'>
type Stats = MessageInput<'vehicleQueryResultStats'>
type Task = Message<'vehicleQueryPartition'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>

/** The rows that are not archived yet are waited for this long, or for half of the time that a query has. */
const PIN_MS = 10_000
/** How often a query says that it is alive before its tasks begin. */
const ALIVE_MS = 500
/**
 * Queries that one process leads at once; others wait, no longer than their `ttlMs`. What bounds them is the memory of their plans, up to
 * some 10 MB for one of 100,000 chunks. Those whose tasks all begin at once have places of their own: a small one never waits for large ones.
 */
const LARGE_AT_ONCE = 64
const SMALL_AT_ONCE = 256

export interface Coordinator {
  /** Takes no more queries; resolves when those under way have been answered. */
  stop(): Promise<void>
}

export interface CoordinatorOptions extends ConductOptions, IntakeLimits {
  readonly batchRows: number
  /** Of an area. */
  readonly maxVertices: number
  /** Of the queries that have more tasks than run at once. */
  readonly largeAtOnce?: number | undefined
}

export interface CoordinatorDeps {
  /** What a query is answered from. @param signal aborted when there is no more time for it, or nobody waits any more */
  pin(signal: AbortSignal): Promise<PinnedVersion>
  /** What known losses mean to a search; without it none are looked for. */
  losses?(snapshot: Snapshot | undefined, search: VehicleSearch): Promise<LossVerdict>
  /** For checking areas and planning. Invariant: all that works without waiting shares one, so that heartbeats are never late. */
  readonly processor: Turns
  /** Takes on the task of what is not archived yet. */
  perform(task: Task, tail: HeldTail): void
  /** Told of a fault that is not the client's. */
  onFault(error: unknown): void
}

const nothing = { total: 0, pruned: 0, read: 0 }

/** A query, whose it is, and where its answer goes. */
interface Asked {
  readonly query: Query
  /** The connection that it came from, as it calls itself: until users log in to the hub, anybody may call himself anything. */
  readonly client: string
  readonly reply: string
  /** Of the request: about what each of its tasks takes, too. */
  readonly bytes: number
}

/** What the tasks of one query that are on their way may take together. */
const IN_FLIGHT_BYTES = 1024 * 1024

const inFlightOf = (bytes: number, { tasksInFlight }: Pick<ConductOptions, 'tasksInFlight'>): number =>
  Math.max(1, Math.min(tasksInFlight, Math.floor(IN_FLIGHT_BYTES / bytes)))

/** The stats of a query that read nothing. */
const emptyStats = (query: string, status: Stats['status'], error?: string): Stats => ({
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

const notStarted = ({ query, ttlMs }: Query): Stats =>
  emptyStats(query, 'timed-out', `it waited for more than ${ttlMs} ms to be started`)

/** The query's name in a message that does not fit its schema, if it has one. */
const queryOfNoise = (data: Uint8Array): string => {
  try {
    const { query } = JSON.parse(new TextDecoder().decode(data)) as { query?: unknown }
    if (typeof query === 'string' && TOKEN.test(query)) return query
  } catch {
    // Not even JSON.
  }
  return 'unknown'
}

const isRefusal = (error: unknown): boolean =>
  error instanceof FleetError && (error.code === 'area.invalid' || error.code === 'query.invalid')

/** Of a table that is not there yet. */
const NO_COLUMNS: ColumnsBeside = { measures: [] }

const missesMore = ({ snapshot, tail }: PinnedVersion, missing: readonly Missing[]): PinnedVersion => ({
  snapshot,
  tail: { ...tail, missing: [...tail.missing, ...missing] },
})

/** Answers queries: checks, plans against one version of the table, fans out, and says honestly how it ended. */
export const startCoordinator = (hub: Hub, options: CoordinatorOptions, deps: CoordinatorDeps): Coordinator => {
  const hearers = new Map<string, (stats: TaskStats) => void>()
  const underWay = new Set<Promise<void>>()
  const intake = createIntake(options)
  const small = createAdmission(SMALL_AT_ONCE)
  const large = createAdmission(options.largeAtOnce ?? LARGE_AT_ONCE)
  const inbox = subjects.vehicleQueryPartitionResultStats(hub.uid)
  const taskStats = hub.listen('vehicleQueryPartitionResultStats', inbox, ({ data }) => hearers.get(data.query)?.(data))

  const taskOf = (
    { query, client, reply }: Asked,
    { task, chunks, skip, limit }: TaskOrder,
    measures: TaskMeasures,
  ): Task => {
    const { area, from, to, vehicleTypes, vehicleIds } = query
    return {
      query: query.query,
      client,
      task,
      area,
      from,
      to,
      ...(vehicleTypes === undefined ? {} : { vehicleTypes }),
      ...(vehicleIds === undefined ? {} : { vehicleIds }),
      ...measures,
      chunks: chunks.map(({ path, bytes, inside }) => ({ path, bytes, inside })),
      skip,
      ...(limit === undefined ? {} : { limit }),
      batchRows: options.batchRows,
      resultSubject: reply,
      statsSubject: inbox,
    }
  }
  const send = (task: Task): void => {
    try {
      hub.send('vehicleQueryPartition', subjects.vehicleQueryPartition, task)
    } catch (cause) {
      if (cause instanceof RangeError) throw new FleetError('query.invalid', 'the area is nested too deeply', { cause })
      if (!(cause instanceof FleetError) || cause.code !== 'message.invalid') throw cause
      const advice = 'simplify the area or ask for fewer vehicles at once'
      throw new FleetError('query.invalid', `the area and the lists are too large for a task: ${advice}`, { cause })
    }
  }

  const stopAgents = (query: string): void =>
    hub.send('vehicleQueryCancel', subjects.vehicleQueryCancel(query), { query })

  /** Tells the client, until stopped, that the query is alive. */
  const tellAlive = (query: string, reply: string): (() => void) => {
    const startedAt = performance.now()
    const progress = { query, tasks: { total: 0, done: 0 }, rows: { total: 0, read: 0, selected: 0 } }
    const living = setInterval(
      () => hub.send('vehicleQueryProgress', reply, { ...progress, elapsedMs: performance.now() - startedAt }),
      ALIVE_MS,
    )
    return () => clearInterval(living)
  }
  /** @param startBy aborted when it has waited for too long */
  const conduct = async (asked: Asked, startBy: AbortSignal): Promise<Stats> => {
    const { query, client, reply, bytes } = asked
    const owner = { client, query: query.query }
    let startedAt = performance.now()
    const aborter = new AbortController()
    const { signal: cancelled } = aborter
    let pinned: PinnedVersion | undefined
    let leave: (() => void) | undefined
    const cancels = hub.listen('vehicleQueryCancel', subjects.vehicleQueryCancel(query.query), () => aborter.abort())
    const stopTelling = tellAlive(query.query, reply)
    try {
      checkSize(query.area, options.maxVertices)
      checkWhere(query)
      const found = await takeTurns(deps.processor, owner, searchSteps(query))
      const patience = AbortSignal.timeout(Math.min(PIN_MS, Math.ceil(query.timeoutMs / 2)))
      pinned = await deps.pin(AbortSignal.any([patience, cancelled]))
      const { missing, notes } = (await deps.losses?.(pinned.snapshot, found)) ?? NO_LOSSES
      if (missing.length > 0) pinned = missesMore(pinned, missing)
      const { snapshot, tail } = pinned
      const measures = measuresOfQuery(query, snapshot ?? NO_COLUMNS)
      const search: VehicleSearch = measures === undefined ? found : { ...found, measures }
      const taskMeasures = taskMeasuresOf(measures)
      const makePlan = (): Promise<SearchPlan> =>
        takeTurns(deps.processor, owner, planSearch(query, search, { snapshot, tail }, options))
      let plan: SearchPlan | undefined = await makePlan()
      const admission = plan.tasks.length <= options.tasksInFlight ? small : large
      if (!admission.tryEnter(client)) {
        // Those that wait are not bounded in number: the plan is made again.
        plan = undefined
        const waitingSince = performance.now()
        if (!(await admission.enter(client, AbortSignal.any([startBy, cancelled])))) {
          return cancelled.aborted ? emptyStats(query.query, 'cancelled') : notStarted(query)
        }
        startedAt += performance.now() - waitingSince
      }
      leave = () => admission.leave(client)
      plan ??= await makePlan()
      stopTelling()
      const stats = await conductSearch(
        query,
        plan,
        pinned,
        { ...options, tasksInFlight: inFlightOf(bytes, options) },
        {
          assign: (order) => {
            const task = taskOf(asked, order, taskMeasures)
            if (order.isHot) deps.perform(task, tail)
            else send(task)
          },
          onTaskStats: (hear) => {
            hearers.set(query.query, hear)
            return () => hearers.delete(query.query)
          },
          onProgress: (progress) => hub.send('vehicleQueryProgress', reply, progress),
          stopAgents: () => stopAgents(query.query),
          cancelled,
          now: () => performance.now(),
          startedAt,
        },
      )
      const isEmpty = stats.status === 'complete' && stats.rows.selected === 0 && !comesNear(tail, search)
      const hint =
        isEmpty && snapshot !== undefined
          ? await takeTurns(deps.processor, owner, hintSwapped(snapshot, search, query.area))
          : undefined
      const before = snapshot === undefined ? undefined : unknownBefore(snapshot, query.from)
      const gone = snapshot === undefined ? undefined : goneDatesNote(snapshot, search.period)
      const told = gone === undefined ? notes : [...notes, gone]
      return {
        ...stats,
        ...(hint === undefined ? {} : { hint }),
        ...(told.length === 0 ? {} : { notes: [...told] }),
        ...(before === undefined ? {} : { unknownBefore: before }),
      }
    } catch (error) {
      if (isRefusal(error)) return emptyStats(query.query, 'refused', reasonOf(error))
      deps.onFault(error)
      return emptyStats(query.query, 'partial', reasonOf(error))
    } finally {
      stopTelling()
      leave?.()
      pinned?.tail.release()
      void cancels.close()
    }
  }

  /** Invariant: how long a query may wait counts from when it was received; its sender's clock decides nothing. */
  const answer = async ({ data: query, reply, source, bytes }: Received<'vehicleQuery'>): Promise<void> => {
    if (reply === undefined) return
    const taken = { query: query.query, client: source, bytes }
    const refusal = intake.take(taken)
    if (refusal !== undefined) {
      hub.send('vehicleQueryResultStats', reply, emptyStats(query.query, 'refused', refusal))
      return
    }
    try {
      const stats = await conduct({ query, client: source, reply, bytes }, AbortSignal.timeout(query.ttlMs))
      // Agents still at work on a search that has ended stop.
      if (stats.status !== 'complete') stopAgents(query.query)
      hub.send('vehicleQueryResultStats', reply, stats)
    } finally {
      intake.leave(taken)
    }
  }
  /** Whatever becomes of a query, somebody waits for its end. */
  const answerNoise = (
    status: Stats['status'],
    error: unknown,
    { reply, data }: { reply?: string; data: Uint8Array },
  ): void => {
    if (reply === undefined || reply === '' || hub.connection.isClosed()) return
    hub.send('vehicleQueryResultStats', reply, emptyStats(queryOfNoise(data), status, reasonOf(error)))
  }

  const queries = hub.listen(
    'vehicleQuery',
    subjects.vehicleQuery,
    (message) => {
      const answering = answer(message).finally(() => underWay.delete(answering))
      underWay.add(answering)
      return answering
    },
    {
      queue: queueGroups.vehicleQuery,
      onInvalid: (error, raw) => answerNoise('refused', error, raw),
      onFault: (error, raw) => answerNoise('partial', error, raw),
    },
  )
  return {
    stop: async () => {
      await queries.close()
      await Promise.allSettled(underWay)
      await taskStats.close()
    },
  }
}
