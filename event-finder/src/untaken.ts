/** The batches of a query that are on the way to its asker. */
export interface Untaken {
  /**
   * Waits for room, then counts a batch as sent.
   * @returns false when the asker is gone or wants no more
   */
  add(batch: string): Promise<boolean>
  take(batch: string): void
  isEmpty(): boolean
  /** Nobody waits any more, and nothing is added. */
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
  return {
    add: async (batch) => {
      while (sent.size >= most && !isGivenUp) {
        patience ??= setTimeout(giveUp, goneMs)
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
      if (isGivenUp) return false
      sent.add(batch)
      return true
    },
    take: (batch) => {
      if (sent.delete(batch)) wake()
    },
    isEmpty: () => sent.size === 0,
    giveUp,
  }
}
