import type { Hub } from './hub.ts'

/** Where a reader is: everything up to `sequence` of the stream made at `created` has been handed out. */
export interface Offset {
  readonly sequence: number
  /** The stream's creation as the server writes it; the present stream's when missing. */
  readonly created?: string
  /** When the server stored the message at `sequence`, ms since the epoch: tells a stream that was rolled back and grew again. */
  readonly timestampMs?: number
}

/** A message of a stream. */
export interface StoredMove {
  readonly sequence: number
  /** When the server stored it, ms since the epoch. */
  readonly timestampMs: number
  readonly subject: string
  header(name: string): string | undefined
  /** A view: whoever keeps it for long copies it. */
  readonly data: Uint8Array
}

/** How a partition's stream is filled, by the last look at it. */
export interface StreamState {
  readonly created: string
  readonly first: number
  readonly last: number
  readonly messages: number
  readonly bytes: number
}

/**
 * What a reader has read. After `recreated` and `rolled-back` it stands still until `seek`: whoever reads decides under
 * which appId and from where. After `gap` it reads on at `to + 1`.
 */
export type Reading =
  | { readonly kind: 'moves'; readonly moves: readonly StoredMove[] }
  /** Messages `from` to `to`, inclusive, are not in the stream any more. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** Another stream of the same name: its sequences count anew. */
  | { readonly kind: 'recreated'; readonly stream: StreamState }
  /** The same stream, restored to an earlier state. */
  | { readonly kind: 'rolled-back'; readonly stream: StreamState }
  | { readonly kind: 'closed' }

export type ReaderState =
  | { readonly state: 'reading' }
  | { readonly state: 'waiting'; readonly reason: string }

export interface ReadOptions {
  readonly partition: number
  /** Reading starts at `from.sequence + 1`; 0 is the beginning. */
  readonly from: Offset
  readonly onState?: (state: ReaderState) => void
  /** Bytes that are asked for at a time; at most twice that is held. */
  readonly askBytes?: number
}

/**
 * Law, contiguity: the sequences handed out are offset + 1, + 2, …; anything else is told as a reading of its own, in its
 * place. Pull-based: whoever does not call `next` pauses it.
 */
export interface PartitionReader {
  readonly partition: number
  /** Waits until there is something. One call at a time. */
  next(): Promise<Reading>
  /** What `next` has handed out so far. */
  position(): Offset
  /** By the last look, at most about a second old; undefined before the first. */
  info(): StreamState | undefined
  /** Reads on from another offset; what was read ahead is dropped. */
  seek(offset: Offset): void
  close(): Promise<void>
}

export declare const readPartition: (hub: Hub, options: ReadOptions) => PartitionReader
