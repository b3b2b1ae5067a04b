import { FleetError } from '@fleetlake/core'
import { COPIES_FOLDER, decodePath } from '../paths.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { Action, Add, MetaData, Protocol } from '../log/actions.ts'
import { CHECKPOINT_COLUMNS } from '../log/checkpoint-schema.ts'
import { damageOf, replaced } from '../log/damage.ts'
import { actionsOfCheckpoint, getCheckpoint } from '../log/load-checkpoint.ts'
import type { LogKind, TableState, VersionActions } from '../log/log-kind.ts'
import { checkReader } from '../log/protocol.ts'
import { type SmallColumn, smallSchemaFault } from './small-file.ts'

/** A small table at a version: which files it is made of. Immutable. */
export interface SmallState extends TableState {
  /** By path. */
  readonly files: ReadonlyMap<string, Add>
  /** Of all states that go on from the same first one. */
  readonly origin: object
  /** How often rows, not only files, went since the first one. */
  readonly deletions: number
  /** By appId: up to where the table holds something else. */
  readonly txns: ReadonlyMap<string, number>
  /** By appId, where known: what `OffsetMove.timestampMs` says. */
  readonly txnTimes: ReadonlyMap<string, number>
}

const applyVersions = (
  { name, columns }: { readonly name: string; readonly columns: readonly SmallColumn[] },
  state: SmallState | undefined,
  versions: readonly VersionActions[],
): SmallState => {
  let protocol: Protocol | undefined = state?.protocol
  let metaData: MetaData | undefined = state?.metaData
  let deletions = state?.deletions ?? 0
  let version = state?.version ?? -1
  const files = new Map(state?.files)
  const txns = new Map(state?.txns)
  const txnTimes = new Map(state?.txnTimes)
  for (const { version: next, actions } of versions) {
    for (const action of actions) {
      if (action.protocol) protocol = action.protocol
      if (action.metaData) metaData = action.metaData
      if (action.txn) {
        const { appId, version: offset, lastUpdated } = action.txn
        txns.set(appId, offset)
        if (typeof lastUpdated === 'number') txnTimes.set(appId, lastUpdated)
        else txnTimes.delete(appId)
      }
      if (action.remove && files.delete(decodePath(action.remove.path)) && action.remove.dataChange) deletions++
    }
    // A path that goes and comes in one version is there after it, in whichever order it says so.
    for (const { add } of actions) if (add) files.set(decodePath(add.path), add)
    version = next
  }
  if (protocol === undefined || metaData === undefined) {
    throw new FleetError('table.invalid', `the log of the table ${name} begins without protocol and metaData`)
  }
  checkReader(protocol, metaData, `the table ${name}`)
  const fault = smallSchemaFault(columns, metaData.schemaString, metaData.partitionColumns)
  if (fault !== undefined) throw new FleetError('table.unsupported', `the table ${name} can't be read: ${fault}`)
  return {
    version,
    fingerprint: versions.at(-1)?.fingerprint,
    protocol,
    metaData,
    files,
    origin: state?.origin ?? {},
    deletions,
    txns,
    txnTimes,
    warnings: state?.warnings ?? [],
  }
}

/** The log of a small table in a store. */
export const smallLogIn = (
  store: ObjectStore,
  table: { readonly name: string; readonly columns: readonly SmallColumn[] },
): LogKind<SmallState> => ({
  apply: (state, versions) => applyVersions(table, state, versions),
  loadCheckpoint: async (from, named) => {
    const files = await getCheckpoint(from, named)
    if (files === undefined) return undefined
    const actions: Action[] = await Array.fromAsync(actionsOfCheckpoint(files, { kinds: CHECKPOINT_COLUMNS }))
    return applyVersions(table, undefined, [{ version: named.version, actions }])
  },
  damaged: damageOf(
    `the table ${table.name}`,
    `. Put back what is missing from a copy of ${store.url('')}; a copy of each commit is in ${store.url(COPIES_FOLDER)}`,
  ),
  replaced: (version) => replaced(store.url(''), version),
})
