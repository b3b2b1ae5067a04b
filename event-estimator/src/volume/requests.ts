import { FIGURES } from '../figures.ts'
import { type Fleet, SETTINGS } from '../fleet.ts'
import type { ArchiveVolume } from './archive.ts'
import type { Flow } from './flow.ts'
import { sumOfFiles } from './merge-day.ts'
import type { ProjectionVolume } from './projections.ts'

/** Requests to the store, a day. PUT counts the parts of large files, GET those for what is not there and for sizes. */
export interface Requests {
  readonly put: number
  readonly get: number
  readonly list: number
}

const MINUTES_PER_DAY = 1_440
const DAY_MS = 86_400_000
/** As the stores have them: what one request carries, and what a list answers. */
const PART_BYTES = 8 * 2 ** 20
const LISTED = 1_000
/** A finder reads a file up to this size whole; of a larger one its end first. */
const SMALL_FILE_BYTES = 512 * 1024

const partsOf = (bytes: number): number => (bytes > 2 * PART_BYTES ? Math.ceil(bytes / PART_BYTES) + 2 : 1)
const readsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / PART_BYTES))

/** What collectors ask for files and commits, and what they ask whether anything comes or not. */
const ofCollecting = (
  { collectors, drivingShare }: Fleet,
  { flushesPerDay }: Flow,
  { landedFilesPerDay, commitsPerDay }: ArchiveVolume,
): Requests => {
  const minutes = MINUTES_PER_DAY * collectors
  return {
    // How far streams were seen is noted while anything comes.
    put:
      landedFilesPerDay +
      commitsPerDay * (FIGURES.logPutsPerCommit.value + FIGURES.marksPerCommit.value) +
      minutes * drivingShare * FIGURES.putsPerCollectorMinute.value,
    get: flushesPerDay * FIGURES.logGetsPerFlush.value + minutes * FIGURES.getsPerCollectorMinute.value,
    list: flushesPerDay * FIGURES.logListsPerFlush.value + minutes * FIGURES.listsPerCollectorMinute.value,
  }
}

/** Files that landed are read once, those that compaction made when it merges them again; vacuum lists all. */
const ofCompaction = (archive: ArchiveVolume): Requests => ({
  put: archive.cellsPerDay * sumOfFiles(archive.merged, partsOf),
  get: archive.landedFilesPerDay + archive.cellsPerDay * sumOfFiles(archive.reread, readsOf),
  list: Math.ceil(archive.files / LISTED) * (DAY_MS / SETTINGS.vacuumEveryMs),
})

/** So many files of presence, or of latest, become one: each is read once, and the merge has a file, a commit and its copy. */
const MERGED_AT_ONCE = 8
const PUTS_PER_MERGE = 3
const PROJECTIONS = 2

const ofProjections = (
  { landedFilesPerDay, commitsPerDay }: ArchiveVolume,
  { stepsPerDay }: ProjectionVolume,
): Requests => ({
  put: stepsPerDay * (FIGURES.putsPerProjectorStep.value + (PROJECTIONS * PUTS_PER_MERGE) / MERGED_AT_ONCE),
  get:
    stepsPerDay * (FIGURES.getsPerProjectorStep.value + PROJECTIONS) +
    landedFilesPerDay * FIGURES.getsPerProjectorFile.value +
    commitsPerDay * FIGURES.getsPerProjectorCommit.value +
    MINUTES_PER_DAY * FIGURES.getsPerProjectorMinute.value,
  list: stepsPerDay * FIGURES.listsPerProjectorStep.value + MINUTES_PER_DAY * FIGURES.listsPerProjectorMinute.value,
})

const ofSearches = ({ searchesPerDay, filesPerSearch }: Fleet, { bytesPerFile }: ArchiveVolume): Requests => ({
  // Their records are archived once a minute.
  put: 3 * Math.min(searchesPerDay, MINUTES_PER_DAY),
  get: searchesPerDay * (1 + filesPerSearch * (bytesPerFile > SMALL_FILE_BYTES ? 2 : 1)),
  list: Math.min(searchesPerDay, DAY_MS / 10_000),
})

export interface Stored {
  readonly archive: ArchiveVolume
  readonly projections: ProjectionVolume
}

export const requestsOf = (fleet: Fleet, flow: Flow, { archive, projections }: Stored): Requests => {
  const parts = [
    ofCollecting(fleet, flow, archive),
    ofCompaction(archive),
    ofProjections(archive, projections),
    ofSearches(fleet, archive),
  ]
  const total = (of: keyof Requests): number => parts.reduce((sum, part) => sum + part[of], 0)
  return { put: total('put'), get: total('get'), list: total('list') }
}
