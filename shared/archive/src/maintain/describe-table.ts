import type { Snapshot } from '../snapshot.ts'
import { findCheckpoint } from '../log/read-log.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type KnownLoss, unsettled } from '../losses/loss.ts'
import { COMPACTION_APP } from './compact-table.ts'
import { isCompacted } from './compacted.ts'

/** How a table stands. */
export interface TableDescription {
  readonly version: number
  readonly files: number
  readonly bytes: number
  readonly rows: number
  readonly bytesPerRow: number | null
  /** Files that no compaction has written. */
  readonly smallFiles: number
  /** Of all files, 0 to 1. */
  readonly smallFileShare: number
  /** `YYYY-MM-DD`; null when there are none. */
  readonly oldestDate: string | null
  readonly newestDate: string | null
  /** How far each stream is archived, by the name under which the table counts it. */
  readonly offsets: Readonly<Record<string, number>>
  readonly compactions: number
  /** Losses of messages that no operator has settled. */
  readonly losses: number
  /** What a cold reader begins with. */
  readonly checkpoint: { readonly version: number; readonly ageMs: number | null } | null
  /** What was found amiss and got round while the log was read. */
  readonly warnings: readonly string[]
}

/** Counts of the table's own, beside those of streams. */
const OWN_APP = /^fleetlake\./

export const describeTable = async (
  store: ObjectStore,
  { version, totals, dates, txns, files, warnings }: Snapshot,
  { nowMs, losses }: { nowMs: number; losses: readonly KnownLoss[] },
): Promise<TableDescription> => {
  let smallFiles = 0
  for (const { path } of files()) if (!isCompacted(path)) smallFiles++
  const sorted = [...dates.keys()].toSorted()
  return {
    version,
    ...totals,
    bytesPerRow: totals.rows === 0 ? null : totals.bytes / totals.rows,
    smallFiles,
    smallFileShare: totals.files === 0 ? 0 : smallFiles / totals.files,
    oldestDate: sorted[0] ?? null,
    newestDate: sorted.at(-1) ?? null,
    offsets: Object.fromEntries([...txns].filter(([appId]) => !OWN_APP.test(appId)).toSorted()),
    compactions: txns.get(COMPACTION_APP) ?? 0,
    losses: unsettled(losses).length,
    checkpoint: await describeCheckpoint(store, nowMs),
    warnings,
  }
}

const describeCheckpoint = async (store: ObjectStore, nowMs: number): Promise<TableDescription['checkpoint']> => {
  const named = await findCheckpoint(store)
  if (named === undefined) return null
  const [path] = named.paths
  for await (const { modifiedMs } of store.list(path)) {
    return { version: named.version, ageMs: Math.max(0, Math.round(nowMs - modifiedMs)) }
  }
  return { version: named.version, ageMs: null }
}
