import { FleetError } from '@fleetlake/core'
import { type Hub, runGeneration } from '@fleetlake/hub'

const INTERVAL_MS = 5_000
/** Until the positions come evenly. */
const SETTLE_MS = 8_000
const DURATION_MS = 600_000

/** A fleet that reports in real time, archived as it goes, until `stop`. @returns events a second while it ran */
export const startLiveLoad = async (hub: Hub, eventsPerSecond: number): Promise<{ stop(): Promise<number> }> => {
  const vehicles = Math.max(1, Math.round((eventsPerSecond * INTERVAL_MS) / 1_000))
  const aborter = new AbortController()
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>()
  let [events, heardAt] = [0, 0]
  const run = runGeneration(
    hub,
    { vehicles, durationMs: DURATION_MS, intervalMs: INTERVAL_MS, realTime: true, seed: 2 },
    {
      signal: aborter.signal,
      onProgress: (progress) => {
        events = progress.events
        heardAt = performance.now()
        if (progress.elapsedMs > SETTLE_MS) settle()
      },
    },
  )
  const early = run.then(({ status, error }) => {
    throw new FleetError('service.failed', `the live load ended as ${status}: ${error ?? ''}`)
  })
  early.catch(() => undefined)
  await Promise.race([settled, early])
  const [eventsBefore, startedAt] = [events, heardAt]
  return {
    stop: async () => {
      const rate = ((events - eventsBefore) / (heardAt - startedAt)) * 1_000
      aborter.abort()
      await run.catch(() => undefined)
      return Math.round(rate)
    },
  }
}
