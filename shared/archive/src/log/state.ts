import { FleetError } from '@fleetlake/core'
import { type Chunk, chunkOf } from '../chunk.ts'
import { decodePath } from '../paths.ts'
import type { ColumnsBeside } from '@fleetlake/columnar'
import { checkSchema, columnsBesideOf } from '../schema.ts'
import type { Add, Remove } from './actions.ts'
import { changeFiles, type Files, NO_FILES } from './files.ts'
import type { TableState, VersionActions } from './log-kind.ts'
import { checkReader } from './protocol.ts'
import type { CheckpointState } from './read-checkpoint.ts'
import { type TracedCommit, tracedCommitOf } from './traced-commit.ts'

/** The state of the table of positions at a version, as far as readers and committers need it. Immutable. */
export interface LogState extends TableState {
  /** What its schema has beside the columns of every position. */
  readonly columns: Required<ColumnsBeside>
  readonly files: Files
  /** By appId. */
  readonly txns: ReadonlyMap<string, number>
  /** By appId, where known: when the server stored the message at the offset, ms since the epoch. */
  readonly txnTimes: ReadonlyMap<string, number>
  /** Paths of files of which some rows are not in the table. */
  readonly vectors: ReadonlySet<string>
  /** The newest that is traced, of those whose commits were read. */
  readonly traced: TracedCommit | undefined
}

/**
 * The state after some versions more, oldest first; `state` stays as it is. For each path, appId, protocol and metaData the latest wins.
 * @param state undefined before the first version or a checkpoint
 * @throws FleetError `table.unsupported`, `table.invalid`
 */
export const applyVersions = (state: LogState | undefined, versions: readonly VersionActions[]): LogState => {
  let protocol = state?.protocol
  let metaData = state?.metaData
  let columns = state?.columns
  let version = state?.version ?? -1
  let traced = state?.traced
  const txns = new Map(state?.txns)
  const txnTimes = new Map(state?.txnTimes)
  const changes = new Map<string, Chunk | undefined>()
  const vectors = new Set(state?.vectors)
  for (const { version: next, actions } of versions) {
    const added = new Map<string, string>()
    for (const action of actions) {
      if (action.add) {
        const chunk = chunkOf(action.add)
        changes.set(chunk.path, chunk)
        added.set(chunk.path, vectorOf(action.add))
        if (action.add.deletionVector) vectors.add(chunk.path)
        else vectors.delete(chunk.path)
      } else if (action.remove) {
        const path = decodePath(action.remove.path)
        // A file whose deleted rows change goes and comes in one version, in any order.
        const vector = added.get(path)
        if (vector !== undefined && vector !== vectorOf(action.remove)) continue
        changes.set(path, undefined)
        vectors.delete(path)
      } else if (action.txn) {
        const { appId, version: offset, lastUpdated } = action.txn
        txns.set(appId, offset)
        if (typeof lastUpdated === 'number') txnTimes.set(appId, lastUpdated)
        else txnTimes.delete(appId)
      } else if (action.protocol) {
        protocol = action.protocol
      } else if (action.metaData) {
        metaData = action.metaData
        checkSchema(metaData.schemaString, metaData.partitionColumns)
        columns = columnsBesideOf(metaData.schemaString)
      } else if (action.commitInfo) {
        traced = tracedCommitOf(next, action.commitInfo) ?? traced
      }
    }
    version = next
  }
  if (protocol === undefined || metaData === undefined || columns === undefined) {
    throw new FleetError('table.invalid', 'the log begins without protocol and metaData')
  }
  checkReader(protocol, metaData)
  const files = changeFiles(state?.files ?? NO_FILES, changes)
  const { fingerprint } = versions.at(-1) ?? {}
  return {
    version,
    fingerprint,
    protocol,
    metaData,
    columns,
    files,
    txns,
    txnTimes,
    vectors,
    traced,
    warnings: state?.warnings ?? [],
  }
}

/** Which rows of a file an action leaves out; '' for none. */
const vectorOf = ({ deletionVector }: Add | Remove): string => (deletionVector ? JSON.stringify(deletionVector) : '')

/**
 * The state at a checkpoint.
 * @throws FleetError `table.unsupported`, `table.invalid`
 */
export const stateOfCheckpoint = (version: number, { head, files, vectors }: CheckpointState): LogState => ({
  ...applyVersions(undefined, [{ version, actions: head }]),
  files,
  vectors,
})
