import type { Former } from '../losses/presume-losses.ts'
import type { HeldBlock } from './tail-lane.ts'
import type { TailBlock, TailRows } from './tail-block.ts'

/** Something of the hub that an answer misses. */
export interface Missing {
  /** A stream, or `hub`. */
  readonly path: string
  readonly reason: string
}

/** How far each block was taken by one who keeps what it has: of one that is gone nothing is kept. */
export type TakenThrough = WeakMap<TailBlock, number>

/** The rows that the hub holds and a version of the table does not, in memory for one query until it is released. */
export interface HeldTail {
  readonly messages: number
  readonly rows: number
  /** Of memory, shared with other queries. */
  readonly bytes: number
  /** Invariant: what should be here and is not; one entry a stream. */
  readonly missing: readonly Missing[]
  /** Earlier states of the streams, of which what the version does not hold may be lost. */
  readonly formers: readonly Former[]
  /**
   * The rows, stream by stream, each in its order; the same each time.
   * @param taken leaves out what was taken with it before, where that is known, and is kept up to date
   */
  pieces(taken?: TakenThrough): Generator<TailRows>
  release(): void
}

export interface HeldOf extends Pick<HeldTail, 'messages' | 'missing' | 'formers'> {
  readonly blocks: readonly HeldBlock[]
}

export const holdTail = ({ blocks, messages, missing, formers }: HeldOf): HeldTail => ({
  messages,
  rows: blocks.reduce((rows, { block, after, through }) => rows + block.count(after, through), 0),
  bytes: blocks.reduce((bytes, { block }) => bytes + block.bytes, 0),
  missing,
  formers,
  *pieces(taken) {
    for (const { block, after, through } of blocks) {
      const begin = Math.max(after, taken?.get(block) ?? after)
      if (begin >= through) continue
      taken?.set(block, through)
      const piece = block.take(begin, through)
      if (piece !== undefined) yield piece
    }
  },
  release: () => {
    for (const block of blocks) block.release()
  },
})

/** Of a hub whose streams the table holds wholly, or of which nothing can be said but what is missing. */
export const holdNothing = (missing: readonly Missing[] = []): HeldTail =>
  holdTail({ blocks: [], messages: 0, missing, formers: [] })
