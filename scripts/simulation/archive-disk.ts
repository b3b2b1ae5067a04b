import { createMemoryStore, type MemoryObjects, type ObjectStore } from '@fleetlake/archive'

const TABLES = ['moves', 'losses', 'presence', 'latest'] as const
type ArchiveTable = (typeof TABLES)[number]

/** What the archive holds at a moment, table by table. */
export type ArchiveCopy = Readonly<Record<ArchiveTable, MemoryObjects>>

/** The archive's disk: it can be copied, and replaced by a copy, between two moments. */
export interface ArchiveDisk {
  /** As nothing but the judge sees them. */
  readonly stores: Readonly<Record<ArchiveTable, ObjectStore>>
  copy(): ArchiveCopy
  /** @param keep tables that stay as they are: derived ones need not be in a backup */
  replaceBy(copy: ArchiveCopy, keep?: readonly ArchiveTable[]): void
}

const eachTable = <Value>(make: (table: ArchiveTable) => Value): Readonly<Record<ArchiveTable, Value>> => ({
  moves: make('moves'),
  losses: make('losses'),
  presence: make('presence'),
  latest: make('latest'),
})

export const createArchiveDisk = (): ArchiveDisk => {
  const disk: ArchiveCopy = eachTable(() => new Map())
  const stores = eachTable((table) => createMemoryStore(disk[table]))
  return {
    stores: { ...stores, moves: { ...stores.moves, readsAtOnce: 8 } },
    copy: () => eachTable((table) => new Map(disk[table])),
    replaceBy: (copy, keep = []) => {
      for (const table of TABLES) {
        if (keep.includes(table)) continue
        disk[table].clear()
        for (const [path, object] of copy[table]) disk[table].set(path, object)
      }
    },
  }
}
