import { decodePath, parseChunkPath } from '../paths.ts'
import { statsRows } from '../chunk.ts'
import { type Action, type Add, parseCommit } from './actions.ts'
import type { CheckpointIndex, IndexedDate } from './checkpoint-index.ts'
import type { Group } from './checkpoint-parquet.ts'
import { CHECKPOINT_COLUMNS, CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'
import { encodeCheckpoint, type FileGroup } from './encode-checkpoint.ts'
import { type CheckpointFile, openCheckpoint, type OpenCheckpoint, readActions } from './read-checkpoint.ts'
import { reconcile } from './reconcile.ts'

/** What a checkpoint is made from: files of the log, as bytes, so that it may be made in another thread. */
export interface CheckpointInput {
  /** The files of the checkpoint before; none for the first. */
  readonly previous: readonly CheckpointFile[]
  /** The commits after it, oldest first. */
  readonly commits: readonly CheckpointFile[]
  readonly nowMs: number
}

export interface CheckpointOutput {
  readonly bytes: Uint8Array
  /** Number of actions. */
  readonly size: number
}

/**
 * Files of a row group, of whole dates: few enough that a search which touches one of them reads it in milliseconds, and enough that
 * a table of years has few row groups.
 */
const GROUP_FILES = 2_048

/** A row group of the checkpoint before that nothing has changed since. */
interface Untouched {
  readonly dates: readonly IndexedDate[]
  readonly copy: Group
}

const filesIn = (dates: readonly IndexedDate[]): number => dates.reduce((sum, { files }) => sum + files, 0)

/** What the commits since touch. */
interface Touched {
  readonly dates: ReadonlySet<string>
  /** A file of a name that does not say where it lies went. */
  readonly isForeignGone: boolean
}

const touchedBy = (actions: readonly Action[]): Touched => {
  const dates = new Set<string>()
  let isForeignGone = false
  for (const { add, remove } of actions) {
    if (add) dates.add(add.partitionValues['date'] ?? '')
    if (!remove) continue
    const name = parseChunkPath(decodePath(remove.path))
    if (name === undefined) isForeignGone = true
    else dates.add(name.date)
  }
  return { dates, isForeignGone }
}

/** Small ones are written anew, so that they grow. */
const isUntouched = (dates: readonly IndexedDate[], { dates: touched, isForeignGone }: Touched): boolean => {
  const [first, last] = [dates[0].date, dates[dates.length - 1].date]
  return (
    filesIn(dates) >= GROUP_FILES / 2 &&
    !touched.values().some((date) => date >= first && date <= last) &&
    !(isForeignGone && dates.some(({ hasForeignNames }) => hasForeignNames))
  )
}

const isOurSchema = ({ metadata }: OpenCheckpoint): boolean => {
  const outline = (schema: typeof CHECKPOINT_SCHEMA): string =>
    schema.map(({ name, type, repetition_type, num_children }) => [name, type, repetition_type, num_children]).join(';')
  return outline(metadata.schema) === outline(CHECKPOINT_SCHEMA)
}

/** What the commits leave as it is, and the actions of everything else. */
const splitPrevious = async (
  parts: readonly OpenCheckpoint[],
  touched: Touched,
): Promise<{ readonly untouched: readonly Untouched[]; readonly actions: readonly Action[] }> => {
  const untouched: Untouched[] = []
  const actions: Action[] = []
  const read = async (part: OpenCheckpoint, from: number, to: number): Promise<void> => {
    for (const action of await readActions(part, { kinds: CHECKPOINT_COLUMNS, from, to })) actions.push(action)
  }
  const splitOurs = async (part: OpenCheckpoint, { tombstoneGroups, fileGroups }: CheckpointIndex): Promise<void> => {
    const firstFiles = 1 + tombstoneGroups
    await read(part, 0, firstFiles)
    for (const [i, dates] of fileGroups.entries()) {
      if (isUntouched(dates, touched)) untouched.push({ dates, copy: part.groups[firstFiles + i] })
      else await read(part, firstFiles + i, firstFiles + i + 1)
    }
  }
  for (const part of parts) {
    if (parts.length === 1 && part.index !== undefined && isOurSchema(part)) await splitOurs(part, part.index)
    else await read(part, 0, part.groups.length)
  }
  return { untouched, actions }
}

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
const layOut = (adds: readonly Add[]): FileGroup[] => {
  const groups: { dates: IndexedDate[]; actions: Action[] }[] = []
  for (const [date, files] of Map.groupBy(adds, dateOfAdd)) {
    let group = groups.at(-1)
    if (group === undefined || group.actions.length >= GROUP_FILES) groups.push((group = { dates: [], actions: [] }))
    group.dates.push(indexDate(date, files))
    for (const add of files) group.actions.push({ add })
  }
  return groups
}

/** New row groups of files around those that are copied, in the order of their dates. */
const around = (untouched: readonly Untouched[], adds: readonly Add[]): FileGroup[] => {
  const sorted = adds.toSorted(byPlace)
  const groups: FileGroup[] = []
  let next = 0
  for (const group of untouched) {
    const end = sorted.findIndex((add, i) => i >= next && dateOfAdd(add) > group.dates[0].date)
    const before = sorted.slice(next, end < 0 ? sorted.length : end)
    groups.push(...layOut(before), group)
    next += before.length
  }
  return [...groups, ...layOut(sorted.slice(next))]
}

/**
 * A checkpoint from the one before and the commits since. Row groups of dates that the commits do not touch are copied as they are, so
 * that it costs little time and memory for a table of many years.
 * @throws FleetError `table.invalid`
 */
export const makeCheckpoint = async ({ previous, commits, nowMs }: CheckpointInput): Promise<CheckpointOutput> => {
  const since = commits.flatMap(({ bytes, name }) => parseCommit(bytes, name))
  const { untouched, actions } = await splitPrevious(previous.map(openCheckpoint), touchedBy(since))
  const live = reconcile([...actions, ...since], nowMs)
  const fileGroups = around(
    untouched,
    live.flatMap(({ add }) => (add ? [add] : [])),
  )
  const bytes = encodeCheckpoint({
    head: live.filter(({ add, remove }) => !add && !remove),
    tombstones: live.filter(({ remove }) => remove),
    fileGroups,
  })
  return { bytes, size: live.length + untouched.reduce((sum, { dates }) => sum + filesIn(dates), 0) }
}
