import { encodePositions, type Message, subjects } from '@fleetlake/contracts'
import { type Positions, reasonOf } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import { searchOf } from './core/search.ts'
import { type ScanCounts, type ScanDeps, scanTask, startCounts } from './scan/scan-task.ts'
import type { HeldTail } from './tail/held-tail.ts'
import { scanTail } from './tail/scan-tail.ts'
import { createUntaken } from './untaken.ts'

type Task = Message<'vehicleQueryPartition'>
type TaskStatus = Message<'vehicleQueryPartitionResultStats'>['status']

/** Batches of a query that are sent and not yet taken. */
const MAX_UNTAKEN = 8
/** An asker that takes nothing for this long is gone. */
const ASKER_GONE_MS = 10_000
const SIGN_OF_LIFE_MS = 1_000

/** A query as far as this agent works on it. */
export interface ActiveQuery {
  /**
   * Queues a task; one that is queued already goes on as it is.
   * @param tail what is not archived yet, for the task that gives it
   */
  add(task: Task, tail?: HeldTail): void
  /** The asker wants no more. */
  cancel(): void
  /** Says nothing any more: whoever waits for its tasks gives them to others. */
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
  readonly counts: ScanCounts
  readonly living: NodeJS.Timeout
  batches: number
  rows: number
}

/**
 * Works on a query's tasks one after the other, so that it never holds more than one file, and waits for its asker without taking
 * anybody's turn.
 */
export const createActiveQuery = (query: string, { hub, scan, onDone }: ActiveQueryDeps): ActiveQuery => {
  const untaken = createUntaken({ most: MAX_UNTAKEN, goneMs: ASKER_GONE_MS })
  const works = new Map<number, Work>()
  let [isGivenUp, isAbandoned, isClosed] = [false, false, false]
  let working: Promise<void> | undefined
  let forgetting: NodeJS.Timeout | undefined

  const takes = hub.listen('vehicleQueryTaken', subjects.queryTaken(query), ({ data: { task, batch } }) => {
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
  const send = (work: Work, rows: Positions): void => {
    hub.send('vehicleQueryResult', work.task.resultSubject, encodePositions(rows) as Uint8Array<ArrayBuffer>, {
      headers: {
        'fleet-query': query,
        'fleet-task': String(work.task.task),
        'fleet-batch': String(work.batches),
        'fleet-rows': String(rows.length),
      },
    })
    work.batches++
    work.rows += rows.length
  }
  const perform = async (work: Work): Promise<TaskStatus> => {
    const { task, tail, counts } = work
    const { chunks, skip, limit, batchRows } = task
    const scanned = { query, search: searchOf(task), chunks, skip, limit, batchRows }
    const isStopped = (): boolean => isGivenUp
    const found =
      tail === undefined
        ? scanTask(scanned, scan, counts, isStopped)
        : scanTail(tail, scanned, scan.turns, counts, isStopped)
    for await (const rows of found) {
      isGivenUp ||= !(await untaken.add(`${task.task}/${work.batches}`))
      if (isGivenUp) break
      send(work, rows)
    }
    if (isGivenUp) return 'cancelled'
    if (counts.hasMore) return 'limit-reached'
    return counts.failed.length > 0 ? 'partial' : 'complete'
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
      const work: Work = {
        task,
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
