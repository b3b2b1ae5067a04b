import type { TimedKeys } from './timed-keys.ts'

/** The keys of a part of a projection (a date's, or all) and a bucket. */
export interface HeldKeys {
  /** What all of them hold of memory. */
  bytes(): number
  /** Counts as a use. */
  get(part: string, bucket: number): TimedKeys | undefined
  put(part: string, bucket: number, keys: TimedKeys): void
  /** Forgets them, of some parts or of all: they are read from the table when they are needed again. */
  drop(buckets: readonly number[], part?: string): void
  /**
   * Forgets what it has of buckets that are not where they were left: another has folded them since.
   * @param place of all these buckets, as it was given to `leave`
   */
  meet(buckets: readonly number[], place: string): void
  /** Buckets are at a place now, and what is held is of it. */
  leave(buckets: readonly number[], place: string): void
  /** Forgets what was used least recently until the rest fits, but for a part that is in use. */
  trim(limit: number, inUse: string): void
}

const nameOf = (part: string, bucket: number): string => `${bucket}/${part}`

export const createHeldKeys = (): HeldKeys => {
  /** The least recently used first. */
  const held = new Map<string, { readonly part: string; readonly bucket: number; readonly keys: TimedKeys }>()
  const bytes = (): number => {
    let sum = 0
    for (const { keys } of held.values()) sum += keys.heldBytes
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
    meet: (buckets, place) => drop(buckets.filter((bucket) => places.get(bucket) !== place)),
    leave: (buckets, place) => {
      for (const bucket of buckets) places.set(bucket, place)
    },
    trim: (limit, inUse) => {
      let rest = bytes()
      for (const [name, { part, keys }] of held) {
        if (rest <= limit) return
        if (part === inUse) continue
        held.delete(name)
        rest -= keys.heldBytes
      }
    },
  }
}
