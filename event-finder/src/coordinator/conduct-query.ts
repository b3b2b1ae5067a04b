import { type Message, type MessageInput, sightBytes, subjects } from '@fleetlake/contracts'
import { FleetError, reasonOf, type TraceContext } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import {
  type CourseEffect,
  type CourseEvent,
  createQueryCourse,
  emptyStats,
  type QueryStats,
} from '../core/query-course.ts'
import type { VehicleSelection } from '../core/narrow-to-sight.ts'
import type { TaskMeasures } from '../core/search-measures.ts'
import type { TaskOrder } from '../core/task-board.ts'
import { drive } from '../drive.ts'
import { hideOthersInProgress, hideOthersInStats } from '../people/hide-others.ts'
import { sendWhileOpen } from '../send-while-open.ts'
import { createLatestJobs, type LatestJobsDeps, type LatestQuestion } from '../latest/latest-jobs.ts'
import type { HeldTail } from '../tail/held-tail.ts'
import type { Admission } from '../waiting/admission.ts'
import { rowsNote, withinRows } from './check-limits.ts'
import { createQueryJobs, type QueryJobsDeps, type QueryJobsOptions } from './query-jobs.ts'
import type { SearchSpans } from './search-span.ts'

type Task = Message<'vehicleQueryPartition'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>
type QueryProgress = MessageInput<'vehicleQueryProgress'>

export interface ConductOptions extends QueryJobsOptions {
  readonly tasksInFlight: number
  /** A task without a sign of life for this long is sent again. */
  readonly silenceMs: number
  readonly batchRows: number
}

/** What queries are answered with. */
export interface AnswerDeps extends QueryJobsDeps, LatestJobsDeps {
  /** Takes on the task of what is not archived yet. */
  perform(task: Task, tail: HeldTail, trace: TraceContext | undefined): void
  /** Told of a fault that is not the client's. */
  onFault(error: unknown): void
  /** Told how each query ended. */
  onAnswered?(stats: QueryStats): void
}

export interface ConductDeps extends AnswerDeps {
  readonly hub: Hub
  /** Where agents are to say how their tasks are. */
  readonly inbox: string
  /** Missing where nothing is traced. */
  readonly spans?: SearchSpans | undefined
  readonly places: Readonly<Record<'small' | 'large', Admission>>
}

/** A query, whose it is, and where its answer goes. */
export interface Asked {
  readonly query: Message<'vehicleQuery'>
  /** Who has asked, as one token. */
  readonly person: string
  /** Whose turns it takes. */
  readonly client: string
  readonly reply: string
  /** Where it is about last positions alone. */
  readonly question?: LatestQuestion | undefined
  /** What the client traces it by. */
  readonly trace?: TraceContext | undefined
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

/** Leads a query to its answer: checks, plans against one version of the table, fans out, and says honestly how it ended. When it does what is `createQueryCourse`'s. */
export const conductQuery = (given: Asked, options: ConductOptions, deps: ConductDeps): Conduct => {
  const { client, person, reply, bytes } = given
  const query = withinRows(given.query, options.limits)
  const asked = { ...given, query }
  const { hub } = deps
  const owner = { client, query: query.query }
  const { question } = given
  const jobs =
    question === undefined
      ? createQueryJobs(asked, owner, options, deps)
      : createLatestJobs({ ...asked, question }, owner, options, deps)
  const span = deps.spans?.(given.trace)
  const pinning = new AbortController()
  const { promise: ended, resolve: close } = Promise.withResolvers<void>()
  let leave: (() => void) | undefined

  const attempt = (job: () => Promise<CourseEvent>): void =>
    void job()
      .catch((error: unknown): CourseEvent => ({ kind: 'failed', error }))
      .then((event) => happen(event))

  const enter = (place: Admission): void => {
    let isIn = false
    leave = place.enter(client, () => {
      isIn = true
      happen({ kind: 'admitted' })
    })
    if (!isIn) happen({ kind: 'queued' })
  }
  const assign = (order: TaskOrder): void => {
    const task = taskOf(asked, order, {
      area: jobs.area(),
      ...jobs.measures(),
      ...jobs.vehicles(),
      batchRows: options.batchRows,
      resultSubject: reply,
      statsSubject: deps.inbox,
    })
    try {
      if (order.isHot) deps.perform(task, jobs.tail(), span?.trace())
      else hub.send('vehicleQueryPartition', subjects.vehicleQueryPartition, task, { trace: span?.trace() })
    } catch (error) {
      happen({ kind: 'failed', error: taskFault(error) })
    }
  }
  const sendAnswer = (stats: QueryStats): void =>
    sendWhileOpen(() =>
      hub.send('vehicleQueryResultStats', reply, jobs.sight() === 'all' ? stats : hideOthersInStats(stats)),
    )
  const tell = (progress: QueryProgress): void =>
    sendWhileOpen(() =>
      hub.send('vehicleQueryProgress', reply, jobs.sight() === 'all' ? progress : hideOthersInProgress(progress)),
    )
  const answer = (stats: QueryStats): void => {
    const note = stats.status === 'limit-reached' ? rowsNote(given.query, options.limits) : undefined
    try {
      sendAnswer(note === undefined ? stats : { ...stats, notes: [...(stats.notes ?? []), note] })
    } catch (error) {
      // Too large, by what it names.
      sendAnswer(emptyStats(query.query, 'partial', reasonOf(error)))
      deps.onFault(error)
    }
    jobs.end(stats)
    span?.end(stats)
    deps.onAnswered?.(stats)
  }

  const carryOut = (effect: CourseEffect): void => {
    switch (effect.kind) {
      case 'check':
        return attempt(async () => {
          await jobs.check()
          return { kind: 'checked' }
        })
      case 'pin':
        return attempt(async () => {
          const pinned = await jobs.pin(pinning.signal)
          span?.pinned(jobs.traced())
          return { kind: 'pinned', pinned }
        })
      case 'hurry-pin':
        return pinning.abort()
      case 'plan':
        return attempt(async () => {
          const named = query.areas === undefined ? 0 : JSON.stringify(jobs.area()).length
          const mostInFlight = inFlightOf(bytes + named + sightBytes(jobs.sight()))
          return { kind: 'planned', plan: { ...(await jobs.plan()), mostInFlight } }
        })
      case 'hint':
        return attempt(async () => ({ kind: 'hinted', hint: await jobs.hint() }))
      case 'enter':
        return enter(deps.places[effect.size])
      case 'assign':
        return assign(effect.order)
      case 'stop-agents':
        return sendWhileOpen(() =>
          hub.send('vehicleQueryCancel', subjects.vehicleQueryCancel(person, query.query), { query: query.query }),
        )
      case 'tell':
        return tell(effect.progress)
      case 'report':
        return deps.onFault(effect.error)
      case 'answer':
        return answer(effect.stats)
      case 'leave':
        return leave?.()
      case 'release':
        return jobs.release()
      case 'close':
        return close()
    }
  }
  const { tasksInFlight, silenceMs } = options
  const inFlightOf = (taskBytes: number): number =>
    Math.max(1, Math.min(tasksInFlight, Math.floor(IN_FLIGHT_BYTES / taskBytes)))
  const course = createQueryCourse(
    query,
    { smallTasks: tasksInFlight, inFlight: inFlightOf(bytes), silenceMs },
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

type TaskFrame = TaskMeasures & VehicleSelection & Pick<Task, 'area' | 'batchRows' | 'resultSubject' | 'statsSubject'>

const taskOf = (
  { query, person, client }: Asked,
  order: TaskOrder,
  { vehicleIds, visible, ...frame }: TaskFrame,
): Task => {
  const { from, to, vehicleTypes } = query
  const { task, chunks, skip, limit } = order
  return {
    query: query.query,
    person,
    client,
    task,
    from,
    to,
    ...(vehicleTypes === undefined ? {} : { vehicleTypes }),
    // Nobody changes what a message's type would let be changed.
    ...(vehicleIds === undefined ? {} : { vehicleIds: vehicleIds as string[] }),
    ...(visible === undefined ? {} : { visible: visible as NonNullable<Task['visible']> }),
    chunks: chunks.map(({ path, bytes, inside, period }) => ({
      path,
      bytes,
      inside,
      ...(period === undefined ? {} : { period }),
    })),
    skip,
    ...(limit === undefined ? {} : { limit }),
    ...frame,
  }
}

const taskFault = (cause: unknown): unknown => {
  if (cause instanceof RangeError) return new FleetError('query.invalid', 'the area is nested too deeply', { cause })
  if (!(cause instanceof FleetError) || cause.code !== 'message.invalid') return cause
  const advice = 'simplify the area or ask for fewer vehicles at once'
  return new FleetError('query.invalid', `the area and the lists are too large for a task: ${advice}`, { cause })
}
