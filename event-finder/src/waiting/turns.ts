import { setImmediate as setImmediateCallback } from 'node:timers'
import { setImmediate } from 'node:timers/promises'
import type { Steps } from '@fleetlake/core'
import { createFairQueue, type FairQueue } from './fair-queue.ts'

/** Whose work it is. */
export interface Owner {
  readonly client: string
  readonly query: string
}

/**
 * Work in turn. Invariant: of the clients that wait, the one whose work has taken the least is next, and of its queries each in turn. So a small query
 * waits for the piece at work and for what other queries of its own client take, never for all that another client has asked for.
 */
export interface Turns {
  take<Result>(owner: Owner, work: () => Result | Promise<Result>): Promise<Result>
}

/** How long steps go on in one turn. */
const STEPS_MS = 0.5

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
const BREATH_MS = 0.5

/** What a client that comes back may take before those that were at work meanwhile are next. */
const CREDIT_MS = 100
/** What a piece counts at least. */
const LEAST_MS = 1
/** Clients that are remembered though they are not at work. */
const MOST_KNOWN = 1_000

interface Client {
  /** Of each query. */
  readonly waiting: FairQueue<() => void>
  running: number
  /** What its work has taken, reckoned from when it came. */
  usedMs: number
}

/** @param most pieces that run at once */
export const createTurns = (most: number, now: () => number = () => performance.now()): Turns => {
  /** Those that were here; of two that have taken the same, the first is next. */
  const clients = new Map<string, Client>()
  let running = 0
  /** What the client that was next last had taken then. */
  let clockMs = 0
  let breathedAt = performance.now()

  const isIdle = ({ running: own, waiting }: Client): boolean => own === 0 && waiting.isEmpty()
  const comeIn = (name: string): Client => {
    const known = clients.get(name)
    if (known !== undefined) {
      if (isIdle(known)) known.usedMs = Math.max(known.usedMs, clockMs - CREDIT_MS)
      return known
    }
    if (clients.size >= MOST_KNOWN) for (const [other, state] of clients) if (isIdle(state)) clients.delete(other)
    const client = { waiting: createFairQueue<() => void>(), running: 0, usedMs: clockMs - CREDIT_MS }
    clients.set(name, client)
    return client
  }
  const nextClient = (): [string, Client] | undefined => {
    let best: [string, Client] | undefined
    for (const entry of clients) {
      if (!entry[1].waiting.isEmpty() && (best === undefined || entry[1].usedMs < best[1].usedMs)) best = entry
    }
    return best
  }
  const next = (): void => {
    while (running < most) {
      const best = nextClient()
      if (best === undefined) return
      const [name, client] = best
      clients.delete(name)
      clients.set(name, client)
      clockMs = Math.max(clockMs, client.usedMs)
      client.running++
      running++
      client.waiting.take()!()
    }
  }
  const end = (client: Client, tookMs: number): void => {
    running--
    client.running--
    client.usedMs += Math.max(LEAST_MS, tookMs)
    // Its query may have a next piece, and be the next again.
    if (nextClient() !== undefined) setImmediateCallback(next)
  }

  return {
    take: async ({ client: name, query }, work) => {
      const client = comeIn(name)
      await new Promise<void>((begin) => {
        client.waiting.add(query, begin)
        next()
      })
      const beganMs = now()
      try {
        if (performance.now() - breathedAt > BREATH_MS) {
          await setImmediate()
          breathedAt = performance.now()
        }
        return await work()
      } finally {
        end(client, now() - beganMs)
      }
    },
  }
}
