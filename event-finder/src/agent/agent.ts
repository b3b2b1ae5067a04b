import { setTimeout as delay } from 'node:timers/promises'
import { createArenaPool } from '@fleetlake/columnar/parquet'
import { type Message, queueGroups, subjects } from '@fleetlake/contracts'
import type { TraceContext } from '@fleetlake/core'
import { type Hub, traceOf } from '@fleetlake/hub'
import { type ActiveQuery, createActiveQuery } from './active-query.ts'
import type { CadenceMemory } from '../presence/cadence-memory.ts'
import { createByteBudget } from '../waiting/byte-budget.ts'
import type { ScanDeps } from '../scan/scan-task.ts'
import type { HeldTail } from '../tail/held-tail.ts'
import { createTurns } from '../waiting/turns.ts'

/** For the rows of files that are read, or whose rows wait for their client. */
const MEMORY_BYTES = 256 * 1024 * 1024
/** A task may arrive after its query was cancelled, by far less than this. */
const REMEMBER_CANCEL_MS = 30_000
const MOST_CANCELLED = 10_000
/** A stop leaves the tasks of slow clients to others after this long. */
const STOP_MS = 5_000

export interface Agent {
  /** Takes on the task of a query that this process leads: what is not archived yet. */
  add(task: Message<'vehicleQueryPartition'>, tail: HeldTail, trace?: TraceContext): void
  /** Tasks that it has taken on and not begun. */
  queued(): number
  /** Takes no more tasks; resolves when those under way are done or left to others. */
  stop(): Promise<void>
}

/** Scans tasks and sends what it finds straight to the client. Several queries take turns. */
export const startAgent = (
  hub: Hub,
  {
    store,
    processor,
    cadences,
  }: Pick<ScanDeps, 'store' | 'processor'> & { readonly cadences?: CadenceMemory | undefined },
  { memoryBytes = MEMORY_BYTES }: { memoryBytes?: number | undefined } = {},
): Agent => {
  const queries = new Map<string, ActiveQuery>()
  const cancelled = new Set<string>()
  const scan: ScanDeps = {
    store,
    reads: createTurns(store.readsAtOnce),
    processor,
    memory: createByteBudget(memoryBytes),
    arenas: createArenaPool(),
  }

  const activate = ({ person, client, query, statsSubject }: Message<'vehicleQueryPartition'>): ActiveQuery => {
    const whose = `${person} ${query}`
    // Two finders may lead a query each of the same id: what one says is not for the other.
    const key = `${whose} ${statsSubject}`
    const known = queries.get(key)
    if (known !== undefined) return known
    const active = createActiveQuery(
      { client, query },
      { person, hub, scan, cadences, onDone: () => queries.delete(key) },
    )
    queries.set(key, active)
    if (cancelled.has(whose)) active.cancel()
    return active
  }

  const cancels = hub.listen(
    'vehicleQueryCancel',
    subjects.vehicleQueryCancel('*', '*'),
    ({ person, data: { query } }) => {
      const whose = `${person} ${query}`
      cancelled.add(whose)
      if (cancelled.size > MOST_CANCELLED) cancelled.delete(cancelled.keys().next().value!)
      setTimeout(() => cancelled.delete(whose), REMEMBER_CANCEL_MS).unref()
      for (const [key, active] of queries) if (key.startsWith(`${whose} `)) active.cancel()
    },
  )
  const tasks = hub.listen(
    'vehicleQueryPartition',
    subjects.vehicleQueryPartition,
    ({ data, headers }) => activate(data).add(data, hub.tracer === undefined ? {} : { trace: traceOf(headers) }),
    {
      queue: queueGroups.vehicleQueryPartition,
    },
  )
  return {
    add: (task, tail, trace) => activate(task).add(task, { tail, trace }),
    queued: () => [...queries.values()].reduce((sum, query) => sum + query.queued(), 0),
    stop: async () => {
      await tasks.close()
      const active = [...queries.values()]
      const patience = new AbortController()
      await Promise.race([
        Promise.all(active.map((query) => query.idle())),
        delay(STOP_MS, undefined, { signal: patience.signal }).catch(() => undefined),
      ])
      patience.abort()
      for (const query of active) query.abandon()
      await cancels.close()
    },
  }
}
