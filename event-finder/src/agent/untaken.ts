/** The batches of a query that are on the way to its client. */
export interface Untaken {
  /**
   * Waits for room, then counts a batch as sent.
   * @returns false when the client is gone or wants no more
   */
  add(batch: string): Promise<boolean>
  take(batch: string): void
  isEmpty(): boolean
  /** The next batch has to wait. */
  isFull(): boolean
  /** Nobody waits any more, and nothing is added. */
  giveUp(): void
}

export interface UntakenOptions {
  readonly most: number
  /** A client that takes nothing for this long, while there is something to take, is gone. */
  readonly goneMs: number
}

/** A client is looked at so many times before it is given up. */
const LOOKS = 10

export const createUntaken = ({ most, goneMs }: UntakenOptions): Untaken => {
  const sent = new Set<string>()
  const waiting = new Set<() => void>()
  let isGivenUp = false
  let patience: NodeJS.Timeout | undefined
  const wake = (): void => {
    clearInterval(patience)
    patience = undefined
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  /** Counts looks, not time: a process that was frozen hears what has come meanwhile before it judges. */
  const lookOut = (): NodeJS.Timeout => {
    let looks = 0
    return setInterval(() => ++looks >= LOOKS && giveUp(), goneMs / LOOKS)
  }
  const giveUp = (): void => {
    isGivenUp = true
    wake()
  }
  return {
    add: async (batch) => {
      while (sent.size >= most && !isGivenUp) {
        patience ??= lookOut()
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
      if (isGivenUp) return false
      sent.add(batch)
      return true
    },
    take: (batch) => {
      if (sent.delete(batch)) wake()
    },
    isFull: () => sent.size >= most,
    isEmpty: () => sent.size === 0,
    giveUp,
  }
}
