import { join } from 'node:path'
import { type Message, subjects } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { type Hub, runGeneration } from '@fleetlake/hub'
import { liveFiles } from '@fleetlake/testing'
import { watchUsage } from '../../demo/usage.ts'
import type { Stack } from '../../stack.ts'
import type { IngestOptions } from './options.ts'

export interface PipelineFigures {
  readonly events: number
  readonly eventsPerSecond: number
  readonly elapsedMs: number
  readonly cpuMicrosPerEvent: number
  /** µs of CPU an event, by kind of service; nats-server is `hub`. */
  readonly cpuByService: Readonly<Record<string, number>>
  /** Of two cores or however many there are, in all: 1 is one core. */
  readonly coresBusy: number
  readonly peakRssMb: number
  readonly peakCollectorRssMb: number
  readonly bytesPerEvent: number
  readonly files: number
  /** Age of the oldest message that a collector had not committed, by its heartbeats: the highest, and at the end. */
  readonly lagMs: { readonly highest: number; readonly last: number; readonly perMinute: readonly number[] }
}

const START_TIME = '2026-01-05T07:00:00.000Z'
const INTERVAL_MS = 5_000
const round = (value: number, digits: number): number => Number(value.toFixed(digits))

/** From asking for the run to the answer that the table holds all of it. */
export const measurePipeline = async (hub: Hub, stack: Stack, options: IngestOptions): Promise<PipelineFigures> => {
  const { vehicles, events, seed, realTimeSeconds } = options
  const lag = watchLag(hub)
  const watching = await watchUsage(() => stack.processes())
  const startedAt = performance.now()
  const stats = await runGeneration(
    hub,
    realTimeSeconds === undefined
      ? { vehicles, events, seed, startTime: START_TIME, intervalMs: INTERVAL_MS }
      : { vehicles, seed, durationMs: realTimeSeconds * 1_000, realTime: true, intervalMs: INTERVAL_MS },
  )
  const elapsedMs = performance.now() - startedAt
  const usage = await watching.stop()
  const lagMs = await lag.stop()
  if (stats.status !== 'complete' || !stats.flushed) {
    throw new FleetError('service.failed', `the generation ended as ${stats.status}: ${stats.error ?? 'not flushed'}`)
  }
  const { files } = await liveFiles(join(stack.archivePath, 'moves'))
  const cpuByService: Record<string, number> = {}
  for (const [name, micros] of Object.entries(usage.cpuMicrosByName)) {
    const kind = name.replace(/-\d+$/, '')
    cpuByService[kind] = round((cpuByService[kind] ?? 0) + micros / stats.events, 3)
  }
  return {
    events: stats.events,
    eventsPerSecond: Math.round((stats.events / elapsedMs) * 1_000),
    elapsedMs: Math.round(elapsedMs),
    cpuMicrosPerEvent: round(usage.cpuMicros / stats.events, 2),
    cpuByService,
    coresBusy: round(usage.cpuMicros / 1_000 / elapsedMs, 2),
    peakRssMb: Math.round(usage.peakRssBytes / 2 ** 20),
    peakCollectorRssMb: lagMs.collectorRssMb,
    bytesPerEvent: round(files.reduce((total, { size }) => total + size, 0) / stats.events, 2),
    files: files.length,
    lagMs: { highest: lagMs.highest, last: lagMs.last, perMinute: lagMs.perMinute },
  }
}

interface Lag {
  readonly highest: number
  readonly last: number
  readonly perMinute: number[]
  readonly collectorRssMb: number
}

const watchLag = (hub: Hub): { stop(): Promise<Lag> } => {
  const perMinute: number[] = []
  let [last, rssBytes] = [0, 0]
  const startedAt = performance.now()
  const hear = ({ group, lagMs, memoryBytes }: Message<'heartbeat'>): void => {
    if (group !== 'collectors') return
    last = lagMs ?? 0
    rssBytes = Math.max(rssBytes, memoryBytes)
    const minute = Math.floor((performance.now() - startedAt) / 60_000)
    perMinute[minute] = Math.max(perMinute[minute] ?? 0, last)
  }
  const listener = hub.listen('heartbeat', subjects.heartbeat('*', '*'), ({ data }) => hear(data))
  return {
    stop: async () => {
      await listener.close()
      const highest = Math.max(0, ...perMinute.filter((value) => value !== undefined))
      return { highest, last, perMinute, collectorRssMb: Math.round(rssBytes / 2 ** 20) }
    },
  }
}
