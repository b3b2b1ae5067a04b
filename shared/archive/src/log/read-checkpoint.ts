import type { FleetError } from '@fleetlake/core'
import type { Chunk } from '../chunk.ts'
import type { Action } from './actions.ts'
import { createGroupReader, filesOfGroup, lazyDate, sidecarsOfGroup, vectorsOfGroup } from './checkpoint-files.ts'
import type { CheckpointIndex } from './checkpoint-index.ts'
import { changeFiles, type Files, NO_FILES } from './files.ts'
import { type CheckpointFile, type OpenCheckpoint, openCheckpoint, readHead, unreadable } from './open-checkpoint.ts'

/** The content of a checkpoint. */
export interface CheckpointState {
  /** protocol, metaData and every txn. */
  readonly head: readonly Action[]
  readonly files: Files
  /** Paths of files of which some rows are not in the table. */
  readonly vectors: ReadonlySet<string>
}

/** The same, of files of other writers; all of it is read. */
export interface ReadParts {
  readonly head: readonly Action[]
  readonly chunks: readonly Chunk[]
  readonly vectors: readonly string[]
  /** Names of the files that these refer to, and that belong to the checkpoint as well. */
  readonly sidecars: readonly string[]
}

const readIndexed = async (checkpoint: OpenCheckpoint, index: CheckpointIndex): Promise<CheckpointState> => {
  const { name } = checkpoint
  const read = createGroupReader()
  const wrap = (error: unknown): FleetError => unreadable(name, error)
  const dates = index.fileGroups.flatMap((indexed, i) => {
    const group = checkpoint.groups[1 + index.tombstoneGroups.length + i]
    return indexed.map((each) => lazyDate({ ...each, group }, read, wrap))
  })
  let [files, bytes, rows] = [0, 0, 0]
  for (const { totals } of dates) {
    files += totals.files
    bytes += totals.bytes
    rows += totals.rows
  }
  return {
    head: await readHead(checkpoint, 0),
    files: { totals: { files, bytes, rows }, dates: new Map(dates.map((each) => [each.date, each])) },
    vectors: new Set(),
  }
}

/** @throws FleetError `table.invalid` */
export const readParts = async (parts: readonly CheckpointFile[]): Promise<ReadParts> => {
  const head: Action[] = []
  const chunks: Chunk[] = []
  const vectors: string[] = []
  const sidecars: string[] = []
  for (const part of parts.map(openCheckpoint)) {
    for (const [i, group] of part.groups.entries()) {
      for (const action of await readHead(part, i)) head.push(action)
      try {
        for (const chunk of filesOfGroup(group)) chunks.push(chunk)
        vectors.push(...vectorsOfGroup(group))
        sidecars.push(...sidecarsOfGroup(group))
      } catch (error) {
        throw unreadable(part.name, error)
      }
    }
  }
  return { head, chunks, vectors, sidecars }
}

export const stateOfParts = ({ head, chunks, vectors }: Omit<ReadParts, 'sidecars'>): CheckpointState => ({
  head,
  files: changeFiles(NO_FILES, new Map(chunks.map((chunk) => [chunk.path, chunk]))),
  vectors: new Set(vectors),
})

/**
 * The state that a checkpoint holds. Of one of ours the files of a date are read when they are asked for; of another writer's, at once.
 * @param parts its files
 * @throws FleetError `table.invalid`
 */
export const readCheckpoint = async (parts: readonly CheckpointFile[]): Promise<CheckpointState> => {
  if (parts.length === 1) {
    const opened = openCheckpoint(parts[0])
    if (opened.index !== undefined) return readIndexed(opened, opened.index)
  }
  return stateOfParts(await readParts(parts))
}
