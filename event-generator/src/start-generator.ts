import type { Config } from '@fleetlake/contracts'
import { type Hub, joinGroup } from '@fleetlake/hub'
import { NO_OPS, type OpsContext } from '@fleetlake/service'
import { startAgent } from './agent/agent.ts'
import { startCoordinator } from './coordinator/coordinator.ts'
import { createCityLoader } from './load-city.ts'

export interface GeneratorDeps {
  readonly hub: Hub
  readonly config: Pick<Config, 'generator' | 'partitioning' | 'archive' | 'hub' | 'collector'>
  /** Of the program. */
  readonly version: string
  /** What an operator should know. */
  say(message: string): void
  /** How long a run may take; `LONGEST_RUN_MS` when missing. */
  readonly longestRunMs?: number
  /** Where it says how it is. */
  readonly ops?: OpsContext
}

export interface Generator {
  /** Stops its runs and shares, publishes what was made, says how they ended, leaves. */
  stop(): Promise<void>
}

/** Takes part in runs as agent, and leads those that are asked of it, once it knows the other generators. Resolves when it can be asked. */
export const startGenerator = async (deps: GeneratorDeps): Promise<Generator> => {
  const { hub, config, version, say, longestRunMs, ops = NO_OPS } = deps
  const { by, geohashLength } = config.partitioning
  const loadCity = createCityLoader(config.generator.cityDir)
  const membership = joinGroup(hub, {
    group: 'generators',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss() }),
  })
  const agent = startAgent({
    hub,
    membership,
    loadCity,
    partitioning: { by, geohashLength },
    windowMs: config.archive.windowMs,
    queueBytes: config.generator.queueBytes,
    say,
  })
  ops.metrics.onScrape(() => ops.metrics.raise('fleetlake_published_rows_total', agent.published()))
  ops.probe('the city', loadCity)
  await membership.ready
  const coordinator = startCoordinator({
    hub,
    membership,
    loadCity,
    toleranceMs: config.collector.futureToleranceMs,
    retentionMs: config.archive.retentionMs,
    ...(longestRunMs === undefined ? {} : { longestRunMs }),
    say,
  })
  await hub.flush()
  return {
    stop: async () => {
      await Promise.all([coordinator.stop(), agent.stop()])
      await membership.leave()
    },
  }
}
