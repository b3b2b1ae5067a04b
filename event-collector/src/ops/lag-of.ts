import { moveStreamName } from '@fleetlake/contracts'
import { createStreamsLook, type Hub, type Offset, storedMessage } from '@fleetlake/hub'

/** How far a collector is with a partition. */
export interface PartitionStand {
  readonly partition: number
  /** Up to where the table holds the stream; undefined until that is known, and while it is found out again. */
  readonly committed: Offset | undefined
  /** Age of the oldest message that is read and not committed, ms; 0 when there is none. */
  readonly lagMs: number
}

/** What is acknowledged and not archived. */
export interface PartitionLag {
  readonly partition: number
  readonly rows: number
  readonly seconds: number
}

/** How a stream is filled. */
export interface StreamFill {
  readonly stream: string
  readonly bytes: number
  /** Undefined when it has none. */
  readonly limitBytes: number | undefined
}

export interface LagDeps {
  /** Positions of a message; undefined when no message has been read yet. */
  rowsPerMessage(partition: number): number | undefined
  readonly now: () => number
}

/** What a message that was not read yet says of itself. */
const saidRows = (header: string | undefined): number =>
  /^\d{1,6}$/.test(header ?? '') ? Math.max(1, Number(header)) : 1

/** @returns looks at the streams of some partitions. One whose offset is not of the stream that is there has no lag yet: it is found out what was lost. */
export const createLagLook = (hub: Hub, { rowsPerMessage, now }: LagDeps) => {
  const look = createStreamsLook(hub)
  return async (
    stands: readonly PartitionStand[],
  ): Promise<{ readonly lags: readonly PartitionLag[]; readonly fills: readonly StreamFill[] }> => {
    const streams = await look()
    const lags: PartitionLag[] = []
    const fills: StreamFill[] = []
    for (const { partition, committed, lagMs } of stands) {
      const state = streams.get(partition)
      if (state === undefined) continue
      fills.push({ stream: moveStreamName(partition), bytes: state.bytes, limitBytes: state.settings.maxBytes })
      if (committed === undefined || (committed.created ?? state.created) !== state.created) continue
      const messages = Math.max(0, state.last - committed.sequence)
      // What is there and was not read yet is asked for.
      const oldest =
        messages > 0 && lagMs === 0 ? await storedMessage(hub, partition, committed.sequence + 1) : undefined
      const each = rowsPerMessage(partition) ?? saidRows(oldest?.header('fleet-rows'))
      const ageMs = lagMs > 0 ? lagMs : now() - (oldest?.timestampMs ?? now())
      lags.push({
        partition,
        rows: Math.round(messages * each),
        seconds: messages === 0 ? 0 : Math.max(0, ageMs) / 1000,
      })
    }
    return { lags, fills }
  }
}
