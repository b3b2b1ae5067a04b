import type { StreamPosition } from '@fleetlake/contracts'
import type { Hub } from './hub.ts'

/** Why a partition's queue does not move on. */
export interface PublishState {
  readonly partition: number
  readonly state: 'publishing' | 'full' | 'waiting' | 'unknown'
  /** What the server said, or what is unknown. */
  readonly reason?: string
}

export interface MovePublisherOptions {
  readonly run: string
  readonly agent: string
  readonly partitions: readonly number[]
  /** Bytes of one partition that are not yet acknowledged, before `room` says no. */
  readonly queueBytes: number
  readonly duplicateWindowMs: number
  readonly onState?: (state: PublishState) => void
}

export interface PublishStats {
  /** Acknowledged, by messages and by their `fleet-rows`. */
  readonly messages: number
  readonly rows: number
  readonly bytes: number
  /** Time during which a partition had no room, all partitions' overlapping times counted once. */
  readonly waitingMs: number
  /** What holds it up, if anything, for people. */
  readonly note?: string
  /** Messages whose fate is not known: repeated until the duplicate window was about to end. */
  readonly unknown: number
}

export interface MovePublisher {
  /**
   * Queues a message; it keeps the payload. Never refuses for want of room: ask `room` first.
   * @throws FleetError `publish.refused` when the message is larger than a stream takes or the partition is not in use
   */
  publish(partition: number, payload: Uint8Array, headers: Readonly<Record<string, string>>): void
  /** Whether a partition's queue is below its bytes. */
  room(partition: number): boolean
  /** Resolves once every partition has room. */
  whenRoom(): Promise<void>
  /**
   * Resolves once nothing is queued.
   * @returns per partition that was written the last sequence of this publisher
   * @throws FleetError `publish.unknown`, `publish.refused`
   */
  drain(): Promise<StreamPosition[]>
  stats(): PublishStats
  /** Gives up what is queued. */
  close(): void
}

export declare const createMovePublisher: (hub: Hub, options: MovePublisherOptions) => MovePublisher
