import type { Snapshot } from '@fleetlake/archive'
import { type Message, type MessageInput, queueGroups, subjects } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { Hub } from '@fleetlake/hub'
import { conductSearch, type ConductOptions } from './conduct-search.ts'
import type { PlannedTask } from './core/plan-tasks.ts'
import { searchOf } from './core/search.ts'

type Query = Message<'vehicleQuery'>
type TaskStats = Message<'vehicleQueryPartitionResultStats'>

export interface Coordinator {
  /** Takes no more queries; those under way end first. */
  stop(): Promise<void>
}

export interface CoordinatorDeps {
  /** The table as it is now; undefined while there is none. */
  snapshot(): Promise<Snapshot | undefined>
}

const nothing = { total: 0, pruned: 0, read: 0 }

/** The stats of a query that read nothing. */
const emptyStats = (
  query: string,
  status: MessageInput<'vehicleQueryResultStats'>['status'],
  error?: string,
): MessageInput<'vehicleQueryResultStats'> => ({
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

/** Answers queries: checks, plans against one version of the table, fans out, and says honestly how it ended. */
export const startCoordinator = (hub: Hub, options: ConductOptions, deps: CoordinatorDeps): Coordinator => {
  const hearers = new Map<string, (stats: TaskStats) => void>()
  const inbox = subjects.finderInbox(hub.uid)
  const statsListener = hub.listen('vehicleQueryPartitionResultStats', inbox, ({ data }) =>
    hearers.get(data.query)?.(data),
  )

  const conduct = async (query: Query, reply: string): Promise<MessageInput<'vehicleQueryResultStats'>> => {
    const search = searchOf(query)
    const snapshot = await deps.snapshot()
    if (snapshot === undefined) return emptyStats(query.query, 'complete')
    const aborter = new AbortController()
    const cancels = hub.listen('vehicleQueryCancel', subjects.queryCancel(query.query), () => aborter.abort())
    try {
      return await conductSearch(query, search, snapshot, options, {
        assign: (planned, limit) =>
          hub.send('vehicleQueryPartition', subjects.queryPartition, taskOf(query, planned, limit, reply)),
        onTaskStats: (hear) => {
          hearers.set(query.query, hear)
          return () => hearers.delete(query.query)
        },
        onProgress: (progress) => hub.send('vehicleQueryProgress', reply, progress),
        cancelled: aborter.signal,
        now: () => performance.now(),
      })
    } finally {
      await cancels.close()
    }
  }

  const taskOf = (
    query: Query,
    { task, chunks }: PlannedTask,
    limit: number | undefined,
    reply: string,
  ): MessageInput<'vehicleQueryPartition'> => ({
    query: query.query,
    task,
    area: query.area,
    from: query.from,
    to: query.to,
    ...(query.vehicleTypes === undefined ? {} : { vehicleTypes: query.vehicleTypes }),
    ...(query.vehicleIds === undefined ? {} : { vehicleIds: query.vehicleIds }),
    chunks: chunks.map(({ path, bytes, inside }) => ({ path, bytes, inside })),
    ...(limit === undefined ? {} : { limit }),
    batchRows: options.batchRows,
    resultSubject: reply,
    statsSubject: inbox,
  })

  const queryListener = hub.listen(
    'vehicleQuery',
    subjects.query,
    async ({ data: query, reply, time }) => {
      if (reply === undefined) return
      const answer = (stats: MessageInput<'vehicleQueryResultStats'>): void =>
        hub.send('vehicleQueryResultStats', reply, stats)
      if (Date.now() > Date.parse(time) + query.ttlMs) {
        return answer(emptyStats(query.query, 'timed-out', `it waited for more than ${query.ttlMs} ms to be started`))
      }
      try {
        const stats = await conduct(query, reply)
        // Agents still at work on a search that has ended stop.
        if (stats.status !== 'complete')
          hub.send('vehicleQueryCancel', subjects.queryCancel(query.query), { query: query.query })
        answer(stats)
      } catch (error) {
        const isRefusal =
          error instanceof FleetError && (error.code === 'area.invalid' || error.code === 'query.invalid')
        answer(emptyStats(query.query, isRefusal ? 'refused' : 'partial', reasonOf(error)))
      }
    },
    {
      queue: queueGroups.query,
      onInvalid: (error, raw) => {
        if (raw.reply !== undefined && raw.reply !== '') {
          hub.send('vehicleQueryResultStats', raw.reply, emptyStats('unknown', 'refused', error.message))
        }
      },
    },
  )
  return {
    stop: async () => {
      await queryListener.close()
      await statsListener.close()
    },
  }
}
