/** Where a reader is: everything up to `sequence` of the stream made at `created` has been read. */
export interface Offset {
  readonly sequence: number
  /** The stream's creation as the server writes it; the present stream's when missing. */
  readonly created?: string
  /** When the server stored the message at `sequence`, ms since the epoch: tells a stream that was rolled back and has grown again. */
  readonly timestampMs?: number
}

/** How a stream is filled. */
export interface StreamState {
  readonly created: string
  /** The first sequence that is stored; `last + 1` when none is. */
  readonly first: number
  readonly last: number
  readonly messages: number
  readonly bytes: number
}

export type Verdict =
  | { readonly kind: 'contiguous' }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  | { readonly kind: 'recreated'; readonly stream: StreamState }
  | { readonly kind: 'rolled-back'; readonly stream: StreamState }

/**
 * Invariant, contiguity: whether the stream continues at the offset.
 * @param storedAtMs when the message at the offset was stored, as the server now says; undefined when it is not there or not asked
 */
export const judge = (offset: Offset, stream: StreamState, storedAtMs?: number): Verdict => {
  if (offset.created !== undefined && offset.created !== stream.created) return { kind: 'recreated', stream }
  if (stream.last < offset.sequence) return { kind: 'rolled-back', stream }
  if (storedAtMs !== undefined && offset.timestampMs !== undefined && storedAtMs !== offset.timestampMs) {
    return { kind: 'rolled-back', stream }
  }
  if (stream.first > offset.sequence + 1) return { kind: 'gap', from: offset.sequence + 1, to: stream.first - 1 }
  return { kind: 'contiguous' }
}
