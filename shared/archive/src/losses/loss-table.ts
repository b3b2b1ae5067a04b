import type { LogOptions } from '../log/open-log.ts'
import { openSmallTable, type SmallTableKind } from '../small/small-table.ts'
import { MOST_SMALL_FILES, tidySmallTable } from '../small/tidy-small.ts'
import type { TidyOptions } from '../maintain/tidy-table.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type KnownLoss, type Loss, lossesOf, type LossRow, newLosses, type Settlement } from './loss.ts'
import { flatLoss, LOSS_COLUMNS, lossOfFlat } from './loss-row.ts'

/** The table `losses` beside `moves`: it keeps what the log of `moves` forgets. */
export interface LossTable {
  /** As last read. */
  readonly losses: readonly KnownLoss[]
  /** Reads what came since; without news it costs one get. */
  refresh(): Promise<readonly KnownLoss[]>
  /** Durable once it resolves. Invariant: a message whose loss is recorded already, by this or another collector, is not recorded again. */
  record(losses: readonly Loss[]): Promise<void>
  /** @param ids of losses that are known */
  settle(ids: readonly string[], settlement: Settlement): Promise<void>
  /** Merges files when they are many; returns how many became one. Invariant: every loss stays. */
  mergeFiles(): Promise<number>
  /** Deletes files and versions that nobody needs any more; returns how many. */
  tidy(options: TidyOptions): Promise<number>
  close(): Promise<void>
}

export interface OpenLossTableOptions extends LogOptions {
  /** Makes the table when there is none. */
  readonly create?: boolean
}

/** Beside streams' offsets in `moves`: how often a commit passed, or an operator settled, losses. Another count: there is news. */
export const LOSSES_APP = 'fleetlake.losses'

const LOSSES: SmallTableKind<typeof LOSS_COLUMNS, LossRow, readonly LossRow[]> = {
  name: 'losses',
  columns: LOSS_COLUMNS,
  encode: flatLoss,
  decode: lossOfFlat,
  empty: [],
  // What is told of a loss again changes nothing of it.
  fold: (known, rows) => [...known, ...rows],
}

/**
 * Opens the table of losses.
 * @param store rooted at the table's folder
 * @returns undefined when there is none and none is to be made
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openLossTable = async (
  store: ObjectStore,
  options: OpenLossTableOptions = {},
): Promise<LossTable | undefined> => {
  const table = await openSmallTable(store, LOSSES, options)
  if (table === undefined) return undefined
  let rows = table.content
  let losses = lossesOf(rows)
  const latest = (): readonly KnownLoss[] => {
    if (table.content !== rows) {
      rows = table.content
      losses = lossesOf(rows)
    }
    return losses
  }
  return {
    get losses() {
      return latest()
    },
    refresh: async () => {
      await table.refresh()
      return latest()
    },
    record: async (lost) => {
      if (lost.length === 0) return
      await table.append((recorded) => newLosses(recorded, lost), 'WRITE')
    },
    settle: async (ids, settlement) => {
      await table.append(() => ids.map((id): LossRow => ({ kind: 'settled', id, ...settlement })), 'SETTLE')
    },
    mergeFiles: () => table.mergeFiles({ moreThan: MOST_SMALL_FILES }),
    tidy: (how) => tidySmallTable(table, store, how),
    close: table.close,
  }
}
