import { FleetError } from '@fleetlake/core'
import { type Chunk, chunkOf } from '../chunk.ts'
import { decodePath } from '../paths.ts'
import { checkSchema } from '../schema.ts'
import type { Action, MetaData, Protocol } from './actions.ts'
import { changeFiles, type Files, NO_FILES } from './files.ts'
import type { CheckpointState } from './read-checkpoint.ts'

/** What the log says at a version, as far as readers and committers need it. Immutable. */
export interface LogState {
  readonly version: number
  readonly protocol: Protocol
  readonly metaData: MetaData
  readonly files: Files
  /** By appId. */
  readonly txns: ReadonlyMap<string, number>
  /** By appId, where known: when the server stored the message at the offset, ms since the epoch. */
  readonly txnTimes: ReadonlyMap<string, number>
}

/** The actions of one version, or of a checkpoint of it. */
export interface VersionActions {
  readonly version: number
  readonly actions: readonly Action[]
}

/** @throws FleetError `table.unsupported` for a table that asks for more than reader 1, writer 2 */
const checkProtocol = ({ minReaderVersion, minWriterVersion }: Protocol): void => {
  if (minReaderVersion <= 1 && minWriterVersion <= 2) return
  throw new FleetError(
    'table.unsupported',
    `the table asks for reader version ${minReaderVersion} and writer version ${minWriterVersion}; ` +
      'this program knows 1 and 2: use a newer one, or turn off the features that another program turned on',
  )
}

/**
 * The state after some versions more, oldest first; `state` stays as it is. For each path, appId, protocol and metaData the latest wins.
 * @param state undefined before the first version or a checkpoint
 * @throws FleetError `table.unsupported`, `table.invalid`
 */
export const applyVersions = (state: LogState | undefined, versions: readonly VersionActions[]): LogState => {
  let protocol = state?.protocol
  let metaData = state?.metaData
  let version = state?.version ?? -1
  const txns = new Map(state?.txns)
  const txnTimes = new Map(state?.txnTimes)
  const changes = new Map<string, Chunk | undefined>()
  for (const { version: next, actions } of versions) {
    for (const action of actions) {
      if (action.add) {
        const chunk = chunkOf(action.add)
        changes.set(chunk.path, chunk)
      } else if (action.remove) changes.set(decodePath(action.remove.path), undefined)
      else if (action.txn) {
        const { appId, version: offset, lastUpdated } = action.txn
        txns.set(appId, offset)
        if (typeof lastUpdated === 'number') txnTimes.set(appId, lastUpdated)
        else txnTimes.delete(appId)
      } else if (action.protocol) {
        protocol = action.protocol
        checkProtocol(protocol)
      } else if (action.metaData) {
        metaData = action.metaData
        checkSchema(metaData.schemaString, metaData.partitionColumns)
      }
    }
    version = next
  }
  if (protocol === undefined || metaData === undefined) {
    throw new FleetError('table.invalid', 'the log begins without protocol and metaData')
  }
  return { version, protocol, metaData, files: changeFiles(state?.files ?? NO_FILES, changes), txns, txnTimes }
}

/**
 * The state at a checkpoint.
 * @throws FleetError `table.unsupported`, `table.invalid`
 */
export const stateOfCheckpoint = (version: number, { head, files }: CheckpointState): LogState => ({
  ...applyVersions(undefined, [{ version, actions: head }]),
  files,
})
