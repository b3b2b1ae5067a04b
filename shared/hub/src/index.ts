export * from './connection/connect.ts'
export * from './connection/hub.ts'
export * from './connection/open-hub.ts'
export { traceHeaders, traceOf } from './connection/trace-headers.ts'

export { DIGEST_HEADER, digestFault, isDamageReason } from './payload-digest.ts'

export * from './streams/archive-claim.ts'
export * from './streams/dead-letters.ts'
export * from './streams/look-at-stream.ts'
export * from './streams/look-at-streams.ts'
export * from './streams/provision.ts'
export * from './streams/purge.ts'
export * from './streams/search-records.ts'
export * from './streams/store-message.ts'
export { findStreamFaults, type StreamFacts, type StreamFault } from './streams/stream-faults.ts'

export * from './publish/drain-within.ts'
export * from './publish/duplicate-window.ts'
export * from './publish/move-publisher.ts'
export * from './publish/publish-moves.ts'

export { appIdOf, parseAppId } from './read/app-id.ts'
export {
  beginAt,
  isOvertaken,
  newestOf,
  offsetOf,
  type Origin,
  type Predecessor,
  predecessorOf,
  type TableOffsets,
} from './read/begin-at.ts'
export * from './read/read-partition.ts'
export * from './read/read-through.ts'
export { enterPartition, type EntryOptions, type PartitionEntry } from './read/reader-notes.ts'
export * from './read/reading.ts'
export { furthestMarks, isBroken, isOutdated } from './read/stream-marks.ts'
export { judge, type Offset, type StreamState } from './read/stream-verdict.ts'

export * from './members/membership.ts'

export * from './ask/areas.ts'
export * from './ask/flush.ts'
export * from './ask/generation.ts'
export * from './ask/record-export.ts'
export * from './ask/store-record.ts'
export * from './ask/vehicles.ts'
