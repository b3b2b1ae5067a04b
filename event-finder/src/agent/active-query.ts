import { encodeDescribedPositions, type Positions } from '@fleetlake/columnar'
import { CADENCES_HEADER, type Message, subjects, writeCadenceRuns } from '@fleetlake/contracts'
import { reasonOf, type Span, type TraceContext } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import { boundFaults, type Fault } from '../core/bound-faults.ts'
import { createQueryWork, type WorkEffect, type WorkEvent } from '../core/query-work.ts'
import { searchSteps, type VehicleSearch } from '../core/search.ts'
import { measuresOfTask } from '../core/search-measures.ts'
import { drive } from '../drive.ts'
import type { CadenceMemory } from '../presence/cadence-memory.ts'
import { type ScanCounts, type ScanDeps, scanTask, startCounts } from '../scan/scan-task.ts'
import { sendWhileOpen } from '../send-while-open.ts'
import type { HeldTail } from '../tail/held-tail.ts'
import { scanTail } from '../tail/scan-tail.ts'
import { type Owner, takeTurns } from '../waiting/turns.ts'

type Task = Message<'vehicleQueryPartition'>

/** A query as far as this agent works on it. */
export interface ActiveQuery {
  /** Queues a task; one that is queued already goes on as it is. */
  add(task: Task, given?: GivenWith): void
  /** The client wants no more. */
  cancel(): void
  /** Says nothing any more: a coordinator that waits for its tasks gives them to others. */
  abandon(): void
  /** Tasks that it has and has not begun. */
  queued(): number
  /** Resolves when no task is left. */
  idle(): Promise<void>
}

export interface ActiveQueryDeps {
  /** Whose it is: only that person's word counts. */
  readonly person: string
  readonly hub: Hub
  readonly scan: ScanDeps
  /** Without it nothing is said of how often vehicles report. */
  readonly cadences?: CadenceMemory | undefined
  /** Told when there is nothing left of the query: no task, and no batch on the way. */
  readonly onDone: () => void
}

/** What comes with a task. */
export interface GivenWith {
  /** What is not archived yet, for the task that gives it. */
  readonly tail?: HeldTail | undefined
  /** The search that it belongs to, where that is traced. */
  readonly trace?: TraceContext | undefined
}

/** A task that came. */
interface Given {
  readonly task: Task
  readonly tail: HeldTail | undefined
  readonly span: Span | undefined
  /** Of its scan that is under way. */
  counts: ScanCounts
}

interface Scan {
  readonly given: Given
  /** Undefined while it waits for the one before it to end. */
  found: AsyncGenerator<Positions> | undefined
}

type Say = WorkEffect & { readonly kind: 'say' }

/** Scans a query's tasks and sends what it finds to the client. When it does what is `createQueryWork`'s. */
export const createActiveQuery = (
  owner: Owner,
  { person, hub, scan: deps, cadences, onDone }: ActiveQueryDeps,
): ActiveQuery => {
  const { query } = owner
  const work = createQueryWork()
  const tasks = new Map<number, Given>()
  /** Of the first task; it is the same for all, so that it is kept once: an area takes memory, and a while to check. */
  let request: Task | undefined
  let search: VehicleSearch | undefined
  /** The one at work: of one that was let go nothing counts any more. */
  let scan: Scan | undefined
  let letting: Promise<unknown> | undefined
  let atHand: { readonly data: Uint8Array<ArrayBuffer>; readonly cadences: string | undefined } | undefined
  const waiting: (() => void)[] = []

  const takes = hub.listen(
    'vehicleQueryTaken',
    subjects.vehicleQueryTaken(person, query),
    ({ data: { task, batch } }) => happen({ kind: 'taken', task, batch }),
  )

  const searchOf = async (asked: Task): Promise<VehicleSearch> => {
    const measures = measuresOfTask(asked)
    const found = await takeTurns(deps.processor, owner, searchSteps(asked))
    return measures === undefined ? found : { ...found, measures }
  }
  /** Scans what is left of a task after the rows that were sent: the batches that follow are the same. */
  const scanRest = (given: Given, passed: number, wanted: VehicleSearch): AsyncGenerator<Positions> => {
    const { task, tail } = given
    const { chunks, batchRows } = task
    const limit = task.limit === undefined ? undefined : task.limit - passed
    const rest = { owner, search: wanted, chunks, skip: task.skip + passed, limit, batchRows }
    given.counts = startCounts()
    return tail === undefined
      ? scanTask(rest, deps, given.counts, work.isStopped)
      : scanTail(tail, rest, deps.processor, given.counts, work.isStopped)
  }
  const open = async ({ given }: Scan, passed: number): Promise<AsyncGenerator<Positions>> => {
    // A query never holds more than one file.
    await letting
    search ??= await searchOf(request!)
    return scanRest(given, passed, search)
  }
  const lookOn = async (mine: Scan, passed: number): Promise<WorkEvent> => {
    try {
      mine.found ??= await open(mine, passed)
      const { done, value: rows } = await mine.found.next()
      const { failed, hasMore } = mine.given.counts
      if (done === true) return { kind: 'scanned', hasMore, failures: failed.length }
      const known = await cadences?.of(rows, search!.vehicleIds)
      const data = encodeDescribedPositions(rows) as Uint8Array<ArrayBuffer>
      atHand = { data, cadences: known && writeCadenceRuns(known) }
      return { kind: 'found', rows: rows.length, failures: failed.length }
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error) }
    }
  }
  const look = async (mine: Scan, passed = 0): Promise<void> => {
    const event = await lookOn(mine, passed)
    if (scan === mine) happen(event)
  }
  const send = ({ task, batch, rows, failures }: WorkEffect & { readonly kind: 'send' }): void => {
    const { data, cadences: told } = atHand!
    sendWhileOpen(() =>
      hub.send('vehicleQueryResult', tasks.get(task)!.task.resultSubject, data, {
        headers: {
          'fleet-query': query,
          'fleet-task': String(task),
          'fleet-batch': String(batch),
          'fleet-rows': String(rows),
          ...(failures === 0 ? {} : { 'fleet-unread': '1' }),
          ...(told === undefined ? {} : { [CADENCES_HEADER]: told }),
        },
      }),
    )
  }
  const say = ({ task, status, batches, rows, reason }: Say): void => {
    const given = tasks.get(task)!
    const { counts } = given
    sendWhileOpen(() =>
      hub.send('vehicleQueryPartitionResultStats', given.task.statsSubject, {
        query,
        task,
        agent: hub.uid,
        status,
        batches,
        rowsRead: counts.rowsRead,
        rowsSelected: rows,
        bytesRead: counts.bytesRead,
        filesRead: counts.filesRead,
        failed: boundFaults(reason === undefined ? counts.failed : [...faultsOf(given, reason), ...counts.failed]),
      }),
    )
  }

  const startSpan = (trace: TraceContext | undefined): Span | undefined =>
    trace && hub.tracer?.start('scan', { kind: 'consumer', parent: trace })
  const endSpan = ({ task, status, rows }: Say): void => {
    const { span, counts } = tasks.get(task)!
    span?.set({
      'fleetlake.files.read': counts.filesRead,
      'fleetlake.bytes.read': counts.bytesRead,
      'fleetlake.rows.read': counts.rowsRead,
      'fleetlake.rows.found': rows,
    })
    span?.end(status === 'complete' ? undefined : status)
  }

  const carryOut = (effect: WorkEffect): void => {
    switch (effect.kind) {
      case 'scan':
        scan = { given: tasks.get(effect.task)!, found: undefined }
        return void look(scan, effect.passed)
      case 'next':
        return void look(scan!)
      case 'let-go':
        letting = scan?.found?.return(undefined).catch(() => undefined)
        scan = undefined
        return
      case 'send':
        try {
          return send(effect)
        } catch (error) {
          return happen({ kind: 'failed', reason: reasonOf(error) })
        }
      case 'say':
        say(effect)
        if (effect.status !== 'running') {
          endSpan(effect)
          tasks.delete(effect.task)
        }
        if (work.isIdle()) for (const resolve of waiting.splice(0)) resolve()
        return
      case 'close':
        void takes.close()
        return onDone()
    }
  }
  const tick = (): WorkEvent => ({ kind: 'tick', isMemoryShort: deps.memory.isShort() })
  const happen = drive(work, { carryOut, tick })

  return {
    add: (task, { tail, trace } = {}) => {
      if (tasks.has(task.task)) return
      request ??= task
      tasks.set(task.task, {
        task: { ...task, area: undefined, visible: undefined },
        tail,
        span: startSpan(trace),
        counts: startCounts(),
      })
      happen({ kind: 'task', task: task.task })
    },
    cancel: () => happen({ kind: 'cancelled' }),
    abandon: () => happen({ kind: 'abandoned' }),
    queued: () => Math.max(0, tasks.size - (scan === undefined ? 0 : 1)),
    idle: () => new Promise((resolve) => (work.isIdle() ? resolve() : waiting.push(resolve))),
  }
}

/** What of a task can't be had, when nothing can. */
const faultsOf = ({ task, tail }: Given, reason: string): Fault[] =>
  tail === undefined ? task.chunks.map(({ path }) => ({ path, reason })) : [{ path: 'hub', reason }]
