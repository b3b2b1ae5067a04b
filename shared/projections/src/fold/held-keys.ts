import { BUCKETS } from '../buckets.ts'
import { createGroupSize, type GroupSize } from './group-size.ts'
import type { TimedKeys } from './timed-keys.ts'

/** Keys of these parts and buckets. */
export interface SomeKeys {
  readonly parts: readonly string[]
  readonly buckets: readonly number[]
}

/** The keys of a part of a projection (a date's, or all) and a bucket. */
export interface HeldKeys {
  readonly groupSize: GroupSize
  /** What all of them hold of memory, or some of them. */
  bytes(some?: SomeKeys): number
  /** Counts as a use. */
  get(part: string, bucket: number): TimedKeys | undefined
  put(part: string, bucket: number, keys: TimedKeys): void
  /** Forgets them, of some parts or of all: they are read from the table when they are needed again. */
  drop(buckets: readonly number[], part?: string): void
  /** Forgets those of all other buckets. */
  keep(buckets: readonly number[]): void
  /**
   * Forgets what it has of buckets that are not where they were left: another has folded them since.
   * @param place of all these buckets, as it was given to `leave`
   */
  meet(buckets: readonly number[], place: string): void
  /** Buckets are at a place now, and what is held is of it. */
  leave(buckets: readonly number[], place: string): void
  /** Forgets what was used least recently until the rest fits, but for what is in use. */
  trim(limit: number, inUse: SomeKeys): void
}

const nameOf = (part: string, bucket: number): string => `${bucket}/${part}`

interface KeysPlace {
  readonly part: string
  readonly bucket: number
}

const amongKeys = ({ parts, buckets }: SomeKeys): ((place: KeysPlace) => boolean) => {
  const some = new Set(buckets)
  return ({ part, bucket }) => some.has(bucket) && parts.includes(part)
}

export const createHeldKeys = (): HeldKeys => {
  /** The least recently used first. */
  const held = new Map<string, KeysPlace & { readonly keys: TimedKeys }>()
  const bytes: HeldKeys['bytes'] = (some) => {
    const isMeant = some && amongKeys(some)
    let sum = 0
    for (const entry of held.values()) if (isMeant === undefined || isMeant(entry)) sum += entry.keys.heldBytes
    return sum
  }
  const drop: HeldKeys['drop'] = (buckets, part) => {
    const gone = new Set(buckets)
    for (const [name, entry] of held) {
      if (gone.has(entry.bucket) && (part === undefined || entry.part === part)) held.delete(name)
    }
  }
  /** By bucket. */
  const places = new Map<number, string>()
  return {
    groupSize: createGroupSize(BUCKETS),
    bytes,
    get: (part, bucket) => {
      const name = nameOf(part, bucket)
      const found = held.get(name)
      if (found === undefined) return undefined
      held.delete(name)
      held.set(name, found)
      return found.keys
    },
    put: (part, bucket, keys) => void held.set(nameOf(part, bucket), { part, bucket, keys }),
    drop,
    keep: (buckets) => {
      const kept = new Set(buckets)
      for (const [name, { bucket }] of held) if (!kept.has(bucket)) held.delete(name)
    },
    meet: (buckets, place) => drop(buckets.filter((bucket) => places.get(bucket) !== place)),
    leave: (buckets, place) => {
      for (const bucket of buckets) places.set(bucket, place)
    },
    trim: (limit, inUse) => {
      const isInUse = amongKeys(inUse)
      let rest = bytes()
      for (const [name, entry] of held) {
        if (rest <= limit) return
        if (isInUse(entry)) continue
        held.delete(name)
        rest -= entry.keys.heldBytes
      }
    },
  }
}
