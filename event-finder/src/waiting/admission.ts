import { createFairQueue } from './fair-queue.ts'

/**
 * Lets a bounded number in at once; the clients of the others take turns. One client never has all places, as long as there are several: another
 * finds one at once.
 */
export interface Admission {
  /** @returns false when there is no room now */
  tryEnter(client: string): boolean
  /** @returns false when the signal was aborted before there was room */
  enter(client: string, signal: AbortSignal): Promise<boolean>
  leave(client: string): void
}

/** Of all places those that one client may have. */
const CLIENT_SHARE = 3 / 4

export const createAdmission = (most: number): Admission => {
  const mostOfClient = Math.ceil(most * CLIENT_SHARE)
  const waiting = createFairQueue<() => void>()
  const inside = new Map<string, number>()
  let total = 0
  const isLet = (client: string): boolean => (inside.get(client) ?? 0) < mostOfClient
  const goIn = (client: string, by: 1 | -1): void => {
    total += by
    const count = (inside.get(client) ?? 0) + by
    if (count === 0) inside.delete(client)
    else inside.set(client, count)
  }
  const tryEnter = (client: string): boolean => {
    if (total >= most || !isLet(client)) return false
    goIn(client, 1)
    return true
  }
  return {
    tryEnter,
    enter: async (client, signal) => {
      if (signal.aborted) return false
      if (tryEnter(client)) return true
      return new Promise((resolve) => {
        const settle = (isAdmitted: boolean): void => {
          signal.removeEventListener('abort', giveUp)
          resolve(isAdmitted)
        }
        const admit = (): void => {
          goIn(client, 1)
          settle(true)
        }
        const giveUp = (): void => {
          waiting.remove(client, admit)
          settle(false)
        }
        signal.addEventListener('abort', giveUp)
        waiting.add(client, admit)
      })
    },
    leave: (client) => {
      goIn(client, -1)
      waiting.take(isLet)?.()
    },
  }
}
