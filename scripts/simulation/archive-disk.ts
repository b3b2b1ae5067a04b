import { createMemoryStore, type MemoryObjects, type ObjectStore } from '@fleetlake/archive'

/** What the archive holds at a moment, both of its tables. */
export interface ArchiveCopy {
  readonly moves: MemoryObjects
  readonly losses: MemoryObjects
}

/** The archive's disk: it can be copied, and replaced by a copy, between two moments. */
export interface ArchiveDisk {
  /** As nothing but the judge sees them. */
  readonly stores: { readonly moves: ObjectStore; readonly losses: ObjectStore }
  copy(): ArchiveCopy
  replaceBy(copy: ArchiveCopy): void
}

export const createArchiveDisk = (): ArchiveDisk => {
  const disk: ArchiveCopy = { moves: new Map(), losses: new Map() }
  const replace = (objects: MemoryObjects, by: MemoryObjects): void => {
    objects.clear()
    for (const [path, object] of by) objects.set(path, object)
  }
  return {
    stores: {
      moves: { ...createMemoryStore(disk.moves), readsAtOnce: 8 },
      losses: createMemoryStore(disk.losses),
    },
    copy: () => ({ moves: new Map(disk.moves), losses: new Map(disk.losses) }),
    replaceBy: ({ moves, losses }) => {
      replace(disk.moves, moves)
      replace(disk.losses, losses)
    },
  }
}
