/** Work of several queries in turn: a small query waits for one piece of a large one, not for all of it. */
export interface Turns {
  take(query: string, work: () => Promise<void>): Promise<void>
}

/** @param most pieces that run at once */
export const createTurns = (most: number): Turns => {
  /** What waits, by query; the queries in the order of their next turn. */
  const waiting = new Map<string, (() => void)[]>()
  let running = 0

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
      await new Promise<void>((resolve) => {
        const queue = waiting.get(query)
        if (queue === undefined) waiting.set(query, [resolve])
        else queue.push(resolve)
        next()
      })
      try {
        await work()
      } finally {
        running--
        next()
      }
    },
  }
}
