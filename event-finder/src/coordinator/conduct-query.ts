import type { Snapshot } from '@fleetlake/archive'
import type { ColumnsBeside } from '@fleetlake/columnar'
import { type Message, subjects } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import type { TaskSize } from '../core/plan-tasks.ts'
import {
  type CourseEffect,
  type CourseEvent,
  createQueryCourse,
  emptyStats,
  type QueryPlan,
  type QueryStats,
} from '../core/query-course.ts'
import { searchSteps, type VehicleSearch } from '../core/search.ts'
import { checkWhere, measuresOfQuery, type TaskMeasures, taskMeasuresOf } from '../core/search-measures.ts'
import type { TaskOrder } from '../core/task-board.ts'
import { drive } from '../drive.ts'
import { sendWhileOpen } from '../send-while-open.ts'
import { type LossVerdict, NO_LOSSES } from '../losses/judge-losses.ts'
import type { HeldTail, Missing } from '../tail/held-tail.ts'
import { comesNear } from '../tail/scan-tail.ts'
import type { Admission } from '../waiting/admission.ts'
import { takeTurns, type Turns } from '../waiting/turns.ts'
import { checkSize } from './check-size.ts'
import { goneDatesNote, unknownBefore } from './gone-dates.ts'
import { hintSwapped } from './hint-swapped.ts'
import type { PinnedVersion } from './pin-version.ts'
import { planSearch } from './plan-search.ts'

type Query = Message<'vehicleQuery'>
type Task = Message<'vehicleQueryPartition'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>

export interface ConductOptions {
  readonly tasksInFlight: number
  readonly taskSize: TaskSize
  /** A task without a sign of life for this long is sent again. */
  readonly silenceMs: number
  readonly batchRows: number
  /** Of an area. */
  readonly maxVertices: number
}

/** What queries are answered with. */
export interface AnswerDeps {
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

export interface ConductDeps extends AnswerDeps {
  readonly hub: Hub
  /** Where agents are to say how their tasks are. */
  readonly inbox: string
  readonly places: Readonly<Record<'small' | 'large', Admission>>
}

/** A query, whose it is, and where its answer goes. */
export interface Asked {
  readonly query: Query
  /** The connection that it came from, as it calls itself: until users log in to the hub, anybody may call himself anything. */
  readonly client: string
  readonly reply: string
  /** Of the request: about what each of its tasks takes, too. */
  readonly bytes: number
}

/** A query on its way to its answer. */
export interface Conduct {
  hear(stats: TaskStats): void
  /** The client wants no more. */
  cancel(): void
  /** Resolves when it has been answered. */
  readonly ended: Promise<void>
}

/** What the tasks of one query that are on their way may take together. */
const IN_FLIGHT_BYTES = 1024 * 1024

/** Of a table that is not there yet. */
const NO_COLUMNS: ColumnsBeside = { measures: [] }

const missesMore = ({ snapshot, tail }: PinnedVersion, missing: readonly Missing[]): PinnedVersion =>
  missing.length === 0 ? { snapshot, tail } : { snapshot, tail: { ...tail, missing: [...tail.missing, ...missing] } }

/** A search with what its tasks are told of measures, and the version that it is answered from. */
interface Prepared {
  readonly search: VehicleSearch
  readonly measures: TaskMeasures
  readonly pinned: PinnedVersion
  readonly remarks: NonNullable<QueryPlan['remarks']>
}

/** Leads a query to its answer: checks, plans against one version of the table, fans out, and says honestly how it ended. What it does is `createQueryCourse`'s. */
export const conductQuery = (asked: Asked, options: ConductOptions, deps: ConductDeps): Conduct => {
  const { query, client, reply, bytes } = asked
  const { hub, processor } = deps
  const owner = { client, query: query.query }
  const { promise: ended, resolve: close } = Promise.withResolvers<void>()
  const pinning = new AbortController()
  let checked: VehicleSearch | undefined
  let pinned: PinnedVersion | undefined
  let prepared: Prepared | undefined
  let leave: (() => void) | undefined

  const check = async (): Promise<CourseEvent> => {
    checkSize(query.area, options.maxVertices)
    checkWhere(query)
    checked = await takeTurns(processor, owner, searchSteps(query))
    return { kind: 'checked' }
  }
  const pin = async (): Promise<CourseEvent> => {
    pinned = await deps.pin(pinning.signal)
    const { snapshot, tail } = pinned
    const { messages, rows, bytes: tailBytes } = tail
    return { kind: 'pinned', pinned: { version: snapshot?.version, messages, rows, bytes: tailBytes } }
  }
  const prepare = async (found: VehicleSearch, version: PinnedVersion): Promise<Prepared> => {
    const { snapshot } = version
    const { missing, notes } = (await deps.losses?.(snapshot, found)) ?? NO_LOSSES
    const measures = measuresOfQuery(query, snapshot ?? NO_COLUMNS)
    const before = snapshot === undefined ? undefined : unknownBefore(snapshot, query.from)
    const gone = snapshot === undefined ? undefined : goneDatesNote(snapshot, found.period)
    const told = gone === undefined ? [...notes] : [...notes, gone]
    return {
      search: measures === undefined ? found : { ...found, measures },
      measures: taskMeasuresOf(measures),
      pinned: missesMore(version, missing),
      remarks: {
        ...(told.length === 0 ? {} : { notes: told }),
        ...(before === undefined ? {} : { unknownBefore: before }),
      },
    }
  }
  const plan = async (): Promise<CourseEvent> => {
    prepared ??= await prepare(checked!, pinned!)
    const { search, remarks, pinned: version } = prepared
    const steps = planSearch(search, version, { mode: query.mode, taskSize: options.taskSize })
    return { kind: 'planned', plan: { ...(await takeTurns(processor, owner, steps)), remarks } }
  }
  const lookForHint = async ({ search, pinned: { snapshot, tail } }: Prepared): Promise<CourseEvent> => {
    const isNoArea = snapshot === undefined || comesNear(tail, search)
    const hint = isNoArea ? undefined : await takeTurns(processor, owner, hintSwapped(snapshot, search, query.area))
    return { kind: 'hinted', hint }
  }

  const taskOf = ({ task, chunks, skip, limit }: TaskOrder): Task => {
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
      ...prepared!.measures,
      chunks: chunks.map(({ path, bytes: size, inside }) => ({ path, bytes: size, inside })),
      skip,
      ...(limit === undefined ? {} : { limit }),
      batchRows: options.batchRows,
      resultSubject: reply,
      statsSubject: deps.inbox,
    }
  }
  const assign = (order: TaskOrder): void => {
    const task = taskOf(order)
    if (order.isHot) return deps.perform(task, prepared!.pinned.tail)
    try {
      hub.send('vehicleQueryPartition', subjects.vehicleQueryPartition, task)
    } catch (cause) {
      throw taskFault(cause)
    }
  }
  const sendAnswer = (stats: QueryStats): void => sendWhileOpen(() => hub.send('vehicleQueryResultStats', reply, stats))
  const answer = (stats: QueryStats): void => {
    try {
      sendAnswer(stats)
    } catch (error) {
      // Too large, by what it names.
      sendAnswer(emptyStats(query.query, 'partial', reasonOf(error)))
      deps.onFault(error)
    }
  }
  const attempt = (work: () => Promise<CourseEvent>): void =>
    void work()
      .catch((error: unknown): CourseEvent => ({ kind: 'failed', error }))
      .then(happen)

  const carryOut = (effect: CourseEffect): void => {
    switch (effect.kind) {
      case 'check':
        return attempt(check)
      case 'pin':
        return attempt(pin)
      case 'hurry-pin':
        return pinning.abort()
      case 'plan':
        return attempt(plan)
      case 'enter': {
        let isIn = false
        leave = deps.places[effect.size].enter(client, () => {
          isIn = true
          happen({ kind: 'admitted' })
        })
        if (!isIn) happen({ kind: 'queued' })
        return
      }
      case 'assign':
        try {
          return assign(effect.order)
        } catch (error) {
          return happen({ kind: 'failed', error })
        }
      case 'stop-agents':
        return sendWhileOpen(() =>
          hub.send('vehicleQueryCancel', subjects.vehicleQueryCancel(query.query), { query: query.query }),
        )
      case 'hint':
        return attempt(() => lookForHint(prepared!))
      case 'tell':
        return sendWhileOpen(() => hub.send('vehicleQueryProgress', reply, effect.progress))
      case 'report':
        return deps.onFault(effect.error)
      case 'answer':
        return answer(effect.stats)
      case 'leave':
        return leave?.()
      case 'release':
        return pinned?.tail.release()
      case 'close':
        return close()
    }
  }
  const inFlight = Math.max(1, Math.min(options.tasksInFlight, Math.floor(IN_FLIGHT_BYTES / bytes)))
  const course = createQueryCourse(
    query,
    { smallTasks: options.tasksInFlight, inFlight, silenceMs: options.silenceMs },
    performance.now(),
  )
  const happen = drive<CourseEvent, CourseEffect>(course, { carryOut, tick: () => ({ kind: 'tick' }) })
  happen({ kind: 'arrived' })
  return {
    hear: (stats) => happen({ kind: 'heard', stats }),
    cancel: () => happen({ kind: 'cancelled' }),
    ended,
  }
}

const taskFault = (cause: unknown): unknown => {
  if (cause instanceof RangeError) return new FleetError('query.invalid', 'the area is nested too deeply', { cause })
  if (!(cause instanceof FleetError) || cause.code !== 'message.invalid') return cause
  const advice = 'simplify the area or ask for fewer vehicles at once'
  return new FleetError('query.invalid', `the area and the lists are too large for a task: ${advice}`, { cause })
}
