import { FIGURES } from '../figures.ts'
import { type Fleet, SETTINGS } from '../fleet.ts'
import type { Flow } from './flow.ts'
import { type EqualFiles, mergeDay, sumOfFiles } from './merge-day.ts'

const DAY_S = 86_400
const DAY_MS = 86_400_000
const DAYS_PER_YEAR = 365.25

export interface ArchiveVolume {
  /** That have a position on a day. */
  readonly cellsPerDay: number
  /** Files that collectors write, a day. */
  readonly landedFilesPerDay: number
  readonly rowsPerLandedFile: number
  readonly landedBytesPerDay: number
  /** Files that stay of a day once it is compacted. */
  readonly filesPerDay: number
  readonly rowsPerFile: number
  readonly bytesPerFile: number
  readonly bytesPerDay: number
  readonly bytesPerPosition: number
  /** Files that compaction writes in a cell's day, and those of these that it reads again. */
  readonly merged: readonly EqualFiles[]
  readonly reread: readonly EqualFiles[]
  /** How often compaction rewrites a position. */
  readonly rewrites: number
  /** Bytes of what was merged and is not deleted yet. */
  readonly graceBytes: number
  /** At the end of the time that positions are kept. */
  readonly files: number
  readonly bytes: number
  readonly commitsPerDay: number
}

/** Commits of collectors and of compaction. */
const commitsOf = ({ flushesPerDay }: Flow, { collectors, partitions }: Fleet): number => {
  const perRound = Math.min(partitions, collectors * FIGURES.flushesPerCommit.value)
  return (flushesPerDay / partitions) * perRound + DAY_MS / (2 * SETTINGS.compactEveryMs)
}

/** What lies in the archive: each flush leaves a file for each cell that has any of its rows, and compaction makes few of them. */
export const archiveOf = (fleet: Fleet, flow: Flow): ArchiveVolume => {
  const { cells, flushSeconds, eventsPerDay, eventsPerSecond } = flow
  const bytesPerPosition = fleet.bytesPerPosition ?? FIGURES.bytesPerPosition.value
  const reportingSeconds = DAY_S * fleet.drivingShare
  const rowsPerFlush = (eventsPerDay / reportingSeconds / cells) * flushSeconds
  // Rows are spread over cells and time as they come, so that a cell has none with this chance.
  const filesPerCell = (reportingSeconds / flushSeconds) * (1 - Math.exp(-rowsPerFlush))
  const landedFilesPerDay = cells * filesPerCell
  const cellsPerDay = cells * (1 - Math.exp(-eventsPerDay / cells))
  const landedBytesPerDay =
    landedFilesPerDay * FIGURES.bytesPerLandedFile.value +
    eventsPerDay * Math.max(bytesPerPosition, FIGURES.landedBytesPerPosition.value)
  const day = mergeDay({
    rows: eventsPerDay / cellsPerDay,
    files: landedFilesPerDay / cellsPerDay,
    landedBytes: landedBytesPerDay / cellsPerDay,
    bytesPerRow: bytesPerPosition,
    windows: Math.max(1, Math.round((reportingSeconds * 1_000) / fleet.windowMs)),
    targetBytes: SETTINGS.targetBytes,
  })
  const filesPerDay = cellsPerDay * day.files
  const bytesPerDay = eventsPerSecond * DAY_S * bytesPerPosition
  return {
    cellsPerDay,
    landedFilesPerDay,
    rowsPerLandedFile: eventsPerDay / landedFilesPerDay,
    landedBytesPerDay,
    filesPerDay,
    rowsPerFile: eventsPerDay / filesPerDay,
    bytesPerFile: bytesPerDay / filesPerDay,
    bytesPerDay,
    bytesPerPosition,
    merged: day.written,
    reread: day.reread,
    rewrites: day.rewrites,
    graceBytes:
      (landedBytesPerDay + cellsPerDay * sumOfFiles(day.reread, (bytes) => bytes)) * (SETTINGS.graceMs / DAY_MS),
    files: filesPerDay * DAYS_PER_YEAR * fleet.years,
    bytes: flow.events * bytesPerPosition,
    commitsPerDay: commitsOf(flow, fleet),
  }
}
