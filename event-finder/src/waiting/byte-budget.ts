import { createFairQueue } from './fair-queue.ts'

/** Memory that several pieces of work share, in bytes. */
export interface ByteBudget {
  /** Waits for its turn: clients take turns, and of each client the first to come is the first served. @returns gives the bytes back */
  take(client: string, bytes: number): Promise<() => void>
  /** At least one caller waits. */
  isShort(): boolean
}

/** @param total bytes; work that asks for more than that runs alone */
export const createByteBudget = (total: number): ByteBudget => {
  const waiting = createFairQueue<{ readonly bytes: number; readonly begin: () => void }>()
  let left = total
  const next = (): void => {
    for (let first = waiting.peek(); first !== undefined && first.bytes <= left; first = waiting.peek()) {
      waiting.take()
      left -= first.bytes
      first.begin()
    }
  }
  return {
    isShort: () => !waiting.isEmpty(),
    take: async (client, asked) => {
      const bytes = Math.min(asked, total)
      await new Promise<void>((begin) => {
        waiting.add(client, { bytes, begin })
        next()
      })
      return () => {
        left += bytes
        next()
      }
    },
  }
}
