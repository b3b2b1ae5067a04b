import { type KnownLoss, LOSSES_APP, type LossTable, type Snapshot } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'

export interface LossWatch {
  /**
   * The losses that the hub's collectors had recorded when a version was committed. Read again only when the version says that there is news.
   * @throws FleetError `table.missing` when the table of losses is gone, `table.invalid`, `store.failed`
   */
  at(snapshot: Pick<Snapshot, 'txn'>): Promise<readonly KnownLoss[]>
}

/** @param open the table as it is now; undefined when there is none */
export const createLossWatch = (open: () => Promise<Pick<LossTable, 'losses'> | undefined>): LossWatch => {
  /** What was read for a count. A count of another archive, or of an earlier copy of it, is another. */
  let known: { readonly count: number; readonly losses: Promise<readonly KnownLoss[]> } | undefined
  const read = async (count: number): Promise<readonly KnownLoss[]> => {
    const table = await open()
    if (table !== undefined) return table.losses
    throw new FleetError(
      'table.missing',
      `the archive's table losses is gone, though it was written ${count === 1 ? 'once' : `${count} times`}: restore its folder`,
    )
  }
  return {
    at: async (snapshot) => {
      const count = snapshot.txn(LOSSES_APP)
      if (count === 0) return []
      if (known?.count !== count) known = { count, losses: read(count) }
      const mine = known
      try {
        return await mine.losses
      } catch (error) {
        if (known === mine) known = undefined
        throw error
      }
    },
  }
}
