import { createFileStore, openTable } from '@fleetlake/archive'
import { configSchema, searchStream } from '@fleetlake/contracts'
import { rowsOfPositions } from '@fleetlake/columnar'
import { toMicroDegrees } from '@fleetlake/core'
import {
  askVehicles,
  connectHub,
  type Hub,
  type VehicleAnswer,
  type VehicleBatch,
  type VehicleOutcome,
  type VehicleQueryInput,
} from '@fleetlake/hub'
import { type BruteForceSearch, selectByBruteForce, type TableRows } from '@fleetlake/testing'
import { startAgent } from '../agent/agent.ts'
import type { CadenceMemory } from '../presence/cadence-memory.ts'
import type { PersonLimits } from '../coordinator/check-limits.ts'
import { type CoordinatorDeps, startCoordinator } from '../coordinator/coordinator.ts'
import type { IntakeLimits } from '../waiting/intake.ts'
import { type Permit, permitAll } from '../people/open-people.ts'
import { holdNothing } from '../tail/held-tail.ts'
import { createTurns } from '../waiting/turns.ts'
import { START_MS } from './archive.ts'

export type TestArea = BruteForceSearch['area']

export const MINUTE = 60_000
export const iso = (ms: number): string => new Date(ms).toISOString()
export const box = (west: number, south: number, east: number, north: number): [number, number][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]
/** All that a test archive holds. */
export const ALL = {
  area: { type: 'Polygon', coordinates: [box(-57, -35.5, -55.5, -34.3)] } satisfies TestArea,
  from: iso(START_MS),
  to: iso(START_MS + 240 * MINUTE),
}

/** What a finder needs of a hub to record searches. */
export const makeSearchStream = ({ streams }: Hub): Promise<void> =>
  streams.make(searchStream({ maxBytes: 1024 * 1024, duplicateWindowMs: 120_000, replicas: 1 }))

/** A connection of its own to the hub of a test. */
export type Connect = (service: string) => Promise<Hub>

export const connectTo =
  (url: string): Connect =>
  (service) =>
    connectHub({ url, service })

export interface TestFinderOptions {
  readonly connect: Connect
  /** As `archive.path`. */
  readonly path: string
  readonly agents?: number
  readonly batchRows?: number
  readonly tasksInFlight?: number
  readonly taskChunks?: number
  readonly silenceMs?: number
  readonly largeAtOnce?: number | undefined
  readonly limits?: Partial<IntakeLimits & { maxVertices: number }>
  /** Of each agent. */
  readonly memoryBytes?: number | undefined
  /** Of each agent; nothing is known of presence when missing. */
  readonly cadences?: (() => CadenceMemory) | undefined
  /** The newest version and no tail when missing. */
  readonly pin?: CoordinatorDeps['pin'] | undefined
  /** There are none when missing. */
  readonly findAreas?: CoordinatorDeps['findAreas'] | undefined
  /** Everything when missing. */
  readonly permit?: Permit | undefined
  /** Nothing is recorded when missing. */
  readonly records?: CoordinatorDeps['records'] | undefined
  readonly personLimits?: PersonLimits
}

export interface TestFinder {
  stop(): Promise<void>
}

/** An agent with a connection of its own. */
export const startTestAgent = async ({
  connect,
  path,
  cadences,
  ...options
}: Pick<TestFinderOptions, 'connect' | 'path' | 'memoryBytes' | 'cadences'>): Promise<TestFinder> => {
  const hub = await connect('event-finder')
  const processor = createTurns(1)
  const store = createFileStore(`${path}/moves`)
  const agent = startAgent(hub, { store, processor, cadences: cadences?.() }, options)
  await hub.flush()
  return {
    stop: async () => {
      await agent.stop()
      await hub.close()
    },
  }
}

const unexpected = (what: unknown): never => {
  throw new Error('this was not to happen', { cause: what })
}

/** One coordinator and some agents, with tasks and batches so small that a query has many. Nothing is hot. */
export const startTestFinder = async ({
  connect,
  path,
  agents = 2,
  batchRows = 500,
  tasksInFlight = 4,
  taskChunks = 3,
  silenceMs = 3_000,
  largeAtOnce,
  limits,
  memoryBytes,
  cadences,
  pin,
  findAreas = async () => [],
  permit = permitAll,
  records,
  personLimits = {},
}: TestFinderOptions): Promise<TestFinder> => {
  const table = await openTable(createFileStore(`${path}/moves`))
  const hub = await connect('event-finder')
  const deps: CoordinatorDeps = {
    permit,
    findAreas,
    pin: pin ?? (async () => ({ snapshot: await table.refresh(), tail: holdNothing() })),
    records: records ?? { begin: async () => undefined, end: () => undefined, export: async () => undefined },
    processor: createTurns(1),
    latest: unexpected,
    perform: unexpected,
    onFault: unexpected,
  }
  const taskSize = { rows: 1e9, bytes: 1e9, chunks: taskChunks }
  const coordinator = startCoordinator(
    hub,
    {
      ...configSchema.parse({}).finder,
      tasksInFlight,
      batchRows,
      taskSize,
      silenceMs,
      largeAtOnce,
      limits: personLimits,
      ...limits,
    },
    deps,
  )
  await hub.flush()
  const started = await Promise.all(
    Array.from({ length: agents }, () => startTestAgent({ connect, path, memoryBytes, cadences })),
  )
  return {
    stop: async () => {
      await Promise.all([coordinator, ...started].map((part) => part.stop()))
      await hub.close()
      await table.close()
    },
  }
}

export const keysOf = (batches: readonly VehicleBatch[]): string[] =>
  batches.flatMap(({ rows }) =>
    rowsOfPositions(rows).map(({ vehicleId, vehicleType, eventTime, longitude, latitude }) =>
      [vehicleId, vehicleType, eventTime, toMicroDegrees(longitude), toMicroDegrees(latitude)].join(' '),
    ),
  )

export interface TestAnswer {
  /** A text for each row. */
  readonly keys: string[]
  readonly outcome: VehicleOutcome
  readonly batches: VehicleBatch[]
}

/** Reads a batch, then does something, then reads on. */
export const readOneThen = async (answer: VehicleAnswer, act: () => unknown): Promise<TestAnswer> => {
  const batches: VehicleBatch[] = []
  for await (const batch of answer) {
    batches.push(batch)
    if (batches.length === 1) await act()
  }
  return { keys: keysOf(batches), outcome: await answer.outcome, batches }
}

export const askAll = (client: Hub, query: VehicleQueryInput): Promise<TestAnswer> =>
  readOneThen(askVehicles(client, query), () => {})

/** By a look at every row. */
export const expectedOf = (query: VehicleQueryInput, rows: TableRows): string[] => {
  const { area, from, to, vehicleTypes, vehicleIds } = query
  const search = {
    area: area as TestArea,
    from: Date.parse(from),
    to: Date.parse(to),
    ...(vehicleTypes === undefined ? {} : { vehicleTypes }),
    ...(vehicleIds === undefined ? {} : { vehicleIds }),
  }
  return selectByBruteForce(rows, search).map((i) =>
    [rows.vehicleIds[i], rows.vehicleTypes[i], rows.time[i], rows.x[i], rows.y[i]].join(' '),
  )
}
