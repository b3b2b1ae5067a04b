import { subjects } from '@fleetlake/contracts'
import { codeField, reasonOf, repeat } from '@fleetlake/core'
import { type Hub, type Listener, type Membership, ownedPartitions, partitionsOf } from '@fleetlake/hub'
import type { Collector } from './collector.ts'

/** How soon a stream that was added or deleted is noticed. */
const PARTITIONS_MS = 5_000

export interface FollowDeps {
  readonly hub: Hub
  readonly membership: Membership
  readonly collector: Collector
  warn(what: Record<string, unknown>, message: string): void
  /** Ends it; the flush requests go on being answered. */
  readonly signal: AbortSignal
}

export interface Following {
  stopAnswering(): Promise<void>
}

/** Keeps what the collector reads, and the flush requests that it answers, in step with who is alive. */
export const followMembership = async ({
  hub,
  membership,
  collector,
  warn,
  signal,
}: FollowDeps): Promise<Following> => {
  let partitions = await partitionsOf(hub)
  const listeners = new Map<number, Listener>()
  const assign = (): void => {
    if (signal.aborted) return
    const owned = ownedPartitions(membership.members(), partitions, hub.uid)
    collector.assign(owned)
    for (const partition of owned) {
      if (!listeners.has(partition)) listeners.set(partition, answerFlushes(hub, collector, partition))
    }
    for (const [partition, listener] of listeners) {
      if (owned.includes(partition)) continue
      listeners.delete(partition)
      void listener.close()
    }
  }
  assign()
  signal.addEventListener('abort', membership.onChange(assign))
  const look = async (): Promise<void> => {
    try {
      const found = await partitionsOf(hub)
      if (found.join() === partitions.join()) return
      partitions = found
      assign()
    } catch (error) {
      if (!signal.aborted) warn(codeField(error), `the hub's partitions could not be read: ${reasonOf(error)}`)
    }
  }
  void repeat(look, { everyMs: PARTITIONS_MS, signal })
  return {
    stopAnswering: async () => {
      await Promise.all(Array.from(listeners.values(), (listener) => listener.close()))
    },
  }
}

const answerFlushes = (hub: Hub, collector: Collector, partition: number): Listener =>
  hub.listen('flush', subjects.flush(partition), async ({ data, reply }) => {
    const committed = await collector.flushThrough(data)
    if (reply !== undefined && committed !== undefined && hub.control.isOpen())
      hub.send('flushed', reply, { committed })
  })
