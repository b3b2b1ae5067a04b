import { encodePositions, type Message, queueGroups, subjects } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import { batchesOf } from './core/batches.ts'
import { searchOf } from './core/search.ts'
import { selectRows } from './core/select.ts'
import { type ScanDeps, scanChunks } from './scan-chunks.ts'
import { createTurns } from './turns.ts'
import { createUntaken, type Untaken } from './untaken.ts'

type Task = Message<'vehicleQueryPartition'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>

/** Tasks that one process scans at once; polars uses every core for each. */
const SCANS_AT_ONCE = 2
/** Batches of a query that are sent and not yet taken. */
const MAX_UNTAKEN = 8
/** An asker that takes nothing for this long is gone. */
const ASKER_GONE_MS = 10_000
const SIGN_OF_LIFE_MS = 1_000

/** A query as far as this agent works on it. */
interface ActiveQuery {
  readonly untaken: Untaken
  readonly tasks: Set<number>
  isCancelled: boolean
  close(): Promise<void>
}

export interface Agent {
  /** Takes no more tasks; resolves when those under way are done. */
  stop(): Promise<void>
}

/** Scans tasks and sends what it finds straight to the asker. Several queries take turns. */
export const startAgent = (hub: Hub, deps: ScanDeps): Agent => {
  const queries = new Map<string, ActiveQuery>()
  const turns = createTurns(SCANS_AT_ONCE)

  const activate = (query: string): ActiveQuery => {
    const known = queries.get(query)
    if (known !== undefined) return known
    const untaken = createUntaken({ most: MAX_UNTAKEN, goneMs: ASKER_GONE_MS })
    const takes = hub.listen('vehicleQueryTaken', subjects.queryTaken(query), ({ data }) =>
      untaken.take(`${data.task}/${data.batch}`),
    )
    const cancels = hub.listen('vehicleQueryCancel', subjects.queryCancel(query), () => {
      active.isCancelled = true
      untaken.giveUp()
    })
    const active: ActiveQuery = {
      untaken,
      tasks: new Set(),
      isCancelled: false,
      close: async () => {
        if (queries.get(query) !== active) return
        queries.delete(query)
        await Promise.all([takes.close(), cancels.close()])
      },
    }
    queries.set(query, active)
    return active
  }

  const work = async (task: Task, active: ActiveQuery): Promise<void> => {
    const stats: { -readonly [Key in keyof TaskStats]: TaskStats[Key] } = {
      query: task.query,
      task: task.task,
      agent: hub.uid,
      status: 'running',
      batches: 0,
      rowsRead: 0,
      rowsSelected: 0,
      bytesRead: 0,
      filesRead: 0,
      failed: [],
    }
    const tell = (): void => hub.send('vehicleQueryPartitionResultStats', task.statsSubject, stats)
    const living = setInterval(tell, SIGN_OF_LIFE_MS)
    try {
      await turns.take(task.query, async () => {
        if (!active.isCancelled) await scanAndSend(task, active, stats)
      })
      if (stats.status === 'running') stats.status = active.isCancelled ? 'cancelled' : 'complete'
    } catch (error) {
      stats.status = 'partial'
      stats.failed = task.chunks.map(({ path }) => ({ path, reason: reasonOf(error) }))
    } finally {
      clearInterval(living)
    }
    tell()
  }

  const scanAndSend = async (
    task: Task,
    active: ActiveQuery,
    stats: { -readonly [Key in keyof TaskStats]: TaskStats[Key] },
  ): Promise<void> => {
    const search = searchOf(task)
    const area = task.chunks.every(({ inside }) => inside) ? undefined : search.area
    const scanned = await scanChunks({ ...search, area, chunks: task.chunks }, deps)
    stats.filesRead = scanned.filesRead
    stats.bytesRead = scanned.bytesRead
    stats.failed = [...scanned.failed]
    stats.rowsRead = scanned.rows.length
    const selected = selectRows(scanned.rows, area).subarray(0, task.limit)
    for (const batch of batchesOf(scanned.rows, selected, task.batchRows)) {
      const isWanted = await active.untaken.add(`${task.task}/${stats.batches}`)
      if (!isWanted || active.isCancelled) {
        active.isCancelled = true
        return
      }
      hub.send('vehicleQueryResult', task.resultSubject, encodePositions(batch) as Uint8Array<ArrayBuffer>, {
        headers: {
          'fleet-query': task.query,
          'fleet-task': String(task.task),
          'fleet-batch': String(stats.batches),
          'fleet-rows': String(batch.length),
        },
      })
      stats.batches++
      stats.rowsSelected += batch.length
    }
    if (scanned.failed.length > 0) stats.status = 'partial'
  }

  const listener = hub.listen(
    'vehicleQueryPartition',
    subjects.queryPartition,
    async ({ data: task }) => {
      const active = activate(task.query)
      // Sent again while it is being worked on: its signs of life go on.
      if (active.tasks.has(task.task)) return
      active.tasks.add(task.task)
      await work(task, active)
      active.tasks.delete(task.task)
      // What is sent and not taken counts for the query's next task too.
      await active.untaken.settled()
      if (active.tasks.size === 0) await active.close()
    },
    { queue: queueGroups.queryPartition },
  )
  return { stop: () => listener.close() }
}
