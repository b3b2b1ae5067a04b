import type { Chunk, ObjectStore, Snapshot } from '@fleetlake/archive'
import type { HeldKeys, SomeKeys } from '../fold/held-keys.ts'
import { createTimedKeys, type KeysOf, type TimedKeys } from '../fold/timed-keys.ts'
import type { Batch } from '../table/batch.ts'
import type { ProjectionState } from '../table/projection-log.ts'
import type { ProjectionTable } from '../table/projection-table.ts'
import { BUCKETS } from '../buckets.ts'

export interface FoldDeps {
  /** Rooted at the table of positions. */
  readonly moves: ObjectStore
  /** Of the version that is folded up to: what is computed again is computed from it. */
  readonly snapshot: Snapshot
  readonly table: ProjectionTable
  readonly state: ProjectionState
  readonly held: HeldKeys
  /** Bytes that the keys may take. */
  readonly memory: number
  /** Told of rows that were looked at. */
  readonly onRows: (rows: number) => void
  readonly signal: AbortSignal
}

export interface FoldRequest {
  /** In the order in which they are folded: that of the versions, so that rows of a vehicle come in order as a rule. */
  readonly files: readonly Chunk[]
  readonly buckets: readonly number[]
  /** Nothing of what the buckets hold of the files' dates counts: it is made anew. */
  readonly isAnew: boolean
}

/**
 * - folded: partial rows to add; those of a fold that made anew are whole.
 * - whole: all that the buckets are to hold.
 * - split: the buckets can't be folded together.
 * - lost: a file is not there any more: versions since have put its rows into others, or have taken them away.
 */
export type Folded =
  | { readonly status: 'folded' | 'whole'; readonly add: Batch }
  | { readonly status: 'split'; readonly into: readonly (readonly number[])[] }
  | { readonly status: 'lost'; readonly path: string }

/** Forgets what is not in use as far as room is needed. @returns whether keys in use and so many more bytes fit; one bucket does whatever it takes */
export const hasRoom = (
  { held, memory }: Pick<FoldDeps, 'held' | 'memory'>,
  inUse: SomeKeys,
  bytes: number,
): boolean => {
  held.trim(Math.max(0, memory - bytes), inUse)
  return inUse.buckets.length === 1 || held.bytes() + bytes <= memory
}

export interface HoldOptions {
  readonly buckets: readonly number[]
  /** Fills the keys of buckets that are not held; asks now and then. */
  readonly load: (keysOf: KeysOf, missing: readonly number[]) => AsyncIterable<unknown> | Iterable<unknown>
  /** Whether so many more bytes fit. */
  readonly fits: (bytes: number) => boolean
}

/** @returns undefined when they do not fit together */
export const holdKeys = async (
  { held }: Pick<FoldDeps, 'held'>,
  part: string,
  { buckets, load, fits }: HoldOptions,
): Promise<KeysOf | undefined> => {
  const keysOf: (TimedKeys | undefined)[] = Array.from({ length: BUCKETS })
  const loaded: (TimedKeys | undefined)[] = Array.from({ length: BUCKETS })
  for (const bucket of buckets) {
    keysOf[bucket] = held.get(part, bucket)
    if (keysOf[bucket] === undefined) keysOf[bucket] = loaded[bucket] = createTimedKeys()
  }
  const missing = buckets.filter((bucket) => loaded[bucket] !== undefined)
  if (missing.length > 0) {
    for await (const _ of load(loaded, missing)) {
      if (!fits(missing.reduce((sum, bucket) => sum + loaded[bucket]!.heldBytes, 0))) return undefined
    }
  }
  for (const bucket of missing) held.put(part, bucket, loaded[bucket]!)
  return keysOf
}

/** What did not fit is folded in halves, and from the next step on in groups of that size. */
export const splitInHalves = ({ held }: Pick<FoldDeps, 'held'>, buckets: readonly number[]): Folded => {
  held.groupSize.didNotFit(buckets.length)
  const half = buckets.length >> 1
  return { status: 'split', into: [buckets.slice(0, half), buckets.slice(half)] }
}
