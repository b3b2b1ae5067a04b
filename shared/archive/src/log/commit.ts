import type { AddFile } from './actions.ts'

/** What a commit moves a stream's offset from and to: rows of the messages `(from, to]` are in its files. */
export interface OffsetMove {
  /** `<stream>@<created>#<epoch>` */
  readonly appId: string
  /** The offset at which the buffer began. */
  readonly from: number
  /** The last sequence that the files hold; beyond `from`. */
  readonly to: number
}

/** Files that stand or fall together, with the offset that they account for. */
export interface CommitPart {
  readonly add: readonly AddFile[]
  /** None for files that no stream accounts for (an import, a compaction). */
  readonly offset?: OffsetMove
}

export interface CommitRequest {
  readonly parts: readonly CommitPart[]
  /** Store paths of files that the commit takes out of the table. */
  readonly remove?: readonly string[]
  /** False when the rows stay the same (a compaction). Default true. */
  readonly dataChange?: boolean
  /** E.g. 'WRITE', 'OPTIMIZE'. */
  readonly operation: string
  /** More fields of commitInfo. */
  readonly info?: Readonly<Record<string, unknown>>
}

/** A stream whose offset in the table is not the one that its buffer began at. */
export interface StaleStream {
  readonly appId: string
  /** The table's offset. */
  readonly offset: number
}

/**
 * - committed: everything is in the table, once.
 * - stale: nothing was written. The caller takes these streams' parts out, gives their buffers up and tries the rest again.
 * - conflict: nothing was written; these paths to remove are not in the table any more.
 * - expired: nothing was written; the oldest file was written so long ago that a vacuum may take it.
 */
export type CommitResult =
  | { readonly status: 'committed'; readonly version: number }
  | { readonly status: 'stale'; readonly streams: readonly StaleStream[] }
  | { readonly status: 'conflict'; readonly paths: readonly string[] }
  | { readonly status: 'expired'; readonly ageMs: number }
