import {
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

export interface KeptTablesOptions extends KeepOptions {
  readonly config: Config
  readonly engine: string
  readonly tell: TellRequest | undefined
  /** The newest date that retention took out of `moves`, `YYYY-MM-DD`; undefined when none is known. */
  readonly newestDateGone: () => string | undefined
}

const PROJECTIONS: readonly {
  readonly kind: ProjectionKind
  readonly openStore: (settings: StoreSettings, tell?: TellRequest) => ReturnType<typeof openPresenceStore>
}[] = [
  { kind: PRESENCE, openStore: openPresenceStore },
  { kind: LATEST, openStore: openLatestStore },
]

/** All tables of the archive but `moves`, each with what keeps it in order. */
export const keptTables = async ({
  config: { archive, compactor },
  engine,
  tell,
  newestDateGone,
  ...options
}: KeptTablesOptions): Promise<readonly TableKeeper[]> => {
  const { signal } = options
  const tidying = () => ({
    graceMs: compactor.graceMs,
    logRetentionMs: archive.logRetentionMs,
    nowMs: Date.now(),
    signal,
  })
  const [registryStore, searchStore, lossStore] = await Promise.all([
    openRegistryStore(archive, tell),
    openSearchStore(archive, tell),
    openLossStore(archive, tell),
  ])
  const registry = createTableKeeper(
    {
      what: 'the registry',
      open: () => openRegistry(registryStore, { engine }),
      merge: (table) => table.mergeFiles(),
      tidy: (table) => table.tidy(tidying()),
      close: (table) => table.close(),
    },
    options,
  )
  const searches = createTableKeeper(
    {
      what: 'the table of searches',
      open: () => openSearchTable(searchStore, { engine }),
      // Who adds to it merges.
      merge: async () => 0,
      tidy: (table) => tidySearches(table, searchStore, tidying()),
      close: (table) => table.close(),
    },
    options,
  )
  const losses = createTableKeeper(
    {
      what: 'the table of losses',
      open: () => openLossTable(lossStore, { engine }),
      merge: (table) => table.mergeFiles(),
      tidy: (table) => table.tidy(tidying()),
      close: (table) => table.close(),
    },
    options,
  )
  const projections = await Promise.all(
    PROJECTIONS.map(async ({ kind, openStore }) => {
      const store = await openStore(archive, tell)
      return createTableKeeper(
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
    }),
  )
  return [registry, searches, losses, ...projections]
}
