import type { HeldBlock } from './tail-lane.ts'
import type { TailRows } from './tail-block.ts'

/** Something of the hub that an answer misses. */
export interface Missing {
  /** A stream, or `hub`. */
  readonly path: string
  readonly reason: string
}

/** The rows that the hub holds and a version of the table does not, in memory for one query until it is released. */
export interface HeldTail {
  readonly messages: number
  readonly rows: number
  /** Of memory, shared with other queries. */
  readonly bytes: number
  /** Invariant: what should be here and is not. */
  readonly missing: readonly Missing[]
  /** The rows, stream by stream, each in its order; the same each time. */
  pieces(): Generator<TailRows>
  release(): void
}

export const holdTail = (blocks: readonly HeldBlock[], messages: number, missing: readonly Missing[]): HeldTail => ({
  messages,
  rows: blocks.reduce((rows, { block, after, through }) => rows + block.count(after, through), 0),
  bytes: blocks.reduce((bytes, { block }) => bytes + block.bytes, 0),
  missing,
  *pieces() {
    for (const { block, after, through } of blocks) {
      const piece = block.take(after, through)
      if (piece !== undefined) yield piece
    }
  },
  release: () => {
    for (const block of blocks) block.release()
  },
})

/** Of a hub whose streams the table holds wholly, or of which nothing can be said but what is missing. */
export const holdNothing = (missing: readonly Missing[] = []): HeldTail => holdTail([], 0, missing)
