/** The bytes that the tails of all streams hold together, those included that a query still holds after they were dropped. */
export interface TailMemory {
  readonly most: number
  bytes(): number
  isFull(): boolean
  /** Holds more, or less. */
  change(bytes: number): void
  /** Resolves once it is not full. */
  room(): Promise<void>
}

/** @param most may be passed by what one message takes, and by what its block grows by in advance */
export const createTailMemory = (most: number): TailMemory => {
  const waiting = new Set<() => void>()
  let held = 0
  const isFull = (): boolean => held >= most
  return {
    most,
    bytes: () => held,
    isFull,
    change: (bytes) => {
      held += bytes
      if (isFull()) return
      for (const resolve of waiting) resolve()
      waiting.clear()
    },
    room: async () => {
      while (isFull()) await new Promise<void>((resolve) => waiting.add(resolve))
    },
  }
}
