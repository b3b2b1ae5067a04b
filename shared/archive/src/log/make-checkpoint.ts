import { statsRows } from '../chunk.ts'
import { decodePath, parseChunkPath, parseLogPath } from '../paths.ts'
import { type Action, type Add, parseActions, parseCommit } from './actions.ts'
import type { IndexedDate } from './checkpoint-index.ts'
import { encodeCheckpoint, type FileGroup, type TombstoneGroup } from './encode-checkpoint.ts'
import { type CheckpointFile, openCheckpoint } from './open-checkpoint.ts'
import { reconcile } from './reconcile.ts'
import { filesIn, type GroupSize, type SplitCheckpoint, splitCheckpoint } from './split-checkpoint.ts'

/** What a checkpoint is made from: files of the log, as bytes, so that it may be made in another thread. */
export interface CheckpointInput {
  /** That the checkpoint is of. */
  readonly version: number
  /** The files of the checkpoint before; none for the first. */
  readonly previous: readonly CheckpointFile[]
  /** The commits after it, oldest first. */
  readonly commits: readonly CheckpointFile[]
  readonly nowMs: number
  /** Offsets of a hub that has been gone for longer are left out; none when missing. */
  readonly retireMs?: number | undefined
  readonly groupSize?: GroupSize
}

export interface CheckpointOutput {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Number of actions. */
  readonly size: number
}

/**
 * Few enough files that a search which touches one of their dates reads the row group in milliseconds, and enough that a table of years has few
 * of them.
 */
const GROUP_SIZE: GroupSize = { files: 2_048, tombstones: 20_000 }

const dateOfAdd = ({ partitionValues }: Add): string => partitionValues['date'] ?? ''
const cellOfAdd = ({ partitionValues }: Add): string => partitionValues['cell'] ?? ''
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byPlace = (a: Add, b: Add): number =>
  compare(dateOfAdd(a), dateOfAdd(b)) || compare(cellOfAdd(a), cellOfAdd(b)) || compare(a.path, b.path)

const indexDate = (date: string, adds: readonly Add[]): IndexedDate => ({
  date,
  files: adds.length,
  bytes: adds.reduce((sum, { size }) => sum + size, 0),
  rows: adds.reduce((sum, { stats }) => sum + (statsRows(stats) ?? 0), 0),
  hasForeignNames: adds.some(({ path }) => parseChunkPath(decodePath(path)) === undefined),
})

/** Lays files, sorted, into row groups of whole dates. */
const layOut = (adds: readonly Add[], groupFiles: number): FileGroup[] => {
  const groups: { dates: IndexedDate[]; actions: Action[] }[] = []
  for (const [date, files] of Map.groupBy(adds, dateOfAdd)) {
    let group = groups.at(-1)
    if (group === undefined || group.actions.length >= groupFiles) groups.push((group = { dates: [], actions: [] }))
    group.dates.push(indexDate(date, files))
    for (const add of files) group.actions.push({ add })
  }
  return groups
}

/** New row groups of files around those that are copied, in the order of their dates. */
const around = (copied: SplitCheckpoint['files'], adds: readonly Add[], groupFiles: number): FileGroup[] => {
  const sorted = adds.toSorted(byPlace)
  const groups: FileGroup[] = []
  let [next, end] = [0, 0]
  for (const group of copied) {
    while (end < sorted.length && dateOfAdd(sorted[end]) < group.dates[0].date) end++
    groups.push(...layOut(sorted.slice(next, end), groupFiles), group)
    next = end
  }
  return [...groups, ...layOut(sorted.slice(next), groupFiles)]
}

const layOutTombstones = (tombstones: readonly Action[], size: number): TombstoneGroup[] =>
  Array.from({ length: Math.ceil(tombstones.length / size) }, (_, i) => {
    const actions = tombstones.slice(i * size, (i + 1) * size)
    const latestMs = actions.reduce((latest, { remove }) => Math.max(latest, remove?.deletionTimestamp ?? 0), 0)
    return { count: actions.length, latestMs, actions }
  })

/** Of a commit, or of a checkpoint in JSON. */
const actionsOf = ({ bytes, name }: CheckpointFile): Action[] => {
  const file = parseLogPath(name)
  return file?.kind === 'commit' ? parseCommit(bytes, name, file.version) : parseActions(bytes, name)
}

/**
 * A checkpoint from the one before and the commits since. Row groups that the commits do not touch are copied as they are, so that it costs
 * little time and memory for a table of many years. A copied row group of tombstones goes when all of them have expired.
 * @throws FleetError `table.invalid`
 */
export const makeCheckpoint = async ({
  version,
  previous,
  commits,
  nowMs,
  retireMs,
  groupSize = GROUP_SIZE,
}: CheckpointInput): Promise<CheckpointOutput> => {
  const since = commits.flatMap(actionsOf)
  const opened = previous.map(openCheckpoint)
  const { actions, tombstones, files } = await splitCheckpoint(opened, { commits: since, nowMs, groupSize })
  const live = reconcile([...actions, ...since], nowMs, retireMs)
  const gone = live.filter(({ remove }) => remove)
  const adds = live.flatMap(({ add }) => (add ? [add] : []))
  const bytes = encodeCheckpoint({
    version,
    head: live.filter(({ add, remove }) => !add && !remove),
    tombstones: [...tombstones, ...layOutTombstones(gone, groupSize.tombstones)],
    fileGroups: around(files, adds, groupSize.files),
  })
  const copied = files.reduce((sum, { dates }) => sum + filesIn(dates), 0)
  return { bytes, size: live.length + copied + tombstones.reduce((sum, { count }) => sum + count, 0) }
}
