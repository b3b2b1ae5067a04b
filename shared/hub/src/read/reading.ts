import type { StoredMessage } from '@fleetlake/broker'
import type { Offset, StreamState } from './stream-verdict.ts'

export type StoredMove = StoredMessage

/**
 * What a reader has read. After `recreated` and `rolled-back` it stands still until `seek`: the caller decides under
 * which appId and from where. After `gap` it reads on at `to + 1`.
 */
export type Reading =
  | { readonly kind: 'moves'; readonly moves: readonly StoredMove[] }
  /** Messages `from` to `to`, inclusive, are not in the stream any more. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** Another stream of the same name: its sequences start again. */
  | { readonly kind: 'recreated'; readonly stream: StreamState; readonly seen?: number | undefined }
  /** The same stream in an earlier state, maybe grown since. `seen`: the last sequence that it was known to hold before. */
  | { readonly kind: 'rolled-back'; readonly stream: StreamState; readonly seen?: number | undefined }
  | { readonly kind: 'closed' }

export type ReaderState = { readonly state: 'reading' } | { readonly state: 'waiting'; readonly reason: string }

export interface ReadOptions {
  readonly partition: number
  /** Reading starts at `from.sequence + 1`; 0 is the beginning. */
  readonly from: Offset
  readonly onState?: (state: ReaderState) => void
  /** Bytes asked for at a time, at least 128 KiB; about three times that is held at most. */
  readonly askBytes?: number
}

/**
 * Invariant, contiguity: the sequences handed out are offset + 1, + 2, …; anything else is told in its place as a reading of its own.
 * Pull-based: a caller that does not call `next` pauses it.
 */
export interface PartitionReader {
  readonly partition: number
  /** Waits until there is something, one call at a time. */
  next(): Promise<Reading>
  /** What `next` has handed out so far. */
  position(): Offset
  /** By the last look, about a second old at most; undefined before the first. */
  info(): StreamState | undefined
  /** The last sequence that the stream was seen to hold while it was the one that is read; undefined before the first look. */
  seen(): number | undefined
  /** Reads on from another offset; what was read ahead is dropped. */
  seek(offset: Offset): void
  close(): Promise<void>
}
