import { FIGURES } from '../figures.ts'
import { type Fleet, SETTINGS } from '../fleet.ts'
import type { Flow } from './flow.ts'

/** Streams forget what is committed once it is older than the window in which the hub knows message ids, and some. */
const KEPT_AFTER_COMMIT_S = 150

export interface HubVolume {
  readonly bytesPerPosition: number
  /** What publishers send, bytes/s, at the peak. */
  readonly bytesPerSecond: number
  /** In the streams while all goes well, of one copy. */
  readonly bytes: number
  /** What the streams of one server may hold: the disk that each server needs. */
  readonly limitBytes: number
  /** How long collectors or the store may be away before producers wait, s. */
  readonly patienceSeconds: number
}

export const hubOf = ({ messages, partitions }: Fleet, { peakEventsPerSecond, flushSeconds }: Flow): HubVolume => {
  const bytesPerPosition =
    messages === 'batches' ? FIGURES.hubBytesPerPosition.value : FIGURES.hubBytesPerSinglePosition.value
  const bytesPerSecond = peakEventsPerSecond * bytesPerPosition
  const limitBytes = SETTINGS.maxBytesPerPartition * partitions
  return {
    bytesPerPosition,
    bytesPerSecond,
    bytes: Math.min(limitBytes, bytesPerSecond * (flushSeconds + KEPT_AFTER_COMMIT_S)),
    limitBytes,
    patienceSeconds: limitBytes / bytesPerSecond,
  }
}
