import { findPurgeable, type Hub, type Offset, purgeThrough, storedAt } from '@fleetlake/hub'

export interface Purgeable {
  readonly partition: number
  /** What the table holds of the stream. */
  readonly committed: Offset
}

export interface Purger {
  /**
   * Purges what the trailing purge allows. Nothing, while the stream's message at the offset is not the very one that was
   * committed: then the stream was restored or made again, and holds under these sequences what the table has not.
   */
  purge(purgeable: Purgeable): Promise<void>
}

/** @param remember has the hub remember the version of the table that a purge trusts in */
export const createPurger = (hub: Hub, duplicateWindowMs: number, remember: () => Promise<void>): Purger => {
  /** How far each stream has been purged, by its creation. */
  const purged = new Map<string, number>()
  return {
    purge: async ({ partition, committed: { created, sequence, timestampMs } }) => {
      if (created === undefined || timestampMs === undefined) return
      const key = `${partition} ${created}`
      if (sequence - 1 <= (purged.get(key) ?? 0)) return
      const through = await findPurgeable(hub, { partition, committed: sequence, duplicateWindowMs })
      if (through <= (purged.get(key) ?? 0)) return
      if ((await storedAt(hub, partition, sequence)) !== timestampMs) return
      await remember()
      await purgeThrough(hub, partition, through)
      purged.set(key, through)
    },
  }
}
