export { checkTable } from './check-table.ts'
export { isNotAsRead } from './is-not-as-read.ts'
export type { Chunk } from './chunk.ts'
export { type BackUpOptions, type BackUpProgress, type BackUpReport, backUp } from './backup/back-up.ts'
export { checkBackup, type CheckReport } from './backup/check-backup.ts'
export {
  type Backups,
  type KeptHub,
  type KeptTable,
  listBackups,
  type Manifest,
  readManifest,
} from './backup/manifest.ts'
export { differencesOf, digestRows, type RowsDigest } from './backup/digest-rows.ts'
export { type PruneReport, pruneBackups } from './backup/prune-backups.ts'
export { checkEmpty, restoreBackup, type RestoreReport } from './backup/restore-backup.ts'
export type { AddFile } from './log/actions.ts'
export { type RemovedFile, commitNumber, readChanges, type VersionChanges } from './log/read-changes.ts'
export { type Feeder, feederOf } from './log/feeder.ts'
export { fingerprintOf } from './log/fingerprint.ts'
export { type KnownLoss, type Loss, lossId, type Settlement, unsettled } from './losses/loss.ts'
export { LOSSES_APP, type LossTable, openLossTable, type OpenLossTableOptions } from './losses/loss-table.ts'
export { readMarks, writeMarks } from './losses/mark-files.ts'
export {
  columnsFault,
  type CommitPart,
  type CommitRequest,
  type CommitResult,
  type OffsetMove,
  type StaleStream,
} from './log/commit.ts'
export { type TracedCommit, traceInfo } from './log/traced-commit.ts'
export { cleanLog, type CleanLogOptions } from './maintain/clean-log.ts'
export {
  COMPACTION_APP,
  compactionRules,
  type CompactionReport,
  type CompactionSettings,
  compactTable,
} from './maintain/compact-table.ts'
export { isCompacted } from './maintain/compacted.ts'
export { describeTable, type TableDescription } from './maintain/describe-table.ts'
export { dropOldDates, type OldDate, planRetention } from './maintain/drop-old-dates.ts'
export { graceOf } from './maintain/grace.ts'
export { createMaintenance, type MaintenanceReport, type MaintenanceSettings } from './maintain/maintain-table.ts'
export { applyRepair, planRepair, type RepairedVersion, type RepairPlan } from './maintain/repair-table.ts'
export { type CompactionRules, planCompaction, type Rewrite } from './maintain/plan-compaction.ts'
export { rowsOfFile } from './maintain/read-rows.ts'
export { readReports } from './reports/read-reports.ts'
export { type VacuumReport, vacuumTable } from './maintain/vacuum-table.ts'
export { type KeptChunk, prune, type Pruned, pruneSteps, type Search, type TimesIn } from './prune.ts'
export type { DateFiles, Totals } from './log/files.ts'
export { type ColumnConflict, DATA_COLUMNS, deltaTypeOf } from './schema.ts'
export type { Snapshot, TableSettings } from './snapshot.ts'
export { createColumnWatch, type ColumnWatch, type ColumnWatchDeps } from './column-watch.ts'
export { type FlatRow, microsOf, millisOf } from './small/small-file.ts'
export {
  openSmallTable,
  type OpenSmallTableOptions,
  type SmallTable,
  type SmallTableKind,
} from './small/small-table.ts'
export { type AskedSearch, type AuditEntry, type AuditFilter, readAudit, recordsIn } from './searches/read-searches.ts'
export { type SearchFacts, searchFacts } from './searches/search-facts.ts'
export { openSearchTable, type SearchMove, type SearchPeriod, type SearchTable } from './searches/search-table.ts'
export { MOST_SMALL_FILES, tidySmallTable } from './small/tidy-small.ts'
export { type TidiedFiles, type TidiedTable, type TidyOptions, tidyTable } from './maintain/tidy-table.ts'
export { tidySearches } from './searches/tidy-searches.ts'
export { checkStore, probeStore } from './store/check-store.ts'
export { createFileStore } from './store/file-store.ts'
export { isFolder, placeBelow } from './store/location.ts'
export { createMemoryStore, type MemoryObjects } from './store/memory-store.ts'
export type { ByteRange, ObjectInfo, ObjectStore } from './store/object-store.ts'
export {
  openLatestStore,
  openLossStore,
  openPresenceStore,
  openRegistryStore,
  openSearchStore,
  openStore,
  openTableStore,
  type StoreSettings,
} from './store/open-store.ts'
export { placesOverlap } from './store/places-overlap.ts'
export { type StoreOperation, type TellRequest, toldStore } from './store/told-store.ts'
export { type CheckpointMaker } from './log/write-checkpoint.ts'
export { makeCheckpoint } from './log/make-checkpoint.ts'
export { openTable, type OpenTableOptions, type Table } from './table.ts'
export { type ChunkPlace, writeChunk, type WriteChunkDeps } from './write-chunk.ts'
