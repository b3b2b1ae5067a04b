import { type Fleet, SETTINGS } from '../fleet.ts'
import { FIGURES } from '../figures.ts'
import { cellsOf } from './cells.ts'

const DAY_S = 86_400
const DAYS_PER_YEAR = 365.25

export interface Flow {
  /** Over a day. */
  readonly eventsPerSecond: number
  /** While every vehicle reports: what machines are sized for. */
  readonly peakEventsPerSecond: number
  readonly eventsPerDay: number
  /** In the whole time that they are kept. */
  readonly events: number
  readonly cells: number
  /** How long a partition's buffer fills before it is flushed, s. */
  readonly flushSeconds: number
  /** Of all partitions. */
  readonly flushesPerDay: number
  /** Bytes that a collector has buffered before it flushes, at the peak. */
  readonly bufferBytes: number
}

/**
 * How much comes, and how often it is flushed: by age, or sooner where a partition has `collector.maxRows` or a collector's
 * buffers have `collector.memory`.
 */
export const flowOf = (fleet: Fleet): Flow => {
  const { vehicles, intervalMs, drivingShare, maxAgeMs, partitions, collectors, years } = fleet
  const peak = (vehicles * 1_000) / intervalMs
  const eventsPerSecond = peak * drivingShare
  const eventsPerDay = eventsPerSecond * DAY_S
  const bufferPerSecond = (peak / collectors) * FIGURES.bufferBytesPerPosition.value
  const flushSeconds = Math.min(
    maxAgeMs / 1_000,
    SETTINGS.maxRows / (peak / partitions),
    SETTINGS.collectorMemory / bufferPerSecond,
  )
  return {
    eventsPerSecond,
    peakEventsPerSecond: peak,
    eventsPerDay,
    events: eventsPerDay * DAYS_PER_YEAR * years,
    cells: cellsOf(fleet),
    flushSeconds,
    flushesPerDay: (DAY_S * drivingShare * partitions) / flushSeconds,
    bufferBytes: Math.min(SETTINGS.collectorMemory, bufferPerSecond * flushSeconds),
  }
}
