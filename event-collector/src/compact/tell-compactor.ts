import {
  type LossTable,
  type MaintenanceReport,
  type ObjectStore,
  openLossTable,
  type Table,
  unsettled,
} from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import type { Metrics } from '@fleetlake/service'

export interface ToldCompactor {
  /** The table, when it is open. */
  readonly table: () => Table | undefined
  /** Undefined where there is none. */
  readonly lossStore: ObjectStore | undefined
  /** Whether this compactor is the one that works: the others say nothing of the table. */
  readonly isOwner: () => boolean
}

export interface CompactorTold {
  /** A run of maintenance has ended. */
  ran(report: MaintenanceReport, seconds: number): void
  /**
   * Reads how many losses are not settled, for the next scrape; nothing where another compactor works.
   * @throws FleetError what reading a table of losses throws; after `table.replaced` the next call reads the one that is in its place
   */
  readLosses(): Promise<void>
}

const NOT_KNOWN = { files: undefined, bytes: undefined, rows: undefined }

/** Says what maintenance does and how the table stands. */
export const tellCompactor = ({ table, lossStore, isOwner }: ToldCompactor, metrics: Metrics): CompactorTold => {
  let losses: LossTable | undefined
  /** The table with which the losses were read. */
  let read: Table | undefined
  metrics.onScrape(() => {
    const { files, bytes, rows } = (isOwner() ? table()?.snapshot.totals : undefined) ?? NOT_KNOWN
    metrics.set('fleetlake_table_files', files)
    metrics.set('fleetlake_table_bytes', bytes)
    metrics.set('fleetlake_table_rows', rows)
    metrics.set('fleetlake_open_losses', isOwner() ? losses && unsettled(losses.losses).length : undefined)
  })
  return {
    ran: ({ compaction }, seconds) => {
      metrics.observe('fleetlake_compaction_seconds', seconds)
      metrics.add('fleetlake_compacted_files_total', compaction.filesBefore)
    },
    readLosses: async () => {
      if (lossStore === undefined || !isOwner()) return
      // Of an archive that was replaced the losses are others too, also where an older copy has no commit that would tell it.
      if (table() !== read) losses = undefined
      read = table()
      try {
        losses ??= await openLossTable(lossStore)
        await losses?.refresh()
      } catch (error) {
        if (error instanceof FleetError && error.code === 'table.replaced') losses = undefined
        throw error
      }
    },
  }
}
