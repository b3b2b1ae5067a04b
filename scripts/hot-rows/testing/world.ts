import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Tracer } from '@fleetlake/core'
import { createFileStore, openTable, type Snapshot } from '@fleetlake/archive'
import { CONTENT_TYPES, type Config, configSchema, subjects } from '@fleetlake/contracts'
import { encodePositions, type PositionRow, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import {
  askVehicles,
  connectHub,
  flushStreams,
  type Hub,
  lookAtStream,
  type Offset,
  provision,
  storeMessage,
  type VehicleOutcome,
  type VehicleQueryInput,
} from '@fleetlake/hub'
import { startTestHub, temporaryFolder, type TestHub } from '@fleetlake/testing'
import { onTestFinished } from 'vitest'
import { type RunningCollector, startCollector } from '@fleetlake/event-collector'
import { type Finder, startFinder } from '@fleetlake/event-finder'

const MIB = 1024 * 1024

/** All of the south of America, always. */
export const ALL: VehicleQueryInput = {
  area: {
    type: 'Polygon',
    coordinates: [
      [
        [-80, -60],
        [-30, -60],
        [-30, 0],
        [-80, 0],
        [-80, -60],
      ],
    ],
  },
  from: '2020-01-01T00:00:00Z',
  to: '2040-01-01T00:00:00Z',
}

export interface Found {
  readonly rows: readonly PositionRow[]
  /** The vehicle ids, sorted. */
  readonly ids: readonly string[]
  readonly outcome: VehicleOutcome
}

/** A hub with its streams, and services on it that run in this process and end with the test. */
export interface World {
  readonly server: TestHub
  readonly hub: Hub
  readonly config: Config
  /** Of the table. */
  readonly folder: string
  readonly warnings: string[]
  startCollector(overrides?: Partial<Config['collector']>, options?: CollectorOptions): Promise<RunningCollector>
  startFinder(overrides?: { path?: string; finder?: Partial<Config['finder']> }): Promise<Finder>
  /** Resolves once the hub has acknowledged it. */
  publish(partition: number, payload: Uint8Array, contentType?: string): Promise<void>
  publishRows(partition: number, rows: readonly PositionRow[]): Promise<void>
  ask(query?: Partial<VehicleQueryInput>): Promise<Found>
  /** Resolves once the table holds all that the streams hold now. */
  flush(): Promise<void>
  snapshot(): Promise<Snapshot>
}

export interface WorldOptions {
  readonly partitions?: number
  /** As `archive.path`; an empty folder when missing. */
  readonly path?: string
  /** Of a service; none is traced when missing. */
  readonly tracerOf?: (service: string) => Promise<Tracer | undefined>
  /** Of an earlier hub, which has ended; a fresh one when missing. */
  readonly dataDir?: string
}

export interface CollectorOptions {
  readonly adopt?: boolean
  /** What is committed goes from the streams at once. */
  readonly purges?: boolean
  readonly fail?: (error: unknown) => void
}

/** What a message must be older than to be purged, beside the window. */
const PURGE_MARGIN_MS = 30_000

const START_MS = Date.now() - 3_600_000

/** A position of a vehicle of its own. */
export const rowOf = (id: string, some: Partial<PositionRow> = {}): PositionRow => ({
  vehicleId: id,
  vehicleType: 'taxi',
  eventTime: START_MS,
  longitude: -56.2,
  latitude: -34.9,
  speed: 5,
  heading: 90,
  ...some,
})

export const createWorld = async ({
  partitions = 2,
  path: given,
  dataDir,
  tracerOf,
}: WorldOptions = {}): Promise<World> => {
  const server = await startTestHub(dataDir === undefined ? {} : { dataDir })
  onTestFinished(() => server.stop())
  const path = given ?? (await temporaryFolder())
  const config = configSchema.parse({
    hub: { url: server.url, maxBytesPerPartition: 32 * MIB, maxBytesDeadLetters: MIB },
    partitioning: { count: partitions },
    archive: { path },
  })
  const connect = async (service: string): Promise<Hub> => {
    const hub = await connectHub({ url: server.url, service, tracer: await tracerOf?.(service) })
    onTestFinished(() => hub.close())
    return hub
  }
  const hub = await connect('test')
  await provision(hub, config)
  const folder = join(path, 'moves')
  const warnings: string[] = []
  let sent = 0
  // A hub of an earlier world knows the ids of that.
  const run = randomUUID()

  const publish: World['publish'] = (partition, payload, contentType = CONTENT_TYPES.arrow) =>
    storeMessage(hub, 'move', subjects.move(partition), payload as Uint8Array<ArrayBuffer>, {
      id: `test/${run}/${sent++}`,
      contentType,
    })

  return {
    server,
    hub,
    config,
    folder,
    warnings,
    startCollector: async (overrides = {}, { adopt = false, purges = false, fail } = {}) => {
      const collector = await startCollector(await connect('event-collector'), {
        config: {
          ...config,
          hub: { ...config.hub, duplicateWindowMs: purges ? -PURGE_MARGIN_MS : config.hub.duplicateWindowMs },
          archive: { ...config.archive, adopt },
          collector: { ...config.collector, ...overrides },
        },
        ...(purges ? { purgeMs: 50 } : {}),
        ...(fail === undefined ? {} : { fail }),
        log: { warn: (_, message) => warnings.push(message) },
        version: 'test',
      })
      onTestFinished(() => collector.stop())
      return collector
    },
    startFinder: async ({ path: otherPath = path, finder: overrides = {} } = {}) => {
      const own = await connect('event-finder')
      const finder = await startFinder(own, {
        config: {
          ...config,
          archive: { ...config.archive, path: otherPath },
          finder: { ...config.finder, ...overrides },
        },
        version: 'test',
        warn: (warning) => warnings.push(warning),
      })
      let stopping: Promise<void> | undefined
      const stop = (): Promise<void> => (stopping ??= finder.stop())
      onTestFinished(stop)
      await own.flush()
      return { stop }
    },
    publish,
    publishRows: (partition, rows) => publish(partition, encodePositions(positionsOfRows(rows))),
    ask: async (query = {}) => {
      const answer = askVehicles(hub, { ...ALL, ...query })
      const rows: PositionRow[] = []
      for await (const batch of answer) rows.push(...rowsOfPositions(batch.rows))
      return { rows, ids: rows.map(({ vehicleId }) => vehicleId).toSorted(), outcome: await answer.outcome }
    },
    flush: async () => {
      const positions = await Promise.all(
        Array.from({ length: partitions }, async (_, partition) => {
          const { created, last } = await lookAtStream(hub, partition)
          return { partition, stream: `MOVES_${partition}`, created, sequence: last }
        }),
      )
      await flushStreams(hub, positions, { signal: new AbortController().signal, onWaiting: () => undefined })
    },
    snapshot: async () => (await openTable(createFileStore(folder))).snapshot,
  }
}

/** What a version of the table holds of a stream that was never made again. */
export const committedOf = ({ txns }: Snapshot, partition: number): Offset['sequence'] =>
  Math.max(0, ...[...txns].filter(([appId]) => appId.startsWith(`MOVES_${partition}@`)).map(([, to]) => to))
