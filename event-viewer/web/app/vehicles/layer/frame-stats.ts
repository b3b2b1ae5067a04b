/** The last values; adding one allocates nothing. */
export interface FrameStats {
  add(ms: number): void
  /** Oldest first. */
  list(): number[]
  /** Values that were ever added. */
  readonly count: number
}

export const createFrameStats = (capacity = 300): FrameStats => {
  const values = new Float64Array(capacity)
  let added = 0
  return {
    add: (ms) => {
      values[added % capacity] = ms
      added += 1
    },
    get count() {
      return added
    },
    list: () => {
      const oldest = added > capacity ? added % capacity : 0
      return [...values.subarray(oldest, Math.min(added, capacity)), ...values.subarray(0, oldest)]
    },
  }
}
