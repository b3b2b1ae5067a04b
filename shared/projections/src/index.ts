export { latestProjection, PRESENCE_PROJECTION, type Projection } from './engine/projection.ts'
export { type BucketsReport, type ProjectionEvent, type StepDeps, stepBuckets } from './engine/step-buckets.ts'
export { createHeldKeys, type HeldKeys } from './fold/held-keys.ts'
export { ALL_BUCKETS, bucketOf, bucketOfBytes, BUCKETS } from './buckets.ts'
export {
  compareLatest,
  compareNumbers,
  LATEST,
  latestBatch,
  type LatestColumns,
  latestColumns,
} from './latest/latest.ts'
export { eachCadence } from './presence/cadence.ts'
export {
  addIntervals,
  CLASSES,
  classOf,
  INTERVAL_CLASSES,
  parseIntervals,
  type StoredIntervals,
  storeIntervals,
} from './presence/intervals.ts'
export { PRESENCE } from './presence/presence.ts'
export {
  createTextNumbers,
  presenceBatch,
  type PresenceColumns,
  presenceColumns,
  type TextNumbers,
} from './presence/presence-columns.ts'
export { presenceOfRows, type PresenceRow, readPresence, rowsOfPresence } from './presence/presence-rows.ts'
export { type Cadences, type CadenceSelection, readCadences } from './presence/read-cadences.ts'
export { type Batch, concatBatches, emptyBatch, gatherBatch, type ProjectionColumn, sliceBatch } from './table/batch.ts'
export { describeProjection, type ProjectionDescription } from './table/describe-projection.ts'
export type { FileEntry } from './table/file-entry.ts'
export { type BucketOffset, latestColumnsOf } from './table/offsets.ts'
export type { ProjectionKind } from './table/projection-kind.ts'
export type { ProjectionState } from './table/projection-log.ts'
export {
  openProjectionTable,
  type OpenProjectionOptions,
  type ProjectionChange,
  type ProjectionCommit,
  type ProjectionTable,
} from './table/projection-table.ts'
export type { RowSelection } from './table/selection.ts'
export { GROUP_ROWS } from './table/write-file.ts'
export { mergeProjection } from './tidy/merge-files.ts'
export { type TidiedProjection, tidyProjection, type TidyProjectionOptions } from './tidy/tidy-projection.ts'
