import { join } from 'node:path'
import { CONTENT_TYPES, configSchema, type Config, subjects } from '@fleetlake/contracts'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { connectHub, type Hub, lookAtStream, provision, storeMessage } from '@fleetlake/hub'
import { countDistinct, eventually, readTable, startTestHub, temporaryFolder, type TestHub } from '@fleetlake/testing'
import { startMemoryFixture } from '../../../shared/hub/src/testing/memory-hub.ts'
import { expect, onTestFinished } from 'vitest'
import type { OpsContext } from '@fleetlake/service'
import type { ArchiveStores } from '../open-archive.ts'
import { type RunningCollector, startCollector } from '../start-collector.ts'

export const MIB = 1024 * 1024

export interface StartOptions {
  readonly purgeMs?: number
  readonly stopMs?: number
  readonly duplicateWindowMs?: number
  readonly fail?: (error: unknown) => void
  readonly ops?: OpsContext
  readonly stores?: ArchiveStores
}

/** For tests: a hub, an empty table, and collectors that end with the test. */
export interface Setup {
  readonly hub: Hub
  readonly config: Config
  readonly folder: string
  readonly warnings: string[]
  start(
    overrides?: Partial<Config['collector']>,
    options?: StartOptions,
  ): Promise<{ hub: Hub; collector: RunningCollector }>
}

/** On a broker in memory. */
export const setUp = (): Promise<Setup> => {
  const { connect } = startMemoryFixture()
  return setUpOn((service) => connect({ service }))
}

export interface ServerSetup extends Setup {
  readonly server: TestHub
}

/** On a real hub. */
export const setUpServer = async (partitions = 2): Promise<ServerSetup> => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const { url } = server
  const setup = await setUpOn(
    async (service) => {
      const hub = await connectHub({ url, service })
      onTestFinished(() => hub.close())
      return hub
    },
    { url, partitions },
  )
  return { ...setup, server }
}

const setUpOn = async (
  connect: (service: string) => Promise<Hub>,
  { url, partitions = 2 }: { readonly url?: string; readonly partitions?: number } = {},
): Promise<Setup> => {
  const path = await temporaryFolder()
  const config = configSchema.parse({
    hub: { url, maxBytesPerPartition: 16 * MIB, maxBytesDeadLetters: MIB },
    partitioning: { count: partitions },
    archive: { path },
  })
  const hub = await connect('test')
  await provision(hub, config)
  const warnings: string[] = []
  const start: Setup['start'] = async (
    overrides = {},
    { duplicateWindowMs = config.hub.duplicateWindowMs, ...options } = {},
  ) => {
    const own = await connect('event-collector')
    const collector = await startCollector(own, {
      config: {
        ...config,
        hub: { ...config.hub, duplicateWindowMs },
        collector: { ...config.collector, ...overrides },
      },
      log: { warn: (_, message) => warnings.push(message) },
      version: 'test',
      ...options,
    })
    onTestFinished(async () => {
      await collector.stop()
      await own.close()
    })
    return { hub: own, collector }
  }
  return { hub, config, folder: join(path, 'moves'), warnings, start }
}

export const NOW = Date.now()
export const row = (i: number, overrides: Partial<PositionRow> = {}): PositionRow => ({
  vehicleId: `v-${i % 7}`,
  vehicleType: i % 2 === 0 ? 'taxi' : 'bus',
  eventTime: NOW - 36_000_000 + i * 1_000,
  longitude: -56.2 + (i % 50) / 500,
  latitude: -34.9,
  speed: i % 3 === 0 ? NaN : 10,
  heading: 90,
  ...overrides,
})
export const rowsFrom = (first: number, count: number): PositionRow[] =>
  Array.from({ length: count }, (_, i) => row(first + i))

let sent = 0
export const publish = (
  hub: Hub,
  partition: number,
  payload: Uint8Array,
  contentType: string = CONTENT_TYPES.arrow,
): Promise<void> =>
  storeMessage(hub, 'move', subjects.move(partition), payload as Uint8Array<ArrayBuffer>, {
    id: `test/${sent++}`,
    contentType,
  })
export const publishRows = (hub: Hub, partition: number, rows: readonly PositionRow[]): Promise<void> =>
  publish(hub, partition, encodePositions(positionsOfRows(rows)))

/** Asks until the table holds all that the partition's stream holds now. */
export const flush = async (hub: Hub, partition: number): Promise<void> => {
  const { created, last } = await lookAtStream(hub, partition)
  const request = { partition, stream: `MOVES_${partition}`, created, sequence: last }
  await eventually(
    async () => {
      const answer = await hub.request('flush', 'flushed', subjects.flush(partition), request, { timeoutMs: 5_000 })
      return answer.status === 'answered' && answer.data.committed >= last
    },
    { what: `the flush of partition ${partition}` },
  )
}

export const ids = (rows: readonly PositionRow[]): string[] =>
  rows.map((r) => `${r.vehicleId} ${r.eventTime}`).toSorted()
export const archived = async (folder: string): Promise<string[]> => {
  const table = await readTable(folder)
  expect(countDistinct(table)).toBe(table.length)
  return Array.from({ length: table.length }, (_, i) => `${table.vehicleIds[i]} ${table.time[i]}`).toSorted()
}
