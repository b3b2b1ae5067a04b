export { parseAppId } from './app-id.ts'
export {
  beginAt,
  isOvertaken,
  newestOf,
  type Origin,
  type Predecessor,
  predecessorOf,
  type TableOffsets,
} from './begin-at.ts'
export * from './connect.ts'
export * from './membership.ts'
export * from './provision.ts'
export * from './move-publisher.ts'
export * from './publish-moves.ts'
export * from './purge.ts'
export * from './read-partition.ts'
export * from './reading.ts'
export { judge, type Offset, type StreamState } from './stream-verdict.ts'
export * from './hub.ts'
export * from './store-message.ts'
export * from './ask/generation.ts'
export * from './look-at-stream.ts'
export * from './look-at-streams.ts'
export * from './ask/flush.ts'
export * from './drain-within.ts'
export * from './open-hub.ts'
export * from './read-through.ts'
export * from './duplicate-window.ts'
export * from './ask/vehicles.ts'
export * from './dead-letters.ts'
export * from './archive-claim.ts'
export { enterPartition, type EntryOptions, type PartitionEntry } from './reader-notes.ts'
