import { decodePath, parseChunkPath } from '../paths.ts'
import type { Action, MetaData } from './actions.ts'
import type { CheckpointIndex, IndexedDate, IndexedTombstones } from './checkpoint-index.ts'
import { type Group, readLeaf, textOf } from './checkpoint-parquet.ts'
import { CHECKPOINT_COLUMNS, CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'
import { type OpenCheckpoint, readGroup } from './open-checkpoint.ts'
import { tombstonesExpire } from './reconcile.ts'

/** A checkpoint as the next one takes it over: row groups that are copied as they are, and the actions of all others. */
export interface SplitCheckpoint {
  readonly actions: readonly Action[]
  readonly tombstones: readonly (IndexedTombstones & { readonly copy: Group })[]
  /** By date, ascending. */
  readonly files: readonly { readonly dates: readonly IndexedDate[]; readonly copy: Group }[]
}

/** Of row groups; a date is never parted. Those below half of it are written again, so that they grow. */
export interface GroupSize {
  readonly files: number
  readonly tombstones: number
}

export interface SplitOptions {
  /** The actions since. */
  readonly commits: readonly Action[]
  readonly nowMs: number
  readonly groupSize: GroupSize
}

/** What commits touch. */
interface Touched {
  readonly dates: ReadonlySet<string>
  /** Of files that came or went. */
  readonly paths: ReadonlySet<string>
  /** A file went whose name does not say where it lay. */
  readonly isForeignGone: boolean
}

const touchedBy = (commits: readonly Action[]): Touched => {
  const dates = new Set<string>()
  const paths = new Set<string>()
  let isForeignGone = false
  for (const { add, remove } of commits) {
    if (add) {
      dates.add(add.partitionValues['date'] ?? '')
      paths.add(decodePath(add.path))
    }
    if (!remove) continue
    const path = decodePath(remove.path)
    const name = parseChunkPath(path)
    paths.add(path)
    if (name === undefined) isForeignGone = true
    else dates.add(name.date)
  }
  return { dates, paths, isForeignGone }
}

export const filesIn = (dates: readonly IndexedDate[]): number => dates.reduce((sum, { files }) => sum + files, 0)

const isKept = (dates: readonly IndexedDate[], { dates: touched, isForeignGone }: Touched): boolean => {
  const [first, last] = [dates[0].date, dates[dates.length - 1].date]
  return (
    !touched.values().some((date) => date >= first && date <= last) &&
    !(isForeignGone && dates.some(({ hasForeignNames }) => hasForeignNames))
  )
}

/** A file that came back is not a tombstone any more, and one that went again is so once. */
const holdsNone = (group: Group, touched: ReadonlySet<string>): boolean =>
  readLeaf(group, ['remove', 'path']).values.every(
    (path) => !(path instanceof Uint8Array && touched.has(decodePath(textOf(path)))),
  )

const isOurSchema = ({ metadata }: OpenCheckpoint): boolean => {
  const outline = (schema: typeof CHECKPOINT_SCHEMA): string =>
    schema.map(({ name, type, repetition_type, num_children }) => [name, type, repetition_type, num_children]).join(';')
  return outline(metadata.schema) === outline(CHECKPOINT_SCHEMA)
}

const lastMetaData = (actions: readonly Action[]): MetaData | undefined =>
  actions.findLast(({ metaData }) => metaData)?.metaData ?? undefined

const splitOurs = async (
  checkpoint: OpenCheckpoint,
  index: CheckpointIndex,
  { commits, nowMs, groupSize }: SplitOptions,
): Promise<SplitCheckpoint> => {
  const read = (group: number): Promise<Action[]> => readGroup(checkpoint, group, CHECKPOINT_COLUMNS)
  const touched = touchedBy(commits)
  const actions = await read(0)
  const metaData = lastMetaData(commits) ?? lastMetaData(actions)
  const expiredMs = metaData === undefined ? -Infinity : tombstonesExpire(metaData, nowMs)
  const tombstones: SplitCheckpoint['tombstones'][number][] = []
  const files: SplitCheckpoint['files'][number][] = []
  for (const [i, indexed] of index.tombstoneGroups.entries()) {
    if (indexed.latestMs <= expiredMs) continue
    const copy = checkpoint.groups[1 + i]
    if (indexed.count >= groupSize.tombstones / 2 && holdsNone(copy, touched.paths))
      tombstones.push({ ...indexed, copy })
    else for (const action of await read(1 + i)) actions.push(action)
  }
  const firstFiles = 1 + index.tombstoneGroups.length
  for (const [i, dates] of index.fileGroups.entries()) {
    if (filesIn(dates) >= groupSize.files / 2 && isKept(dates, touched))
      files.push({ dates, copy: checkpoint.groups[firstFiles + i] })
    else for (const action of await read(firstFiles + i)) actions.push(action)
  }
  return { actions, tombstones, files }
}

/**
 * Parts a checkpoint into what the commits since leave as it is and the rest. Of another writer's nothing is copied.
 * @throws FleetError `table.invalid`
 */
export const splitCheckpoint = async (
  parts: readonly OpenCheckpoint[],
  options: SplitOptions,
): Promise<SplitCheckpoint> => {
  const [first] = parts
  if (parts.length === 1 && first.index !== undefined && isOurSchema(first)) {
    return splitOurs(first, first.index, options)
  }
  const actions: Action[] = []
  for (const part of parts) {
    for (const i of part.groups.keys()) {
      for (const action of await readGroup(part, i, CHECKPOINT_COLUMNS)) actions.push(action)
    }
  }
  return { actions, tombstones: [], files: [] }
}
