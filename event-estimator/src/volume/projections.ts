import { FIGURES } from '../figures.ts'
import { type Fleet, SETTINGS } from '../fleet.ts'
import type { ArchiveVolume } from './archive.ts'
import type { Flow } from './flow.ts'

const DAY_MS = 86_400_000

/** What a projector writes: presence and latest. */
export interface ProjectionVolume {
  /** Steps that find anything new and commit it, a day. */
  readonly stepsPerDay: number
  /** Rows that they add to each table, at the peak: one a vehicle whose positions a flush archives. */
  readonly rowsPerSecond: number
  /** Of presence, once its files are merged. */
  readonly bytesPerDay: number
  /** Bytes of files that were merged and are not deleted yet. */
  readonly graceBytes: number
  /** Of presence at the end of the time that positions are kept. */
  readonly bytes: number
}

/** What is derived from the archive: a step folds all that was committed since the last one. */
export const projectionsOf = (
  { vehicles, drivingShare }: Fleet,
  { events, eventsPerDay, peakEventsPerSecond, flushSeconds }: Flow,
  { commitsPerDay }: Pick<ArchiveVolume, 'commitsPerDay'>,
): ProjectionVolume => {
  const steps = (DAY_MS * drivingShare) / SETTINGS.projectEveryMs
  const rowsPerSecond = Math.min(peakEventsPerSecond, vehicles / flushSeconds)
  const freshBytesPerDay = rowsPerSecond * (DAY_MS / 1_000) * drivingShare * FIGURES.freshProjectionBytesPerRow.value
  return {
    // Commits come at any time, so that a step finds none with this chance.
    stepsPerDay: steps * (1 - Math.exp(-commitsPerDay / steps)),
    rowsPerSecond,
    bytesPerDay: eventsPerDay * FIGURES.presenceBytesPerPosition.value,
    graceBytes: freshBytesPerDay * (SETTINGS.graceMs / DAY_MS),
    bytes: events * FIGURES.presenceBytesPerPosition.value,
  }
}
