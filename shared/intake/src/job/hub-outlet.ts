import { createHash } from 'node:crypto'
import type { Config, StreamPosition } from '@fleetlake/contracts'
import { orAborted } from '@fleetlake/core'
import { createMovePublisher, drainWithin, duplicateWindowOf, type Hub, type MovePublisher } from '@fleetlake/hub'
import type { BatchOutlet } from './partition-sink.ts'

/** Takes an import's batches into the hub. */
export interface HubOutlet extends BatchOutlet {
  /** Resolves once every partition has room, or when aborted. */
  whenRoom(): Promise<void>
  /**
   * Resolves once the hub has all that was published; once aborted, waits some seconds more at most.
   * @returns for each partition the last sequence that was stored; undefined when given up
   */
  settle(): Promise<StreamPosition[] | undefined>
  /** Rows that the hub has acknowledged. */
  stored(): number
  /** What holds it up, if anything, for people. */
  note(): string | undefined
  close(): void
}

export interface OutletOptions {
  readonly job: string
  readonly partitions: readonly number[]
  readonly config: Config
  readonly signal: AbortSignal
  readonly say: (sentence: string) => void
}

/** How long an import that was stopped goes on publishing what it has read. */
const STOP_DRAIN_MS = 5_000

/** Of the rows of a message: part of its id, so that none is taken for the repetition of another. */
const digestOf = (payload: Uint8Array): string => createHash('sha256').update(payload).digest('hex').slice(0, 16)

export const openHubOutlet = async (
  hub: Hub,
  { job, partitions, config, signal, say }: OutletOptions,
): Promise<HubOutlet> => {
  const publisher: MovePublisher = createMovePublisher(hub, {
    run: job,
    agent: 'import',
    partitions,
    queueBytes: config.generator.queueBytes,
    duplicateWindowMs: await duplicateWindowOf(hub, partitions),
    digestOf,
    onState: ({ partition, state, reason }) => {
      if (state === 'full') say(`partition ${partition} is full: waiting for the archive to catch up`)
      if (state === 'unknown')
        say(`partition ${partition}: ${reason}; it is not known whether the message was stored, so it is sent again`)
    },
  })
  return {
    publish: (partition, payload, headers, name) => publisher.publish(partition, payload, headers, { name }),
    whenRoom: async () => {
      if (!partitions.every((partition) => publisher.room(partition))) await orAborted(publisher.whenRoom(), signal)
    },
    settle: () => drainWithin(publisher, { signal, graceMs: STOP_DRAIN_MS }),
    stored: () => publisher.stats().rows,
    note: () => publisher.stats().note,
    close: () => publisher.close(),
  }
}
