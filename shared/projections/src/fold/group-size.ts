/**
 * How many buckets are folded, and committed, together: as many as fit into memory as far as is known. Invariant: what did not fit is not tried again at the next step, and what
 * takes little of memory is tried with twice as many.
 */
export interface GroupSize {
  readonly buckets: number
  /** So many buckets did not fit together. */
  didNotFit(buckets: number): void
  /** Buckets fitted together, and took so many bytes. */
  took(bytes: number): void
  /** A step is over. @param memory bytes that there are */
  endStep(memory: number): void
}

/** With twice as many buckets half of memory is left for what they have more next time. */
const AMPLE = 4

/** @param most there is no more to fold together */
export const createGroupSize = (most: number): GroupSize => {
  let buckets = most
  /** Of a fold of this step; 0 while there was none. */
  let mostBytes = 0
  return {
    get buckets() {
      return buckets
    },
    didNotFit: (tried) => {
      buckets = Math.max(1, Math.min(buckets, tried >> 1))
      mostBytes = Infinity
    },
    took: (bytes) => (mostBytes = Math.max(mostBytes, bytes)),
    endStep: (memory) => {
      if (mostBytes > 0 && AMPLE * mostBytes <= memory) buckets = Math.min(most, 2 * buckets)
      mostBytes = 0
    },
  }
}
