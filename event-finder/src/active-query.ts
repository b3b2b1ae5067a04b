import { setTimeout as delay } from 'node:timers/promises'
import { encodeDescribedPositions, type Positions } from '@fleetlake/columnar'
import { type Message, subjects } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import { searchSteps, type VehicleSearch } from './core/search.ts'
import { measuresOfTask } from './core/search-measures.ts'
import { type ScanCounts, type ScanDeps, scanTask, startCounts } from './scan/scan-task.ts'
import type { HeldTail } from './tail/held-tail.ts'
import { scanTail } from './tail/scan-tail.ts'
import { type Owner, takeTurns } from './turns.ts'
import { createUntaken } from './untaken.ts'

type Task = Message<'vehicleQueryPartition'>
type TaskStatus = Message<'vehicleQueryPartitionResultStats'>['status']

/** Batches of a query that are sent and not yet taken. */
const MAX_UNTAKEN = 8
/** A client that takes nothing for this long is gone. */
const ASKER_GONE_MS = 10_000
const SIGN_OF_LIFE_MS = 1_000
/** While others wait for memory, a query that waits for its client for longer than this gives its own back. */
const YIELD_MS = 250

/** A query as far as this agent works on it. */
export interface ActiveQuery {
  /**
   * Queues a task; one that is queued already goes on as it is.
   * @param tail what is not archived yet, for the task that gives it
   */
  add(task: Task, tail?: HeldTail): void
  /** The client wants no more. */
  cancel(): void
  /** Says nothing any more: a coordinator that waits for its tasks gives them to others. */
  abandon(): void
  /** Resolves when no task is left. */
  idle(): Promise<void>
}

export interface ActiveQueryDeps {
  readonly hub: Hub
  readonly scan: ScanDeps
  /** Told when there is nothing left of the query: no task, and no batch on the way. */
  readonly onDone: () => void
}

/** A task that came, and how far it is. */
interface Work {
  readonly task: Task
  readonly tail: HeldTail | undefined
  /** Of the scan that is under way. */
  counts: ScanCounts
  readonly living: NodeJS.Timeout
  batches: number
  rows: number
}

/**
 * Works on a query's tasks one after the other, so that it never holds more than one file, and waits for its client without taking
 * anybody's turn.
 */
export const createActiveQuery = (owner: Owner, { hub, scan, onDone }: ActiveQueryDeps): ActiveQuery => {
  const { query } = owner
  /** The same for all tasks, so that it is kept once: an area takes memory, and a while to check. */
  let request: Task | undefined
  let search: VehicleSearch | undefined
  const untaken = createUntaken({ most: MAX_UNTAKEN, goneMs: ASKER_GONE_MS })
  const works = new Map<number, Work>()
  let [isGivenUp, isAbandoned, isClosed] = [false, false, false]
  let working: Promise<void> | undefined
  let forgetting: NodeJS.Timeout | undefined

  const takes = hub.listen('vehicleQueryTaken', subjects.vehicleQueryTaken(query), ({ data: { task, batch } }) => {
    untaken.take(`${task}/${batch}`)
    settle()
  })
  const close = (): void => {
    if (isClosed) return
    isClosed = true
    clearTimeout(forgetting)
    void takes.close()
    onDone()
  }
  /** What is on the way counts for the query's next task too, but not for ever. */
  const settle = (): void => {
    clearTimeout(forgetting)
    if (working !== undefined) return
    if (untaken.isEmpty() || isGivenUp) close()
    else forgetting = setTimeout(close, ASKER_GONE_MS)
  }

  const tell = ({ task, counts, batches, rows }: Work, status: TaskStatus): void => {
    if (isAbandoned || hub.connection.isClosed()) return
    hub.send('vehicleQueryPartitionResultStats', task.statsSubject, {
      query,
      task: task.task,
      agent: hub.uid,
      status,
      batches,
      rowsRead: counts.rowsRead,
      rowsSelected: rows,
      bytesRead: counts.bytesRead,
      filesRead: counts.filesRead,
      failed: counts.failed,
    })
  }
  const send = (work: Work, data: Uint8Array<ArrayBuffer>, rows: number): void => {
    hub.send('vehicleQueryResult', work.task.resultSubject, data, {
      headers: {
        'fleet-query': query,
        'fleet-task': String(work.task.task),
        'fleet-batch': String(work.batches),
        'fleet-rows': String(rows),
      },
    })
    work.batches++
    work.rows += rows
  }
  /** Scans what is left of a task after the rows that were sent: the batches that follow are the same. */
  const scanRest = (work: Work, wanted: VehicleSearch): AsyncGenerator<Positions> => {
    const { task, tail } = work
    const { chunks, batchRows } = task
    const skip = task.skip + work.rows
    const limit = task.limit === undefined ? undefined : task.limit - work.rows
    const rest = { owner, search: wanted, chunks, skip, limit, batchRows }
    const isStopped = (): boolean => isGivenUp
    work.counts = startCounts()
    return tail === undefined
      ? scanTask(rest, scan, work.counts, isStopped)
      : scanTail(tail, rest, scan.processor, work.counts, isStopped)
  }
  /** @returns whether others waited for memory, too, before there was room for a batch */
  const isInTheWay = async (room: Promise<boolean>): Promise<boolean> => {
    for (;;) {
      const waited = new AbortController()
      const patience = delay(YIELD_MS, 'late' as const, { signal: waited.signal }).catch(() => 'late' as const)
      const first = await Promise.race([room, patience])
      waited.abort()
      if (first !== 'late') return false
      if (scan.memory.isShort()) return true
    }
  }
  const searchOf = async (asked: Task): Promise<VehicleSearch> => {
    const measures = measuresOfTask(asked)
    const found = await takeTurns(scan.processor, owner, searchSteps(asked))
    return measures === undefined ? found : { ...found, measures }
  }
  const perform = async (work: Work): Promise<TaskStatus> => {
    const wanted = (search ??= await searchOf(request!))
    let found = scanRest(work, wanted)
    for (;;) {
      const { done, value: rows } = await found.next()
      if (done === true || isGivenUp) break
      const data = encodeDescribedPositions(rows) as Uint8Array<ArrayBuffer>
      const rowCount = rows.length
      const isSlow = untaken.isFull()
      const room = untaken.add(`${work.task.task}/${work.batches}`)
      const isLet = isSlow && (await isInTheWay(room))
      if (isLet) await found.return(undefined)
      isGivenUp ||= !(await room)
      if (isGivenUp) break
      send(work, data, rowCount)
      if (isLet) found = scanRest(work, wanted)
    }
    await found.return(undefined)
    const { hasMore, failed } = work.counts
    if (isGivenUp) return 'cancelled'
    if (hasMore) return 'limit-reached'
    return failed.length > 0 ? 'partial' : 'complete'
  }
  const workOff = async (): Promise<void> => {
    for (const work of works.values()) {
      try {
        tell(work, await perform(work))
      } catch (error) {
        work.counts.failed = work.task.chunks.map(({ path }) => ({ path, reason: reasonOf(error) }))
        tell(work, 'partial')
      }
      clearInterval(work.living)
      works.delete(work.task.task)
    }
    working = undefined
    settle()
  }

  return {
    add: (task, tail) => {
      if (works.has(task.task)) return
      request ??= task
      const work: Work = {
        task: { ...task, area: undefined },
        tail,
        counts: startCounts(),
        living: setInterval(() => tell(work, 'running'), SIGN_OF_LIFE_MS),
        batches: 0,
        rows: 0,
      }
      works.set(task.task, work)
      clearTimeout(forgetting)
      working ??= workOff()
    },
    cancel: () => {
      isGivenUp = true
      untaken.giveUp()
      settle()
    },
    abandon: () => {
      isAbandoned = true
      isGivenUp = true
      untaken.giveUp()
      settle()
    },
    idle: async () => working,
  }
}
