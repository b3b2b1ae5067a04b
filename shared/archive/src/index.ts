export type { Chunk } from './chunk.ts'
export type { ChunkColumns, Codec } from './codec/codec.ts'
export { isParquet, openCodec, readChunkFile } from './codec/open-codec.ts'
export { parquetCodec } from './codec/parquet.ts'
export type { AddFile } from './log/actions.ts'
export type { CommitPart, CommitRequest, CommitResult, OffsetMove, StaleStream } from './log/commit.ts'
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
export { type CompactionRules, planCompaction, type Rewrite } from './maintain/plan-compaction.ts'
export { type VacuumReport, vacuumTable } from './maintain/vacuum-table.ts'
export { type KeptChunk, prune, type Pruned, type Search } from './prune.ts'
export type { DateFiles, Totals } from './log/files.ts'
export type { Snapshot, TableSettings } from './snapshot.ts'
export { checkStore } from './store/check-store.ts'
export { createFileStore } from './store/file-store.ts'
export { isFolder, placeBelow } from './store/location.ts'
export type { ByteRange, ObjectInfo, ObjectStore } from './store/object-store.ts'
export { openStore, openTableStore, type StoreSettings } from './store/open-store.ts'
export { openTable, type OpenTableOptions, type Table } from './table.ts'
export { type ChunkPlace, writeChunk, type WriteChunkDeps } from './write-chunk.ts'
