import type { FleetError } from '@fleetlake/core'
import type { Chunk } from '../chunk.ts'
import type { Action } from './actions.ts'
import { createGroupReader, filesOfGroup, lazyDate } from './checkpoint-files.ts'
import type { CheckpointIndex } from './checkpoint-index.ts'
import { changeFiles, type Files, NO_FILES } from './files.ts'
import { type CheckpointFile, type OpenCheckpoint, openCheckpoint, readHead, unreadable } from './open-checkpoint.ts'

/** What a checkpoint says. */
export interface CheckpointState {
  /** protocol, metaData and every txn. */
  readonly head: readonly Action[]
  readonly files: Files
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
  }
}

/**
 * The state that a checkpoint holds. Of one of ours the files of a date are read when they are asked for; of another writer's, at once.
 * @param parts its files
 * @throws FleetError `table.invalid`
 */
export const readCheckpoint = async (parts: readonly CheckpointFile[]): Promise<CheckpointState> => {
  const opened = parts.map(openCheckpoint)
  const [first] = opened
  if (opened.length === 1 && first.index !== undefined) return readIndexed(first, first.index)
  const head: Action[] = []
  const files = new Map<string, Chunk>()
  for (const part of opened) {
    for (const [i, group] of part.groups.entries()) {
      for (const action of await readHead(part, i)) head.push(action)
      try {
        for (const chunk of filesOfGroup(group)) files.set(chunk.path, chunk)
      } catch (error) {
        throw unreadable(part.name, error)
      }
    }
  }
  return { head, files: changeFiles(NO_FILES, files) }
}
