import { type ObjectStore, openTable, type Table } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import {
  createHeldKeys,
  type HeldKeys,
  openProjectionTable,
  type Projection,
  type ProjectionTable,
} from '@fleetlake/projections'

/** A projection that is worked on. */
export interface OpenProjection {
  readonly projection: Projection
  readonly table: ProjectionTable
  readonly held: HeldKeys
}

export interface OpenTables {
  readonly moves: Table
  readonly projections: readonly OpenProjection[]
  close(): Promise<void>
}

export interface TableStores {
  /** Rooted at the table of positions. */
  readonly moves: ObjectStore
  readonly projections: readonly { readonly projection: Projection; readonly store: ObjectStore }[]
}

export interface OpenTablesOptions {
  /** Who writes, for commitInfo. */
  readonly engine: string
  /** Told of what nothing depends on: a checkpoint, a copy of a commit. */
  readonly onBackgroundError: (error: unknown) => void
  /** Told of a version that another projector or the compactor made first. */
  readonly onConflict: () => void
}

/**
 * Opens the table of positions, and makes the tables of projections that are not there.
 * @returns undefined while there is no table of positions
 * @throws FleetError `table.damaged`, `table.unsupported`, `store.failed`
 */
export const openTables = async (stores: TableStores, options: OpenTablesOptions): Promise<OpenTables | undefined> => {
  let moves: Table
  try {
    moves = await openTable(stores.moves)
  } catch (error) {
    if (error instanceof FleetError && error.code === 'table.missing') return undefined
    throw error
  }
  const projections = await Promise.all(
    stores.projections.map(async ({ projection, store }): Promise<OpenProjection> => ({
      projection,
      table: (await openProjectionTable(store, projection.kind, { ...options, create: true }))!,
      held: createHeldKeys(),
    })),
  )
  return {
    moves,
    projections,
    close: async () => {
      await Promise.all([moves.close(), ...projections.map(({ table }) => table.close())])
    },
  }
}
