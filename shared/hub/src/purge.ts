import { moveStreamName } from '@fleetlake/contracts'
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import type { Hub } from './hub.ts'
import { streamsOf, untilAnswered } from './jet-stream.ts'

/** What a message must be older than the duplicate window before it may go. */
const MARGIN_MS = 30_000

export interface PurgeableOptions {
  readonly partition: number
  /** The table holds the stream up to here. */
  readonly committed: number
  readonly duplicateWindowMs: number
}

/**
 * Invariant, trailing purge: what may go is committed and, by the server's timestamps and clock, older than the duplicate window
 * + 30 s, since a restarted server remembers only the ids of what it stores; the last committed message stays.
 * @returns the highest such sequence; 0 when there is none
 */
export const findPurgeable = async (
  hub: Hub,
  { partition, committed, duplicateWindowMs }: PurgeableOptions,
): Promise<number> => {
  const ageMs = duplicateWindowMs + MARGIN_MS
  if (committed <= 1) return 0
  let look = await lastBefore(hub, partition, Date.now() - ageMs)
  if (look.beforeMs > look.serverNowMs - ageMs) {
    // Our clock is ahead of the server's.
    look = await lastBefore(hub, partition, look.serverNowMs - ageMs)
  }
  return Math.max(0, Math.min(look.sequence, committed - 1))
}

/** Removes the messages up to `sequence`, inclusive. Sequences go on counting. */
export const purgeThrough = async (hub: Hub, partition: number, sequence: number): Promise<void> => {
  if (sequence < 1) return
  const streams = await streamsOf(hub)
  await untilAnswered(hub, () => streams.streams.purge(moveStreamName(partition), { seq: sequence + 1 }))
}

/**
 * The last sequence that was stored before an instant. No message travels for it: the server says where a consumer that
 * starts at that time would start.
 */
const lastBefore = async (
  hub: Hub,
  partition: number,
  beforeMs: number,
): Promise<{ sequence: number; beforeMs: number; serverNowMs: number }> => {
  const streams = await streamsOf(hub)
  const name = moveStreamName(partition)
  const consumer = await untilAnswered(hub, () =>
    streams.consumers.add(name, {
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: new Date(beforeMs).toISOString(),
      ack_policy: AckPolicy.None,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(1_000),
    }),
  )
  await streams.consumers.delete(name, consumer.name).catch(() => undefined)
  return { sequence: consumer.delivered.stream_seq, beforeMs, serverNowMs: Date.parse(consumer.created) }
}
