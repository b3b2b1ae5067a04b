import type { StreamPosition } from '@fleetlake/contracts'

/** What holds a partition's queue up, or that nothing does any more. */
export interface PublishState {
  readonly partition: number
  /** `full`: the stream has no room until the archive catches up. `unknown`: a message's fate will never be known. */
  readonly state: 'publishing' | 'full' | 'waiting' | 'unknown'
  readonly reason?: string
}

export interface MovePublisherOptions {
  readonly run: string
  readonly agent: string
  readonly partitions: readonly number[]
  /** Bytes of one partition that are not acknowledged, before `room` says no. */
  readonly queueBytes: number
  /** Of the streams: see `duplicateWindowOf`. */
  readonly duplicateWindowMs: number
  /**
   * Of a payload, in characters of a token: becomes a part of the message id. For a run that is made again under its old name,
   * so that no stream takes other rows for a repetition.
   */
  readonly digestOf?: (payload: Uint8Array) => string
  readonly onState?: (state: PublishState) => void
  /** Bytes of one partition that are on the way at once; at most `queueBytes`. */
  readonly windowBytes?: number
}

export interface PublishOptions {
  /** Arrow by default. */
  readonly contentType?: string
  /** Of the message within its run, agent and partition, in characters of a token: takes the place of the number n in its id. For messages that are made again under their old names in another order. */
  readonly name?: string
}

export interface PublishStats {
  /** Acknowledged. */
  readonly messages: number
  /** The sum of their `fleet-rows`. */
  readonly rows: number
  readonly bytes: number
  /** Time that `whenRoom` has let its caller wait. */
  readonly waitingMs: number
  /** Messages of unknown fate. */
  readonly unknown: number
  /** What holds it up, if anything, for people. */
  readonly note?: string
}

export interface MovePublisher {
  /**
   * Queues a message, whether there is room or not, and keeps the payload.
   * @throws FleetError `publish.refused` when it is larger than a stream takes or its partition is not in use
   */
  publish(
    partition: number,
    payload: Uint8Array,
    headers: Readonly<Record<string, string>>,
    options?: PublishOptions,
  ): void
  room(partition: number): boolean
  /**
   * Resolves once every partition has room.
   * @throws FleetError `publish.refused`, `hub.closed`
   */
  whenRoom(): Promise<void>
  /**
   * Resolves once every message is settled.
   * @returns for each partition that was written the last sequence that this publisher has stored
   * @throws FleetError `publish.unknown` when a message's fate is unknown, `publish.refused`, `hub.closed`
   */
  drain(): Promise<StreamPosition[]>
  stats(): PublishStats
  /** Gives up what is queued. */
  close(): void
}
