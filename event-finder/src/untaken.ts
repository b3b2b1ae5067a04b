/** The batches of a query that are on the way to its asker. */
export interface Untaken {
  /**
   * Waits for room, then counts a batch as sent.
   * @returns false when the asker is gone or wants no more
   */
  add(batch: string): Promise<boolean>
  take(batch: string): void
  /** Resolves once everything sent is taken, or nobody takes any more. */
  settled(): Promise<void>
  /** Nobody waits any more. */
  giveUp(): void
}

export interface UntakenOptions {
  readonly most: number
  /** An asker that takes nothing for this long, while there is something to take, is gone. */
  readonly goneMs: number
}

export const createUntaken = ({ most, goneMs }: UntakenOptions): Untaken => {
  const sent = new Set<string>()
  const waiting = new Set<() => void>()
  let isGivenUp = false
  let patience: NodeJS.Timeout | undefined
  const wake = (): void => {
    clearTimeout(patience)
    patience = undefined
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  const giveUp = (): void => {
    isGivenUp = true
    wake()
  }
  /** Until something is taken or the asker is given up. */
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.add(resolve)
      patience ??= setTimeout(giveUp, goneMs)
    })
  return {
    add: async (batch) => {
      while (sent.size >= most && !isGivenUp) await change()
      if (isGivenUp) return false
      sent.add(batch)
      return true
    },
    take: (batch) => {
      if (sent.delete(batch)) wake()
    },
    settled: async () => {
      while (sent.size > 0 && !isGivenUp) await change()
    },
    giveUp,
  }
}
