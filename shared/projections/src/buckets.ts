import { partitionOfBytes, partitionOfText } from '@fleetlake/core'

/** Fixed shares of keys: a projector works on whole buckets. Stable for ever, since rows carry their bucket. */
export const BUCKETS = 64

/** Of a vehicle id, or another key. */
export const bucketOf = (key: string): number => partitionOfText(key, BUCKETS)

/** The same of a key's bytes in UTF-8. */
export const bucketOfBytes = (bytes: Uint8Array, from = 0, to: number = bytes.length): number =>
  partitionOfBytes(bytes, from, to, BUCKETS)

export const ALL_BUCKETS: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) => bucket)
