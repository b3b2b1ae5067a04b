import { setImmediate } from 'node:timers/promises'

/** Work of several queries in turn: a small query waits for one piece of each large one, not for all of it. */
export interface Turns {
  take<Result>(query: string, work: () => Result | Promise<Result>): Promise<Result>
}

/** Work that does not wait lets the hub's messages in after this long. */
const BREATH_MS = 5

/** @param most pieces that run at once */
export const createTurns = (most: number): Turns => {
  /** What waits, by query; the queries in the order of their next turn. */
  const waiting = new Map<string, (() => void)[]>()
  let running = 0
  let breathedAt = performance.now()

  const next = (): void => {
    while (running < most) {
      const entry = waiting.entries().next()
      if (entry.done === true) return
      const [query, queue] = entry.value
      const begin = queue.shift()!
      waiting.delete(query)
      if (queue.length > 0) waiting.set(query, queue)
      running++
      begin()
    }
  }

  return {
    take: async (query, work) => {
      await new Promise<void>((begin) => {
        const queue = waiting.get(query)
        if (queue === undefined) waiting.set(query, [begin])
        else queue.push(begin)
        next()
      })
      try {
        if (performance.now() - breathedAt > BREATH_MS) {
          await setImmediate()
          breathedAt = performance.now()
        }
        return await work()
      } finally {
        running--
        next()
      }
    },
  }
}
