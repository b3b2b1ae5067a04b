import { createFairQueue } from './fair-queue.ts'

/**
 * Lets a bounded number in at once; the clients of the others take turns. One client never has all places, as long as there are several: another
 * finds one at once.
 */
export interface Admission {
  /**
   * @param begin called when there is room: before this returns when there is some now
   * @returns gives the place back, or waits for none any more; once, however often it is called
   */
  enter(client: string, begin: () => void): () => void
  /** How many wait. */
  waiting(): number
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
  return {
    enter: (client, begin) => {
      let [isIn, hasLeft] = [false, false]
      const admit = (): void => {
        isIn = true
        goIn(client, 1)
        begin()
      }
      if (total < most && isLet(client)) admit()
      else waiting.add(client, admit)
      return () => {
        if (hasLeft) return
        hasLeft = true
        if (!isIn) return waiting.remove(client, admit)
        goIn(client, -1)
        waiting.take(isLet)?.()
      }
    },
    waiting: waiting.count,
  }
}
