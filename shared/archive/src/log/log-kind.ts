import type { FleetError } from '@fleetlake/core'
import type { ObjectStore } from '../store/object-store.ts'
import type { Action, MetaData, Protocol } from './actions.ts'
import type { Damage } from './damage.ts'
import type { CheckpointName } from './list-log.ts'

/** What is known of any table at a version, whatever its rows are. Immutable. */
export interface TableState {
  readonly version: number
  /** Of the version's commit; undefined when that was not read. */
  readonly fingerprint: string | undefined
  readonly protocol: Protocol
  readonly metaData: MetaData
  /** What was found amiss and got round while the log was read. */
  readonly warnings: readonly string[]
}

/** The actions of one version, or of a checkpoint of it. */
export interface VersionActions {
  readonly version: number
  readonly actions: readonly Action[]
  /** Of the commit; missing of a checkpoint. */
  readonly fingerprint?: string
}

/** How the log of a table becomes its state, and how a fault of it is told. */
export interface LogKind<State extends TableState> {
  /**
   * The state after some versions more, oldest first; `state` stays as it is.
   * @param state undefined before the first version
   * @throws FleetError `table.unsupported`, `table.invalid`
   */
  apply(state: State | undefined, versions: readonly VersionActions[]): State
  /**
   * The state at a checkpoint.
   * @returns undefined when it is not there any more
   * @throws FleetError `table.unsupported`, `table.invalid`
   */
  loadCheckpoint(store: ObjectStore, name: CheckpointName): Promise<State | undefined>
  /** @returns FleetError `table.damaged` */
  damaged(damage: Damage, cause?: unknown): FleetError
  /** @returns FleetError `table.replaced`: the log is whole, and is not the one of which this version was read */
  replaced(version: number): FleetError
}
