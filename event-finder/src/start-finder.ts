import { createFileStore, openTable, type Table } from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { type Hub, joinGroup } from '@fleetlake/hub'
import { startAgent } from './agent.ts'
import { startCoordinator } from './coordinator.ts'

/** A task without a sign of life for this long is sent again. */
const SILENCE_MS = 3_000

export interface Finder {
  /** Ends what is under way, then leaves the group. */
  stop(): Promise<void>
}

/** Coordinator and agent of searches over one archive. */
export const startFinder = async (
  hub: Hub,
  { config, version }: { config: Config; version: string },
): Promise<Finder> => {
  const store = createFileStore(`${config.archive.path}/moves`)
  let table: Table | undefined
  const snapshot = async () => {
    try {
      table ??= await openTable(store)
      return await table.refresh()
    } catch (error) {
      // Nothing has been archived yet.
      if (error instanceof FleetError && error.code === 'table.missing') return undefined
      throw error
    }
  }
  const agent = startAgent(hub, store)
  const coordinator = startCoordinator(hub, { ...config.finder, silenceMs: SILENCE_MS }, { snapshot })
  const membership = joinGroup(hub, {
    group: 'finders',
    version,
    describe: () => ({ memoryBytes: process.memoryUsage.rss() }),
  })
  await snapshot()
  return {
    stop: async () => {
      await coordinator.stop()
      await agent.stop()
      await membership.leave()
      await table?.close()
    },
  }
}
