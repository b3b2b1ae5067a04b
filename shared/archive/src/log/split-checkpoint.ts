import { decodePath, parseChunkPath } from '../paths.ts'
import type { Action, MetaData } from './actions.ts'
import type { CheckpointIndex, IndexedDate, IndexedTombstones } from './checkpoint-index.ts'
import { type Group, readLeaf, textOf } from './checkpoint-parquet.ts'
import { CHECKPOINT_COLUMNS, CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'
import { GROUP_FILES, TOMBSTONES } from './encode-checkpoint.ts'
import { type OpenCheckpoint, readActions } from './read-checkpoint.ts'
import { tombstonesExpire } from './reconcile.ts'

/** A checkpoint as the next one takes it over: row groups that are copied as they are, and the actions of all others. */
export interface SplitCheckpoint {
  readonly actions: readonly Action[]
  readonly tombstones: readonly (IndexedTombstones & { readonly copy: Group })[]
  /** By date, ascending. */
  readonly files: readonly { readonly dates: readonly IndexedDate[]; readonly copy: Group }[]
}

/** What commits touch. */
interface Touched {
  readonly dates: ReadonlySet<string>
  /** Paths, encoded as they may be, of files that came. */
  readonly added: ReadonlySet<string>
  /** A file went whose name does not say where it lay. */
  readonly isForeignGone: boolean
}

const touchedBy = (commits: readonly Action[]): Touched => {
  const dates = new Set<string>()
  const added = new Set<string>()
  let isForeignGone = false
  for (const { add, remove } of commits) {
    if (add) {
      dates.add(add.partitionValues['date'] ?? '')
      added.add(decodePath(add.path))
    }
    if (!remove) continue
    const name = parseChunkPath(decodePath(remove.path))
    if (name === undefined) isForeignGone = true
    else dates.add(name.date)
  }
  return { dates, added, isForeignGone }
}

export const filesIn = (dates: readonly IndexedDate[]): number => dates.reduce((sum, { files }) => sum + files, 0)

/** Small row groups are written anew, so that they grow. */
const isKept = (dates: readonly IndexedDate[], { dates: touched, isForeignGone }: Touched): boolean => {
  const [first, last] = [dates[0].date, dates[dates.length - 1].date]
  return (
    filesIn(dates) >= GROUP_FILES / 2 &&
    !touched.values().some((date) => date >= first && date <= last) &&
    !(isForeignGone && dates.some(({ hasForeignNames }) => hasForeignNames))
  )
}

/** A file that came back is no tombstone any more. */
const holdsNone = (group: Group, added: ReadonlySet<string>): boolean =>
  readLeaf(group, ['remove', 'path']).values.every(
    (path) => !(path instanceof Uint8Array && added.has(decodePath(textOf(path)))),
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
  { commits, nowMs }: SplitOptions,
): Promise<SplitCheckpoint> => {
  const read = (group: number): Promise<Action[]> =>
    readActions(checkpoint, { kinds: CHECKPOINT_COLUMNS, from: group, to: group + 1 })
  const touched = touchedBy(commits)
  const actions = await read(0)
  const metaData = lastMetaData(commits) ?? lastMetaData(actions)
  const expiredMs = metaData === undefined ? -Infinity : tombstonesExpire(metaData, nowMs)
  const tombstones: SplitCheckpoint['tombstones'][number][] = []
  const files: SplitCheckpoint['files'][number][] = []
  for (const [i, indexed] of index.tombstoneGroups.entries()) {
    if (indexed.latestMs <= expiredMs) continue
    const copy = checkpoint.groups[1 + i]
    if (indexed.count >= TOMBSTONES / 2 && holdsNone(copy, touched.added)) tombstones.push({ ...indexed, copy })
    else actions.push(...(await read(1 + i)))
  }
  const firstFiles = 1 + index.tombstoneGroups.length
  for (const [i, dates] of index.fileGroups.entries()) {
    if (isKept(dates, touched)) files.push({ dates, copy: checkpoint.groups[firstFiles + i] })
    else for (const action of await read(firstFiles + i)) actions.push(action)
  }
  return { actions, tombstones, files }
}

export interface SplitOptions {
  /** The actions since. */
  readonly commits: readonly Action[]
  readonly nowMs: number
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
    const all = { kinds: CHECKPOINT_COLUMNS, from: 0, to: part.groups.length }
    for (const action of await readActions(part, all)) actions.push(action)
  }
  return { actions, tombstones: [], files: [] }
}
