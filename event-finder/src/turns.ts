import { setImmediate } from 'node:timers/promises'
import type { Steps } from '@fleetlake/core'
import { createFairQueue, type FairQueue } from './fair-queue.ts'

/** Whose work it is. */
export interface Owner {
  readonly client: string
  readonly query: string
}

/**
 * Work in turn: clients take turns, and the queries of each. A small query waits for one piece of another client's, and for one piece of each
 * other of its own client's, not for all of them.
 */
export interface Turns {
  take<Result>(owner: Owner, work: () => Result | Promise<Result>): Promise<Result>
}

/** How long steps go on in one turn. */
const STEPS_MS = 3

/** Does work in steps, some in each turn. */
export const takeTurns = async <Result>(turns: Turns, owner: Owner, steps: Steps<Result>): Promise<Result> => {
  for (;;) {
    const { done, value } = await turns.take(owner, () => {
      const until = performance.now() + STEPS_MS
      let step = steps.next()
      while (step.done !== true && performance.now() < until) step = steps.next()
      return step
    })
    if (done === true) return value
  }
}

/** Work that does not wait lets the hub's messages in after this long. */
const BREATH_MS = 5

/** @param most pieces that run at once */
export const createTurns = (most: number): Turns => {
  /** What waits of each client, by query; the clients in the order of their next turn. */
  const waiting = new Map<string, FairQueue<() => void>>()
  let running = 0
  let breathedAt = performance.now()

  const next = (): void => {
    while (running < most) {
      const entry = waiting.entries().next()
      if (entry.done === true) return
      const [client, queue] = entry.value
      const begin = queue.take()!
      waiting.delete(client)
      if (!queue.isEmpty()) waiting.set(client, queue)
      running++
      begin()
    }
  }

  return {
    take: async ({ client, query }, work) => {
      await new Promise<void>((begin) => {
        const queue = waiting.get(client) ?? createFairQueue<() => void>()
        queue.add(query, begin)
        waiting.set(client, queue)
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
