import { type Chunk, chunkOf } from '../chunk.ts'
import { decodePath, parseChunkPath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { Remove } from './actions.ts'
import { readVersion } from './read-log.ts'
import type { VersionActions } from './log-kind.ts'
import { isRetentionCommit } from './retention-commit.ts'

/** A file that went, and its rows with it. */
export interface RemovedFile {
  /** Within the store, decoded. */
  readonly path: string
  /** Undefined where neither the log nor the file's name says it: its rows may be of any date and cell. */
  readonly place: { readonly date: string; readonly cell: string } | undefined
}

/** What one version did to the rows of the table of positions. */
export interface VersionChanges {
  readonly version: number
  /** The number that knows its commit. */
  readonly commit: number
  /** When it was made by its writer's clock, ms since the epoch; undefined where it does not say. */
  readonly madeMs: number | undefined
  /** What it removed is past retention: nobody took rows back. */
  readonly isRetention: boolean
  /** Files of new rows. */
  readonly added: readonly Chunk[]
  readonly removed: readonly RemovedFile[]
}

/** The number that knows a commit among others of its version: 32 bits of its fingerprint. */
export const commitNumber = (fingerprint: string): number => Number.parseInt(fingerprint.slice(0, 8), 16)

const placeOf = ({ partitionValues }: Remove, path: string): RemovedFile['place'] => {
  const { date, cell } = partitionValues ?? {}
  if (typeof date === 'string' && typeof cell === 'string') return { date, cell }
  const name = parseChunkPath(path)
  return name && { date: name.date, cell: name.cell }
}

const changesOf = ({ version, actions, fingerprint = '' }: VersionActions): VersionChanges => {
  const added: Chunk[] = []
  const removed: RemovedFile[] = []
  let madeMs: number | undefined
  let isRetention = false
  for (const { add, remove, commitInfo } of actions) {
    const timestamp = commitInfo?.['timestamp']
    if (typeof timestamp === 'number') madeMs = timestamp
    if (commitInfo) isRetention = isRetentionCommit(commitInfo)
    if (add?.dataChange) added.push(chunkOf(add))
    if (remove?.dataChange) {
      const path = decodePath(remove.path)
      removed.push({ path, place: placeOf(remove, path) })
    }
  }
  return { version, commit: commitNumber(fingerprint), madeMs, isRetention, added, removed }
}

const READS_AT_ONCE = 16

/**
 * What the versions `(after, to]` of the table of positions did to its rows, each version's changes in their order. Invariant: every file is told that came or went
 * with rows (`dataChange: true`); what a compaction exchanges is not. A file that is told may have been merged with others since, or have gone.
 * @param store rooted at the table's folder
 * @returns undefined when a commit of them is not in the log (any more)
 * @throws FleetError `table.invalid` when one is not whole, or names a file that can't be one of the table; `store.failed`
 */
export const readChanges = async (
  store: ObjectStore,
  after: number,
  to: number,
): Promise<readonly VersionChanges[] | undefined> => {
  const changes: VersionChanges[] = []
  for (let next = after + 1; next <= to; next += READS_AT_ONCE) {
    const count = Math.min(READS_AT_ONCE, to - next + 1)
    const read = await Promise.all(Array.from({ length: count }, (_, i) => readVersion(store, next + i)))
    for (const version of read) {
      if (version === undefined) return undefined
      if ('fault' in version) throw version.fault
      changes.push(changesOf(version))
    }
  }
  return changes
}
