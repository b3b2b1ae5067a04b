import { FleetError } from '@fleetlake/core'
import {
  type CourseEffect,
  type CourseEvent,
  createQueryCourse,
  emptyStats,
  type QueryPlan,
  type QueryStats,
} from '../../core/query-course.ts'
import type { TaskOrder } from '../../core/task-board.ts'
import { drive } from '../../drive.ts'
import { createAdmission } from '../../waiting/admission.ts'
import { createIntake } from '../../waiting/intake.ts'
import { LATE_MS, type Stage } from './stage.ts'
import type { TaskStats } from './world-agent.ts'
import type { WorldQuery } from './world-query.ts'

const SILENCE_MS = 3_000
const TASKS_IN_FLIGHT = 3
const INTAKE = { searches: 5, searchesPerClient: 3, searchBytes: 1_000 }
const PLACES = { small: 2, large: 1 } as const
const QUERY_BYTES = 10

/** A coordinator: what it decides is `createQueryCourse`'s, intake and places are the real ones, all else is drawn. */
export interface WorldCoordinator {
  ask(query: WorldQuery): void
  hear(stats: TaskStats): void
  /** @param isOwn by what it sent to its agents itself */
  cancel(query: WorldQuery, isOwn?: boolean): void
  /** That all places are free, and nothing is in hand any more. */
  checkEnd(): void
}

export interface CoordinatorDeps {
  assign(query: WorldQuery, order: TaskOrder): void
  stopAgents(query: WorldQuery): void
}

const planOf = ({ tasks }: WorldQuery): QueryPlan => {
  const none = { files: 0, bytes: 0, rows: 0 }
  return {
    table: { total: none, pruned: none },
    tasks: tasks.map(({ files, isHot }, task) => ({
      task,
      isHot,
      chunks: isHot ? [] : files.map(({ path }) => ({ path, bytes: 1, rows: 1, inside: false })),
    })),
  }
}

/** The jobs of a query: each ends after a while, or fails, or never ends. */
const createJobs = (stage: Stage, query: WorldQuery, tell: (event: CourseEvent) => void) => {
  const { may, now, below, oneIn, after, note, violate } = stage
  let hasHurried = false
  let finishPin: (() => void) | undefined

  const fail = (error: unknown): void => {
    if (query.answers.length === 0) query.troubles.add(error instanceof FleetError ? 'refused' : 'failed')
    tell({ kind: 'failed', error })
  }
  const attempt = (what: string, event: CourseEvent): void => {
    if (may.refuse && oneIn(8)) after(below(50), () => fail(new FleetError('query.invalid', `no ${what}`)))
    else if (may.fail && oneIn(12)) after(below(50), () => fail(new Error(`${what} failed`)))
    else if (may.hang && oneIn(8)) note(`${what} hangs`)
    else after(below(oneIn(6) ? 3_000 : 60), () => tell(event))
  }
  const pin = (): void => {
    const askedMs = now()
    const patienceMs = Math.min(10_000, query.input.timeoutMs / 2)
    finishPin = () => {
      finishPin = undefined
      if (!hasHurried && now() - askedMs > patienceMs + 2 * LATE_MS) violate(`${query.id}: its pin was not hurried`)
      query.tails.taken++
      const rows = query.tasks.filter(({ isHot }) => isHot).flatMap(({ files }) => files[0].rows).length
      tell({ kind: 'pinned', pinned: { version: 1, messages: rows, rows, bytes: rows } })
    }
    if (may.fail && oneIn(12)) {
      finishPin = undefined
      after(below(50), () => fail(new Error('the pin failed')))
    } else if (may.hang && oneIn(3)) note('pin hangs')
    else after(below(oneIn(6) ? 15_000 : 60), () => finishPin?.())
  }
  const hurryPin = (): void => {
    if (hasHurried && query.answers.length === 0) violate(`${query.id}: a pin is hurried again`)
    hasHurried = true
    if (!may.hang || oneIn(2)) after(below(20), () => finishPin?.())
  }
  return { attempt, pin, hurryPin }
}

export const createWorldCoordinator = (stage: Stage, deps: CoordinatorDeps): WorldCoordinator => {
  const { may, now, oneIn, note, tell, violate } = stage
  const intake = createIntake(INTAKE)
  const places = { small: createAdmission(PLACES.small), large: createAdmission(PLACES.large) }
  const courses = new Map<string, (event: CourseEvent) => void>()

  const answer = (query: WorldQuery, stats: QueryStats): void => {
    if (query.answers.length > 0) violate(`${query.id} is answered again`)
    query.answers.push({ stats, atMs: now() })
    note(`answer ${stats.status}`)
    tell(`${query.id} is answered: ${stats.status} ${stats.error ?? ''}`)
  }
  const assign = (query: WorldQuery, order: TaskOrder): CourseEvent | undefined => {
    if (query.answers.length > 0) violate(`${query.id}: a task is given out after the answer`)
    if (query.isStopped) violate(`${query.id}: a task is given out after its agents were stopped`)
    if (may.refuse && oneIn(30)) {
      query.troubles.add('refused')
      return { kind: 'failed', error: new FleetError('query.invalid', 'it is too large for a task') }
    }
    tell(`${query.id} gives out ${order.task}`)
    deps.assign(query, order)
    return undefined
  }
  const conduct = (query: WorldQuery): void => {
    const { id, client } = query
    const jobs = createJobs(stage, query, (event) => happen(event))
    let leave: (() => void) | undefined

    const enter = (size: 'small' | 'large'): CourseEvent | undefined => {
      const askedMs = now()
      let isIn = false
      query.places.taken++
      const giveBack = places[size].enter(client, () => {
        isIn = true
        query.waitedMs = now() - askedMs
        happen({ kind: 'admitted' })
      })
      leave = () => {
        if (!isIn) query.waitedMs = now() - askedMs
        giveBack()
      }
      if (isIn) return undefined
      note('waits for a place')
      return { kind: 'queued' }
    }
    const close = (): void => {
      query.closes++
      courses.delete(id)
      intake.leave({ query: id, client, bytes: QUERY_BYTES })
    }
    const progress = (selected: number): void => {
      if (query.answers.length > 0) violate(`${id}: progress after the answer`)
      if (selected < query.lastProgress) violate(`${id}: progress goes back`)
      query.lastProgress = selected
    }
    /** @returns what it brings at once */
    const carryOut = (effect: CourseEffect): CourseEvent | undefined | void => {
      switch (effect.kind) {
        case 'check':
          return jobs.attempt('check', { kind: 'checked' })
        case 'pin':
          return jobs.pin()
        case 'hurry-pin':
          return jobs.hurryPin()
        case 'plan':
          return jobs.attempt('plan', { kind: 'planned', plan: planOf(query) })
        case 'hint':
          return jobs.attempt('hint', { kind: 'hinted', hint: undefined })
        case 'enter':
          return enter(effect.size)
        case 'assign':
          return assign(query, effect.order)
        case 'stop-agents':
          query.isStopped = true
          return deps.stopAgents(query)
        case 'tell':
          return progress(effect.progress.rows.selected)
        case 'report':
          return
        case 'answer':
          return answer(query, effect.stats)
        case 'leave':
          query.places.returned++
          return leave?.()
        case 'release':
          query.tails.returned++
          return
        case 'close':
          return close()
      }
    }
    const options = { smallTasks: TASKS_IN_FLIGHT, inFlight: TASKS_IN_FLIGHT, silenceMs: SILENCE_MS }
    const happen = drive<CourseEvent, CourseEffect>(createQueryCourse(query.input, options, now()), {
      carryOut: (effect) => {
        const event = carryOut(effect)
        if (event !== undefined) happen(event)
      },
      tick: () => ({ kind: 'tick' }),
      time: stage.time,
    })
    courses.set(id, happen)
    happen({ kind: 'arrived' })
  }

  return {
    ask: (query) => {
      const refusal = intake.take({ query: query.id, client: query.client, bytes: QUERY_BYTES })
      if (refusal === undefined) return conduct(query)
      query.isRefused = true
      answer(query, emptyStats(query.id, 'refused', refusal))
    },
    hear: (stats) => courses.get(stats.query)?.({ kind: 'heard', stats }),
    cancel: (query, isOwn = false) => {
      if (!isOwn && query.answers.length === 0) query.troubles.add('cancelled')
      courses.get(query.id)?.({ kind: 'cancelled' })
    },
    checkEnd: () => {
      for (const size of ['small', 'large'] as const) {
        let entered = 0
        for (let i = 0; i < PLACES[size]; i++) places[size].enter(`new-${i}`, () => entered++)
        if (entered !== PLACES[size]) violate(`of ${PLACES[size]} ${size} places ${entered} are free in the end`)
      }
      for (let i = 0; i < INTAKE.searches; i++) {
        const refusal = intake.take({ query: `new-${i}`, client: `new-${i}`, bytes: 0 })
        if (refusal !== undefined) violate(`the intake is not empty in the end: ${refusal}`)
      }
    },
  }
}
