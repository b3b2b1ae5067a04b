import {
  type LossTable,
  type MaintenanceReport,
  type ObjectStore,
  openLossTable,
  type Table,
  unsettled,
} from '@fleetlake/archive'
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
  /** Reads how many losses are not settled, for the next scrape. */
  readLosses(): Promise<void>
}

const NOT_KNOWN = { files: undefined, bytes: undefined, rows: undefined }

/** Says what maintenance does and how the table stands. */
export const tellCompactor = ({ table, lossStore, isOwner }: ToldCompactor, metrics: Metrics): CompactorTold => {
  let losses: LossTable | undefined
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
      if (lossStore === undefined) return
      losses ??= await openLossTable(lossStore)
      await losses?.refresh()
    },
  }
}
