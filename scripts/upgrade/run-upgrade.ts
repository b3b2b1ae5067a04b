import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileStore, openTable, type Snapshot } from '@fleetlake/archive'
import { askVehicles, connectHub, flushStreams, type Hub, lookAtStream } from '@fleetlake/hub'
import { startNatsServer } from '@fleetlake/nats-server'
import { eventually, readTable } from '@fleetlake/testing'
import { ALL } from '../hot-rows/testing/world.ts'
import { type Stack, startStack } from '../stack.ts'
import { startLoad } from './steady-load.ts'

export interface UpgradeReport {
  /** Positions that the hub had acknowledged when the old release was stopped, when the new one was ready, and in all. */
  readonly acknowledged: { readonly old: number; readonly between: number; readonly all: number }
  /** Versions of the table that each release wrote. */
  readonly versions: { readonly old: number; readonly all: number }
  /** Positions in the table that are not among the acknowledged, are missing, or are there more than once. */
  readonly wrong: number
  readonly search: { readonly status: string; readonly rows: number }
  /** What the old release had made, as the new one leaves it. */
  readonly dates: number
}

const PARTITIONS = 2
const OLD_COMMITS = 6

const SETTINGS = {
  FLEET_PARTITIONING_COUNT: String(PARTITIONS),
  FLEET_COLLECTOR_MAX_AGE_MS: '500',
  FLEET_HUB_MAX_BYTES_PER_PARTITION: '32 MiB',
  FLEET_LOG_FORMAT: 'text',
}

/**
 * The old release archives while devices send, is stopped, and the present one goes on with its streams and its archive, while devices go on sending.
 * @param release the folder of the old one
 */
export const runUpgrade = async (release: string, say: (line: string) => void): Promise<UpgradeReport> => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-upgrade-'))
  const server = await startNatsServer({ dataDir: join(folder, 'hub'), maxFileBytes: 512 * 1024 * 1024, say })
  const stacks: Stack[] = []
  const hub = await connectHub({ url: server.url, service: 'upgrade' })
  const start = async (options: {
    files?: Parameters<typeof startStack>[0]['files']
    config?: string
  }): Promise<Stack> => {
    const { files, config } = options
    const stack = await startStack({
      dataDir: folder,
      hubUrl: server.url,
      collectors: 2,
      compactors: 1,
      finders: 1,
      generators: 0,
      say,
      env: {
        ...SETTINGS,
        FLEET_HUB_DATA_DIR: server.dataDir,
        ...(config === undefined ? {} : { FLEET_CONFIG: config }),
      },
      ...(files === undefined ? {} : { files }),
    })
    stacks.push(stack)
    return stack
  }
  const moves = join(folder, 'archive', 'moves')
  const look = async (): Promise<Snapshot> => (await openTable(createFileStore(moves))).snapshot
  try {
    const old = await start({
      files: {
        collector: join(release, 'event-collector/src/main.ts'),
        compactor: join(release, 'event-collector/src/compactor.ts'),
        finder: join(release, 'event-finder/src/main.ts'),
      },
      config: join(release, 'fleet.yaml'),
    })
    const load = startLoad(hub, { partitions: PARTITIONS, rowsAMessage: 20, pauseMs: 20 })
    await eventually(async () => (await look()).version >= OLD_COMMITS, {
      what: 'commits of the old release',
      seen: () => load.acknowledged.size,
    })
    await old.stop()
    const atStop = { rows: load.acknowledged.size, version: (await look()).version }
    await eventually(() => load.acknowledged.size > atStop.rows + 200, {
      what: 'load while no release runs',
      seen: () => load.acknowledged.size,
    })
    await start({})
    const between = load.acknowledged.size
    await eventually(async () => (await look()).version >= atStop.version + OLD_COMMITS, {
      what: 'commits of the new release',
      seen: () => load.acknowledged.size,
    })
    await load.stop()
    const { acknowledged } = load
    const search = await ask(hub)
    await flush(hub)
    const { version, dates } = await look()
    const { vehicleIds } = await readTable(moves)
    const found = new Set(vehicleIds)
    const missing = [...acknowledged].filter((id) => !found.has(id)).length
    const foreign = [...found].filter((id) => !acknowledged.has(id)).length
    return {
      acknowledged: { old: atStop.rows, between, all: acknowledged.size },
      versions: { old: atStop.version, all: version },
      wrong: missing + foreign + (vehicleIds.length - found.size),
      search,
      dates: dates.size,
    }
  } finally {
    await hub.close()
    for (const stack of stacks) await stack.stop()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const ask = async (hub: Hub): Promise<UpgradeReport['search']> => {
  const answer = askVehicles(hub, ALL)
  let rows = 0
  for await (const batch of answer) rows += batch.rows.length
  return { status: (await answer.outcome).status, rows }
}

const flush = async (hub: Hub): Promise<void> => {
  const positions = await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, partition) => {
      const { created, last } = await lookAtStream(hub, partition)
      return { partition, stream: `MOVES_${partition}`, created, sequence: last }
    }),
  )
  await flushStreams(hub, positions, { signal: new AbortController().signal, onWaiting: () => undefined })
}
