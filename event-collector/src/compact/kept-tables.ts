import {
  type ObjectStore,
  openLatestStore,
  openLossStore,
  openLossTable,
  openPresenceStore,
  openRegistryStore,
  openSearchStore,
  openSearchTable,
  type StoreSettings,
  type TellRequest,
  tidySearches,
} from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import {
  LATEST,
  mergeProjection,
  openProjectionTable,
  PRESENCE,
  type ProjectionKind,
  tidyProjection,
} from '@fleetlake/projections'
import { openRegistry } from '@fleetlake/registry'
import { createTableKeeper, type KeepOptions, type TableKeeper } from './keep-table.ts'

/** Stores of the tables beside `moves`; one that is missing has no table. */
export interface KeptStores {
  readonly registry?: ObjectStore
  readonly searches?: ObjectStore
  readonly losses?: ObjectStore
  readonly presence?: ObjectStore
  readonly latest?: ObjectStore
}

/** Those of an archive. */
export const openKeptStores = async (archive: StoreSettings, tell?: TellRequest): Promise<Required<KeptStores>> => {
  const [registry, searches, losses, presence, latest] = await Promise.all([
    openRegistryStore(archive, tell),
    openSearchStore(archive, tell),
    openLossStore(archive, tell),
    openPresenceStore(archive, tell),
    openLatestStore(archive, tell),
  ])
  return { registry, searches, losses, presence, latest }
}

export interface KeptTablesOptions extends KeepOptions {
  readonly config: Config
  readonly engine: string
  /** The newest date that retention took out of `moves`, `YYYY-MM-DD`; undefined when none is known. */
  readonly newestDateGone: () => string | undefined
}

/** All tables of the archive but `moves`, each with what keeps it in order. */
export const keptTables = (
  stores: KeptStores,
  { config: { archive, compactor }, engine, newestDateGone, ...options }: KeptTablesOptions,
): readonly TableKeeper[] => {
  const { signal } = options
  const tidying = () => ({
    graceMs: compactor.graceMs,
    logRetentionMs: archive.logRetentionMs,
    nowMs: Date.now(),
    signal,
  })
  const keepRegistry = (store: ObjectStore) =>
    createTableKeeper(
      {
        what: 'the registry',
        open: () => openRegistry(store, { engine }),
        merge: (table) => table.mergeFiles(),
        tidy: (table) => table.tidy(tidying()),
        close: (table) => table.close(),
      },
      options,
    )
  const keepSearches = (store: ObjectStore) =>
    createTableKeeper(
      {
        what: 'the table of searches',
        open: () => openSearchTable(store, { engine }),
        // Who adds to it merges.
        merge: async () => 0,
        tidy: (table) => tidySearches(table, store, tidying()),
        close: (table) => table.close(),
      },
      options,
    )
  const keepLosses = (store: ObjectStore) =>
    createTableKeeper(
      {
        what: 'the table of losses',
        open: () => openLossTable(store, { engine }),
        merge: (table) => table.mergeFiles(),
        tidy: (table) => table.tidy(tidying()),
        close: (table) => table.close(),
      },
      options,
    )
  const keepProjection = (kind: ProjectionKind) => (store: ObjectStore) =>
    createTableKeeper(
      {
        what: `the table ${kind.name}`,
        open: () => openProjectionTable(store, kind, { engine }),
        merge: (table) => mergeProjection(table, { nowMs: Date.now, signal }),
        tidy: async (table) => {
          const { deleted } = await tidyProjection(table, { ...tidying(), newestDateGone: newestDateGone() })
          return deleted
        },
        close: (table) => table.close(),
      },
      options,
    )
  const keep = (store: ObjectStore | undefined, keeper: (store: ObjectStore) => TableKeeper): readonly TableKeeper[] =>
    store === undefined ? [] : [keeper(store)]
  return [
    ...keep(stores.registry, keepRegistry),
    ...keep(stores.searches, keepSearches),
    ...keep(stores.losses, keepLosses),
    ...keep(stores.presence, keepProjection(PRESENCE)),
    ...keep(stores.latest, keepProjection(LATEST)),
  ]
}
