import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '@fleetlake/core'

export type Restarts = {
  name: string
  /** resolves when the present run has ended */
  awaitEnd: () => Promise<{ asked: boolean; how: string }>
  restart: () => Promise<void>
  signal: AbortSignal
  say: (line: string) => void
}

const firstDelayMs = 500
const longestDelayMs = 10_000
/** A run that has lasted this long starts the delays from the beginning. */
const goodRunMs = 30_000

/** Starts something again each time it ends unasked, waiting longer from time to time, until the signal is aborted. */
export const keepRunning = async ({ name, awaitEnd, restart, signal, say }: Restarts): Promise<void> => {
  let delayMs = firstDelayMs
  while (true) {
    const startedAt = performance.now()
    const { asked, how } = await awaitEnd()
    if (asked || signal.aborted) return
    if (performance.now() - startedAt > goodRunMs) delayMs = firstDelayMs
    let isRunning = false
    while (!isRunning) {
      say(`${name} | ended ${how}, starting it again in ${delayMs / 1000} s`)
      await delay(delayMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      delayMs = Math.min(2 * delayMs, longestDelayMs)
      try {
        await restart()
        isRunning = true
      } catch (error) {
        if (signal.aborted) return
        say(`${name} | ${reasonOf(error)}`)
      }
    }
  }
}
