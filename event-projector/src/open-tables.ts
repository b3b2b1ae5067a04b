import { type ObjectStore, openTable, type Table } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import {
  createHeldKeys,
  type HeldKeys,
  openProjectionTable,
  type Projection,
  type ProjectionTable,
} from '@fleetlake/projections'

/** A projection that is worked on, and what is known of its keys. */
export interface OpenProjection {
  readonly table: ProjectionTable
  readonly held: HeldKeys
}

export interface OpenProjectionTableOptions {
  /** Who writes, for commitInfo. */
  readonly engine: string
  /** Told of what nothing depends on: a checkpoint, a copy of a commit. */
  readonly onBackgroundError: (error: unknown) => void
  /** Told of a version that another projector or the compactor made first. */
  readonly onConflict: () => void
}

/**
 * Opens the table of positions.
 * @returns undefined while there is none
 * @throws FleetError `table.damaged`, `table.unsupported`, `store.failed`
 */
export const openMoves = async (store: ObjectStore): Promise<Table | undefined> => {
  try {
    return await openTable(store)
  } catch (error) {
    if (error instanceof FleetError && error.code === 'table.missing') return undefined
    throw error
  }
}

const isEmpty = async (store: ObjectStore): Promise<boolean> => {
  for await (const _ of store.list('')) return false
  return true
}

/**
 * Opens the table of a projection; makes it when it is not there. Invariant: none is made where the table of positions is gone, as it is while its disk is not mounted.
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openProjection = async (
  { kind }: Projection,
  { moves, own }: { readonly moves: ObjectStore; readonly own: ObjectStore },
  options: OpenProjectionTableOptions,
): Promise<OpenProjection> => {
  if (await isEmpty(moves)) {
    throw new FleetError(
      'store.failed',
      `the table ${kind.name} is not opened: the table of positions beside it is gone. Was its disk unmounted? Mount it again`,
    )
  }
  return { table: (await openProjectionTable(own, kind, { ...options, create: true }))!, held: createHeldKeys() }
}
