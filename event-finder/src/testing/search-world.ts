import type { Message } from '@fleetlake/contracts'
import { createRandomStreams, FleetError } from '@fleetlake/core'
import {
  type CourseEffect,
  type CourseEvent,
  createQueryCourse,
  emptyStats,
  type QueryStats,
} from '../core/query-course.ts'
import { CLIENT_GONE_MS, createQueryWork, MAX_UNTAKEN, type WorkEffect, type WorkEvent } from '../core/query-work.ts'
import type { TaskOrder } from '../core/task-board.ts'
import { drive, type Time } from '../drive.ts'
import { type Admission, createAdmission } from '../waiting/admission.ts'
import { createIntake } from '../waiting/intake.ts'

/**
 * Searches on a clock of their own: a coordinator, agents and clients as the machines that decide for them, and all else, store, hub and people, drawn at random from a seed. Messages
 * are late, overtaken, delivered twice and, where a hub loses some, lost; agents die and freeze; files can't be read, always or now and then; pins hang; clients cancel, stop taking
 * or are gone. What breaks an invariant is noted with the story that led to it.
 */

type Query = Message<'vehicleQuery'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>
type Say = WorkEffect & { readonly kind: 'say' }

const BATCH_ROWS = 3
const SILENCE_MS = 3_000
const TASKS_IN_FLIGHT = 3
/** What a tick may be late by, and a frozen agent. */
const LATE_MS = 40
const INTAKE = { searches: 5, searchesPerClient: 3, searchBytes: 1_000 }
/** Beyond the last that anything can still wait for. */
const END_MS = 400_000

/** A file: its rows that match, and whether it can be read. */
interface WorldFile {
  readonly path: string
  readonly rows: readonly string[]
  readonly isBad: 'no' | 'now-and-then' | 'always'
}

interface WorldTask {
  readonly files: readonly WorldFile[]
  readonly isHot: boolean
}

/** What is known of a query from outside. */
interface WorldQuery {
  readonly id: string
  readonly client: string
  readonly input: Pick<Query, 'query' | 'mode' | 'limit' | 'timeoutMs' | 'ttlMs'>
  readonly tasks: readonly WorldTask[]
  readonly arrivedMs: number
  /** Refused by the intake. */
  isRefused: boolean
  answers: { readonly stats: QueryStats; readonly atMs: number }[]
  /** What the coordinator met that makes an answer one of another status than complete. */
  readonly troubles: Set<string>
  waitedMs: number
  /** Of what has to be given back: how often it was taken, and given back. */
  readonly places: Held
  readonly tails: Held
  closes: number
  /** An agent has found the client gone, or has heard that it wants no more; the coordinator may not have. */
  isFoundGone: boolean
  /** A scan of it broke off. */
  isBroken: boolean
  isStopped: boolean
  /** What the client has been sent, the first of each batch. */
  readonly received: Map<string, readonly string[]>
  lastProgress: number
}

interface Held {
  taken: number
  returned: number
}

export interface WorldReport {
  readonly violations: readonly string[]
  readonly story: readonly string[]
  /** How often what happened: that a test meets what it is about can be seen. */
  readonly seen: ReadonlyMap<string, number>
}

const isRefusalOf = (error: unknown): boolean => error instanceof FleetError

/** What goes wrong in a world. */
export type Trouble = (typeof TROUBLES)[number]
const TROUBLES = ['lose', 'kill', 'stop', 'freeze', 'fail', 'hang', 'cancel', 'leave', 'refuse', 'beSlow'] as const

/** @param troubles what goes wrong; drawn when missing */
export const runSearchWorld = (seed: number, troubles?: readonly Trouble[]): WorldReport => {
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (most: number): number => Math.floor(random.next(0) * most)
  const oneIn = (most: number): boolean => below(most) === 0
  const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)]

  const violations: string[] = []
  const story: string[] = []
  const seen = new Map<string, number>()
  const note = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)

  // ——— time

  let clock = 0
  /** What is due next is the last; of what is due at once, what was planned first. */
  const agenda: { readonly atMs: number; readonly act: () => void; isOff: boolean }[] = []
  const after = (ms: number, act: () => void): (() => void) => {
    const entry = { atMs: clock + ms, act, isOff: false }
    let [low, high] = [0, agenda.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (agenda[middle].atMs > entry.atMs) low = middle + 1
      else high = middle
    }
    agenda.splice(low, 0, entry)
    return () => {
      entry.isOff = true
    }
  }
  const tell = (what: string): void => void story.push(`${clock} ${what}`)
  const violate = (what: string): void => {
    tell(`!!! ${what}`)
    violations.push(what)
  }
  /** Timers are late by a little, as where others are at work. */
  const time: Time = { now: () => clock, after: (ms, act) => after(ms + (oneIn(3) ? below(LATE_MS) : 0), act) }

  // ——— what goes wrong in this world

  const may = Object.fromEntries(
    TROUBLES.map((trouble) => [trouble, troubles?.includes(trouble) ?? oneIn(3)]),
  ) as Record<Trouble, boolean>
  /** A message on its way: late, overtaking others, twice, or lost. */
  const carry = (deliver: () => void): void => {
    if (may.lose && oneIn(12)) return note('message lost')
    after(below(oneIn(20) ? 2_000 : 30), deliver)
    if (oneIn(25)) after(below(4_000), deliver)
  }

  // ——— queries and their clients

  const queries: WorldQuery[] = []
  const intake = createIntake(INTAKE)
  const places: Record<'small' | 'large', Admission> = { small: createAdmission(2), large: createAdmission(1) }
  const courses = new Map<string, (event: CourseEvent) => void>()

  const drawFile = (path: string): WorldFile => ({
    path,
    rows: Array.from({ length: below(pick([6, 6, 12, 40, 120])) }, (_, i) => `${path} ${i}`),
    isBad: may.fail && oneIn(8) ? pick(['now-and-then', 'now-and-then', 'always']) : 'no',
  })
  const drawTasks = (id: string): WorldTask[] => {
    const tasks = Array.from({ length: below(7) }, (_, task) => ({
      files: Array.from({ length: 1 + below(3) }, (__, i) => drawFile(`${id}/${task}/${i}`)),
      isHot: false,
    }))
    return oneIn(3) ? [{ files: [drawFile(`${id}/hot/0`)], isHot: true }, ...tasks] : tasks
  }
  const drawQuery = (number: number): WorldQuery => {
    const id = `q${number}`
    const timeoutMs = pick([100, 2_000, 20_000, 60_000])
    return {
      id,
      client: pick(['a', 'b', 'c']),
      input: {
        query: id,
        mode: oneIn(4) ? 'serialised' : 'parallel',
        limit: oneIn(3) ? 1 + below(40) : undefined,
        timeoutMs,
        ttlMs: pick([50, 1_000, 10_000]),
      },
      tasks: drawTasks(id),
      arrivedMs: clock,
      isRefused: false,
      answers: [],
      troubles: new Set(),
      waitedMs: 0,
      places: { taken: 0, returned: 0 },
      tails: { taken: 0, returned: 0 },
      closes: 0,
      isFoundGone: false,
      isBroken: false,
      isStopped: false,
      received: new Map(),
      lastProgress: 0,
    }
  }

  /** Takes a batch in, and after a while says so to the agents, as long as it is there. */
  const receive = (query: WorldQuery, task: number, batch: number, rows: readonly string[]): void => {
    const key = `${task}/${batch}`
    const known = query.received.get(key)
    const isCertain = query.tasks.every(({ files }) => files.every(({ isBad }) => isBad !== 'now-and-then'))
    if (known === undefined) query.received.set(key, rows)
    else if (isCertain && known.join() !== rows.join()) violate(`${query.id}: batch ${key} came with other rows`)
    if (may.leave && clock > query.arrivedMs + 3_000) return note('client takes nothing')
    const takeMs = may.beSlow ? below(1_500) : below(20)
    after(takeMs, () => {
      for (const agent of agents) carry(() => agent.act(() => agent.hear(query.id, { kind: 'taken', task, batch })))
    })
  }
  const cancel = (query: WorldQuery): void => {
    tell(`${query.id} is cancelled by its client`)
    query.isFoundGone = true
    carry(() => {
      if (courses.has(query.id) && query.answers.length === 0) query.troubles.add('cancelled')
      courses.get(query.id)?.({ kind: 'cancelled' })
    })
    for (const agent of agents) carry(() => agent.act(() => agent.cancel(query.id)))
  }

  // ——— the coordinator, as its driver does it

  const answerQuery = (query: WorldQuery, stats: QueryStats): void => {
    if (query.answers.length > 0) violate(`${query.id} is answered again`)
    query.answers.push({ stats, atMs: clock })
    note(`answer ${stats.status}`)
    tell(`${query.id} is answered: ${stats.status} ${stats.error ?? ''}`)
  }
  const conduct = (query: WorldQuery): void => {
    const { id } = query
    let leave: (() => void) | undefined
    let pinAnswer: (() => void) | undefined
    let hasHurried = false
    let queuedMs: number | undefined
    /** Does a job: it ends after a while, or fails, or never ends. */
    const attempt = (what: string, event: CourseEvent): void => {
      if (may.refuse && oneIn(8)) {
        const error = new FleetError('query.invalid', `no ${what}`)
        return void after(below(50), () => fail(error))
      }
      if (may.fail && oneIn(12)) return void after(below(50), () => fail(new Error(`${what} failed`)))
      if (may.hang && oneIn(8)) return note(`${what} hangs`)
      after(below(oneIn(6) ? 3_000 : 60), () => happen(event))
    }
    const fail = (error: unknown): void => {
      if (query.answers.length === 0) query.troubles.add(isRefusalOf(error) ? 'refused' : 'failed')
      happen({ kind: 'failed', error })
    }
    const pin = (): void => {
      const askedMs = clock
      const patienceMs = Math.min(10_000, query.input.timeoutMs / 2)
      const isPinned = (): void => {
        pinAnswer = undefined
        if (!hasHurried && clock - askedMs > patienceMs + 2 * LATE_MS) violate(`${id}: its pin was not hurried`)
        query.tails.taken++
        const rows = query.tasks.filter(({ isHot }) => isHot).flatMap(({ files }) => files[0].rows).length
        happen({ kind: 'pinned', pinned: { version: 1, messages: rows, rows, bytes: rows } })
      }
      let isDone = false
      pinAnswer = () => {
        if (isDone) return
        isDone = true
        isPinned()
      }
      if (may.fail && oneIn(12)) return void after(below(50), () => fail(new Error('the pin failed')))
      if (may.hang && oneIn(3)) return note('pin hangs')
      after(below(oneIn(6) ? 15_000 : 60), pinAnswer)
    }
    const assign = (order: TaskOrder): void => {
      if (query.answers.length > 0) violate(`${id}: a task is given out after the answer`)
      if (query.isStopped) violate(`${id}: a task is given out after its agents were stopped`)
      tell(`${id} gives out ${order.task}`)
      if (may.refuse && oneIn(30)) {
        query.troubles.add('refused')
        return happen({ kind: 'failed', error: new FleetError('query.invalid', 'too large') })
      }
      if (order.isHot) return after(0, () => agents[0].act(() => agents[0].give(query, order))) as unknown as void
      // The hub gives a task to one of the agents.
      const agent = pick(agents.filter((one) => one.takesTasks()))
      carry(() => agent.act(() => agent.give(query, order)))
    }
    const carryOut = (effect: CourseEffect): void => {
      switch (effect.kind) {
        case 'check':
          return attempt('check', { kind: 'checked' })
        case 'pin':
          return pin()
        case 'hurry-pin': {
          if (hasHurried && query.answers.length === 0) violate(`${id}: a pin is hurried again`)
          hasHurried = true
          const finish = pinAnswer
          if (finish !== undefined && !(may.hang && oneIn(2))) after(below(20), finish)
          return
        }
        case 'plan': {
          const total = { files: 0, bytes: 0, rows: query.tasks.flatMap(({ files }) => files).length }
          const tasks = query.tasks.map(({ files, isHot }, task) => ({
            task,
            isHot,
            chunks: isHot ? [] : files.map(({ path }) => ({ path, bytes: 1, rows: 1, inside: false })),
          }))
          const none = { files: 0, bytes: 0, rows: 0 }
          return attempt('plan', { kind: 'planned', plan: { table: { total, pruned: none }, tasks } })
        }
        case 'enter': {
          query.places.taken++
          let isIn = false
          leave = places[effect.size].enter(query.client, () => {
            isIn = true
            if (queuedMs !== undefined) query.waitedMs += clock - queuedMs
            happen({ kind: 'admitted' })
          })
          if (isIn) return
          note('waits for a place')
          queuedMs = clock
          return happen({ kind: 'queued' })
        }
        case 'assign':
          return assign(effect.order)
        case 'stop-agents':
          query.isStopped = true
          // It hears itself, too.
          carry(() => courses.get(id)?.({ kind: 'cancelled' }))
          for (const agent of agents) carry(() => agent.act(() => agent.cancel(id)))
          return
        case 'hint':
          return attempt('hint', { kind: 'hinted', hint: undefined })
        case 'tell': {
          if (query.answers.length > 0) violate(`${id}: progress after the answer`)
          const { selected } = effect.progress.rows
          if (selected < query.lastProgress) violate(`${id}: progress goes back`)
          query.lastProgress = selected
          return
        }
        case 'report':
          return
        case 'answer':
          return answerQuery(query, effect.stats)
        case 'leave':
          query.places.returned++
          return leave?.()
        case 'release':
          query.tails.returned++
          return
        case 'close':
          query.closes++
          courses.delete(id)
          return intake.leave({ query: id, client: query.client, bytes: 10 })
      }
    }
    const course = createQueryCourse(
      query.input,
      { smallTasks: TASKS_IN_FLIGHT, inFlight: TASKS_IN_FLIGHT, silenceMs: SILENCE_MS },
      clock,
    )
    const happen = drive<CourseEvent, CourseEffect>(course, { carryOut, tick: () => ({ kind: 'tick' }), time })
    courses.set(id, happen)
    happen({ kind: 'arrived' })
    if (may.cancel && oneIn(2)) after(below(pick([100, 3_000, 20_000])), () => cancel(query))
  }
  const ask = (): void => {
    const query = drawQuery(queries.length)
    queries.push(query)
    const refusal = intake.take({ query: query.id, client: query.client, bytes: 10 })
    if (refusal === undefined) return conduct(query)
    query.isRefused = true
    answerQuery(query, emptyStats(query.id, 'refused', refusal))
  }

  // ——— agents, as their driver does it

  const createAgent = (name: string, isLocal: boolean) => {
    const works = new Map<string, (event: WorkEvent) => void>()
    const cancelled = new Set<string>()
    const ends: (() => void)[] = []
    let isDead = false
    let deadSince = Infinity
    let isLeaving = false
    let frozenUntil = 0
    let open = 0
    let isAbandoned = false
    /** Of a dead process nothing comes any more, of a frozen one later. */
    const act = (what: () => void): void => {
      if (isDead) return
      if (clock >= frozenUntil) return what()
      after(frozenUntil - clock + below(3), () => act(what))
    }
    const agentTime: Time = { now: () => clock, after: (ms, what) => time.after(ms, () => act(what)) }

    const work = (query: WorldQuery): ((event: WorkEvent) => void) => {
      const known = works.get(query.id)
      if (known !== undefined) return known
      open++
      const orders_ = new Map<number, TaskOrder>()
      const batches = new Map<number, number>()
      const untaken = new Set<string>()
      const machine = createQueryWork()
      interface Scan {
        readonly order: TaskOrder
        readonly rows: readonly string[]
        readonly failures: readonly string[]
        readonly hasMore: boolean
        at: number
      }
      let scan: Scan | undefined
      let atHand: readonly string[] = []
      let scanned: Scan | undefined
      /** When something was sent or taken last, or a task ended. */
      let lastMs = clock

      const startScan = (order: TaskOrder, passed: number): Scan => {
        // The board numbers what it gives out: where it comes from is in its files, and the tail has none.
        const origin = order.isHot
          ? query.tasks.find(({ isHot }) => isHot)!
          : query.tasks.find(({ files }) => files[0].path === order.chunks[0].path)!
        const failures: string[] = []
        const all = origin.files.flatMap((file) => {
          const isBad = file.isBad === 'always' || (file.isBad === 'now-and-then' && oneIn(2))
          if (isBad) failures.push(file.path)
          return isBad ? [] : file.rows
        })
        const matches = all.slice(order.skip + passed)
        const limit = order.limit === undefined ? Infinity : order.limit - passed
        const rows = matches.slice(0, limit)
        return { order, rows, failures, hasMore: matches.length > limit, at: 0 }
      }
      const look = (mine: Scan): void => {
        const stepMs = may.beSlow ? below(400) : below(10)
        after(stepMs, () =>
          act(() => {
            if (scan !== mine) return
            if (may.fail && oneIn(60)) {
              query.isBroken = true
              return happen({ kind: 'failed', reason: 'the scan broke off' })
            }
            const failures = mine.failures.length
            const rows = machine.isStopped() ? [] : mine.rows.slice(mine.at, mine.at + BATCH_ROWS)
            if (rows.length === 0) {
              scan = undefined
              return happen({ kind: 'scanned', hasMore: mine.hasMore, failures })
            }
            mine.at += rows.length
            atHand = rows
            happen({ kind: 'found', rows: rows.length, failures })
          }),
        )
      }
      const say = ({ task, status, batches: sent, rows, reason }: Say): void => {
        const order = orders_.get(task)
        if (order === undefined) return violate(`${name} says something of ${query.id}/${task}, which it was not given`)
        const failed =
          reason === undefined
            ? scanned?.order.task === task
              ? scanned.failures
              : []
            : order.chunks.map((c) => c.path)
        const stats: TaskStats = {
          query: query.id,
          task,
          agent: name,
          status,
          batches: sent,
          rowsRead: rows,
          rowsSelected: rows,
          bytesRead: 0,
          filesRead: 0,
          failed: failed.map((path) => ({ path, reason: 'bad' })),
        }
        note(`task ${status}`)
        if (isAbandoned) violate(`${name} says ${status} of ${query.id}, which it has left to others`)
        if (status === 'complete' && failed.length > 0) violate(`${name}: a task is complete without ${failed[0]}`)
        if (status === 'cancelled' && !cancelled.has(query.id)) query.isFoundGone = true
        if (status !== 'running') {
          lastMs = clock
          orders_.delete(task)
          batches.delete(task)
        }
        carry(() => courses.get(query.id)?.({ kind: 'heard', stats }))
      }
      const send = ({ task, batch, rows }: WorkEffect & { readonly kind: 'send' }): void => {
        if (batch !== (batches.get(task) ?? 0)) violate(`${name}: batch ${batch} of ${query.id}/${task} is out of turn`)
        batches.set(task, batch + 1)
        if (rows !== atHand.length) violate(`${name} says ${rows} rows and sends ${atHand.length}`)
        untaken.add(`${task}/${batch}`)
        if (untaken.size > MAX_UNTAKEN) violate(`${name}: ${untaken.size} batches of ${query.id} are on the way`)
        const sent = atHand
        lastMs = clock
        carry(() => receive(query, task, batch, sent))
        // Once it has sent something: what it sent late would be told.
        if (may.kill && !isLocal && oneIn(15)) after(below(300), die)
      }
      const carryOut = (effect: WorkEffect): void => {
        switch (effect.kind) {
          case 'scan':
            if (scan !== undefined) violate(`${name}: two scans of ${query.id} at once`)
            if (machine.isStopped()) violate(`${name} scans for nobody`)
            scan = startScan(orders_.get(effect.task)!, effect.passed)
            scanned = scan
            return look(scan)
          case 'next':
            return look(scan!)
          case 'let-go':
            note('scan let go')
            scan = undefined
            return
          case 'send':
            return send(effect)
          case 'say':
            return say(effect)
          case 'close':
            if (orders_.size > 0 && !isAbandoned) violate(`${name} closes ${query.id} with ${orders_.size} tasks`)
            if (scan !== undefined) violate(`${name} closes ${query.id} in mid-scan`)
            if (untaken.size > 0 && !machine.isStopped() && clock - lastMs < CLIENT_GONE_MS)
              violate(`${name} forgets what of ${query.id} is on the way`)
            works.delete(query.id)
            open--
            return
        }
      }
      const tick = (): WorkEvent => ({ kind: 'tick', isMemoryShort: oneIn(2) })
      const happen = drive<WorkEvent, WorkEffect>(machine, { carryOut, tick, time: agentTime })
      const hear = (event: WorkEvent): void => {
        if (event.kind === 'taken' && untaken.delete(`${event.task}/${event.batch}`)) lastMs = clock
        happen(event)
      }
      givers.set(hear, (order) => {
        if (orders_.has(order.task)) return
        orders_.set(order.task, order)
        happen({ kind: 'task', task: order.task })
      })
      works.set(query.id, hear)
      if (cancelled.has(query.id)) hear({ kind: 'cancelled' })
      return hear
    }
    const givers = new Map<(event: WorkEvent) => void, (order: TaskOrder) => void>()

    const die = (): void => {
      tell(`${name} dies`)
      note('agent dies')
      isDead = true
      deadSince = clock
    }
    if (may.kill && !isLocal && oneIn(3)) after(below(8_000), die)
    if (may.stop && !isLocal && oneIn(2)) {
      after(below(8_000), () => {
        tell(`${name} takes no more tasks`)
        isLeaving = true
        after(below(5_000), () =>
          act(() => {
            note('agent leaves its tasks to others')
            isAbandoned = true
            for (const hear of works.values()) hear({ kind: 'abandoned' })
          }),
        )
      })
    }
    if (may.freeze && !isLocal && oneIn(2)) {
      after(below(8_000), () => {
        tell(`${name} freezes`)
        frozenUntil = clock + below(15_000)
      })
    }
    return {
      name,
      act,
      // The hub takes a while to see that one is gone.
      takesTasks: (): boolean => !isLeaving && clock < deadSince + 2_000,
      give: (query: WorldQuery, order: TaskOrder): void => {
        if (!isAbandoned) givers.get(work(query))!(order)
      },
      hear: (query: string, event: WorkEvent): void => works.get(query)?.(event),
      cancel: (query: string): void => {
        cancelled.add(query)
        works.get(query)?.({ kind: 'cancelled' })
      },
      left: (): number => (isDead ? 0 : open),
      ends,
    }
  }
  const agents = Array.from({ length: 1 + below(3) }, (_, i) => createAgent(`agent-${i}`, i === 0))

  // ——— the story

  const asked = 1 + below(6)
  for (let i = 0; i < asked; i++) after(below(pick([10, 3_000])), ask)
  for (let next = agenda.pop(); next !== undefined; next = agenda.pop()) {
    if (next.isOff) continue
    clock = next.atMs
    if (clock > END_MS) {
      violate('it goes on and on')
      break
    }
    next.act()
  }

  // ——— what must be true in the end

  for (const agent of agents) if (agent.left() > 0) violate(`${agent.name} has ${agent.left()} queries left`)
  const { kill, stop, freeze, ...grave } = may
  const isCalm = !Object.values(grave).some((one) => one)
  for (const query of queries) judge(query, isCalm, violate)
  for (const [size, most] of [
    ['small', 2],
    ['large', 1],
  ] as const) {
    let entered = 0
    for (let i = 0; i < most; i++) places[size].enter(`new-${i}`, () => entered++)
    if (entered !== most) violate(`of ${most} ${size} places ${entered} are free in the end`)
  }
  for (let i = 0; i < INTAKE.searches; i++) {
    const refusal = intake.take({ query: `new-${i}`, client: `new-${i}`, bytes: 0 })
    if (refusal !== undefined) violate(`the intake is not empty in the end: ${refusal}`)
  }
  return { violations, story, seen }
}

/** Whether a query was answered as it had to be. */
const judge = (query: WorldQuery, isCalm: boolean, violate: (what: string) => void): void => {
  const { id, answers, tasks, troubles, received, input } = query
  if (answers.length !== 1) return violate(`${id} has ${answers.length} answers`)
  const [{ stats, atMs }] = answers
  if (query.isRefused) return
  for (const [what, { taken, returned }] of [
    ['places', query.places],
    ['tails', query.tails],
  ] as const) {
    if (taken !== returned) violate(`${id}: of ${taken} ${what} ${returned} were given back`)
  }
  if (query.closes !== 1) violate(`${id} was closed ${query.closes} times`)
  const { timeoutMs, ttlMs } = input
  const longest = Math.max(timeoutMs + query.waitedMs + 1_000, ttlMs) + 3 * LATE_MS
  const isWaitOver = stats.error?.includes('to be started') === true
  if (atMs - query.arrivedMs > longest + (isWaitOver ? ttlMs : 0)) violate(`${id} took ${atMs - query.arrivedMs} ms`)

  const rowsOf = stats.tasks.reduce((sum, { rows }) => sum + rows, 0)
  const { status } = stats
  if (status === 'refused' && !troubles.has('refused')) violate(`${id} is refused without a reason`)
  if (status === 'cancelled' && stats.error === undefined && !troubles.has('cancelled'))
    violate(`${id} is cancelled by nobody`)
  const isBad = tasks.some(({ files }) => files.some((file) => file.isBad !== 'no'))
  if (stats.error?.includes('took none') === true && !query.isFoundGone) violate(`${id}: its client is not gone`)
  if (rowsOf > (input.limit ?? Infinity)) violate(`${id} has ${rowsOf} rows, and a limit of ${input.limit}`)
  if (status === 'timed-out') {
    const due = isWaitOver ? ttlMs : timeoutMs + query.waitedMs
    if (atMs - query.arrivedMs < due)
      violate(`${id} is timed out after ${atMs - query.arrivedMs} ms, and had ${due} ms`)
  }
  const hasTime = timeoutMs >= 60_000 && !isWaitOver
  if (isCalm && hasTime && status !== 'complete' && status !== 'limit-reached')
    violate(`${id} is ${status}, though nothing but agents failed`)
  if (status === 'partial' && !isBad && !query.isBroken && !troubles.has('failed'))
    violate(`${id} is partial without a reason`)
  if (status !== 'complete' && status !== 'limit-reached') return

  if (troubles.size > 0) violate(`${id} is ${status}, though it was ${[...troubles].join()}`)
  if (stats.failed.length > 0) violate(`${id} is ${status}, and misses ${stats.failed[0].path}`)
  if (rowsOf !== stats.rows.selected) violate(`${id}: tasks have ${rowsOf} rows, the search ${stats.rows.selected}`)
  const named = stats.tasks.flatMap(({ task, batches }) => Array.from({ length: batches }, (_, i) => `${task}/${i}`))
  // What is named and did not come the client tells by itself.
  if (!named.every((key) => received.has(key))) return
  const rows = named.flatMap((key) => received.get(key)!)
  if (new Set(rows).size !== rows.length) violate(`${id} is ${status}, and the client has a row twice`)
  if (rows.length !== stats.rows.selected) violate(`${id}: ${stats.rows.selected} rows are said, ${rows.length} sent`)
  const all = new Set(tasks.flatMap(({ files }) => files.flatMap((file) => file.rows)))
  const expected = status === 'complete' ? all.size : input.limit!
  if (rows.length !== expected) violate(`${id} is ${status} with ${rows.length} rows, not ${expected}`)
}
