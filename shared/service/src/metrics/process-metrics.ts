import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Metrics } from './metrics.ts'

/** How often it is seen whether the loop is late; of what is seen this much is no delay. */
const RESOLUTION_MS = 20

/** What every process tells of itself. @returns ends looking */
export const tellProcess = (metrics: Metrics): (() => void) => {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  metrics.set('process_start_time_seconds', performance.timeOrigin / 1000)
  metrics.onScrape(() => {
    const { user, system } = process.cpuUsage()
    metrics.raise('process_cpu_seconds_total', (user + system) / 1e6)
    metrics.set('process_resident_memory_bytes', process.memoryUsage.rss())
    // Nothing was seen yet when there is no sample.
    const p99Ms = delays.count === 0 ? 0 : delays.percentile(99) / 1e6 - RESOLUTION_MS
    metrics.set('nodejs_eventloop_lag_p99_seconds', Math.max(0, p99Ms) / 1000)
    delays.reset()
  })
  return () => delays.disable()
}
