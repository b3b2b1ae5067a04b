import { configSchema, type Message, subjects } from '@fleetlake/contracts'
import { decodePositions, type PositionRow, rowsOfPositions } from '@fleetlake/columnar'
import { connectHub, type Hub, provision, readPartition } from '@fleetlake/hub'
import { startTestHub, temporaryFolder, type TestHub } from '@fleetlake/testing'
import { startMemoryFixture } from '../../../shared/hub/src/testing/memory-hub.ts'
import { type Generator, startGenerator } from '../start-generator.ts'
import { writeTestCity } from './city.ts'

const MIB = 1024 * 1024

export interface TestRunOptions {
  readonly generators: number
  readonly partitions?: number
  readonly maxBytesPerPartition?: number
  readonly queueBytes?: number
  /** Whether a fake collector answers every flush at once. Default: true. */
  readonly isCollected?: boolean
  /** How long a run may take. */
  readonly longestRunMs?: number
}

/** A hub with generators of a small city in this process, each with a connection of its own, and a client. */
export interface TestRun extends AsyncDisposable {
  readonly hub: Hub
  readonly cityDir: string
  readonly generators: readonly Generator[]
  /** What the generators logged. */
  readonly said: string[]
  /** Flushes that were asked for. */
  readonly flushes: Message<'flush'>[]
}

export interface ServerRun extends TestRun {
  readonly server: TestHub
}

/** On a broker in memory. */
export const startTestRun = (options: TestRunOptions): Promise<TestRun> => {
  const { connect } = startMemoryFixture()
  return startRunOn(options, (service) => connect({ service }))
}

/** On a real hub. */
export const startServerRun = async (options: TestRunOptions): Promise<ServerRun> => {
  const server = await startTestHub()
  const run = await startRunOn(options, (service) => connectHub({ url: server.url, service }))
  return {
    ...run,
    server,
    [Symbol.asyncDispose]: async () => {
      await run[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}

const startRunOn = async (options: TestRunOptions, connect: (service: string) => Promise<Hub>): Promise<TestRun> => {
  const {
    generators: count,
    partitions = 3,
    maxBytesPerPartition = 64 * MIB,
    queueBytes = MIB,
    isCollected = true,
    longestRunMs = 3_600_000,
  } = options
  const cityDir = await temporaryFolder()
  await writeTestCity(cityDir)
  const config = configSchema.parse({
    hub: { maxBytesPerPartition, maxBytesDeadLetters: MIB },
    partitioning: { count: partitions },
    generator: { cityDir, queueBytes },
  })
  const hub = await connect('test')
  await provision(hub, config)
  const hubs = await Promise.all(Array.from({ length: count }, () => connect('event-generator')))
  const said: string[] = []
  const generators = await Promise.all(
    hubs.map((each) =>
      startGenerator({ hub: each, config, version: '0', longestRunMs, say: (message) => void said.push(message) }),
    ),
  )
  const flushes: Message<'flush'>[] = []
  if (isCollected) {
    hub.listen('flush', subjects.flush('*'), ({ data, reply }) => {
      flushes.push(data)
      hub.send('flushed', reply!, { committed: data.sequence })
    })
  }
  return {
    hub,
    cityDir,
    generators,
    said,
    flushes,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(generators.map((each) => each.stop()))
      await Promise.all([hub, ...hubs].map((each) => each.close()))
    },
  }
}

export interface StoredRow extends PositionRow {
  readonly partition: number
}

/** Every row of a run that the streams hold up to the sequences of its stats. */
export const readRun = async (hub: Hub, { run, streams }: Message<'generationStats'>): Promise<StoredRow[]> => {
  const rows: StoredRow[] = []
  for (const { partition, sequence } of streams) {
    const reader = readPartition(hub, { partition, from: { sequence: 0 } })
    while (reader.position().sequence < sequence) {
      const reading = await reader.next()
      if (reading.kind === 'gap') continue
      if (reading.kind !== 'moves') throw new Error(`${subjects.move(partition)} is ${reading.kind}`)
      for (const move of reading.moves) {
        if (move.header('ce-id')?.startsWith(`${run}/`) !== true) continue
        rows.push(...rowsOfPositions(decodePositions(move.data)!).map((row) => ({ ...row, partition })))
      }
    }
    await reader.close()
  }
  return rows
}

/** What two runs that make the same rows of the same vehicles differ in. */
export const withoutSource = <Row extends PositionRow>({ measures = {}, ...row }: Row): object => {
  const { source: _, ...others } = measures
  return { ...row, measures: others }
}

export const sortRows = <Row extends PositionRow>(rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) =>
    a.vehicleId === b.vehicleId ? a.eventTime - b.eventTime : a.vehicleId < b.vehicleId ? -1 : 1,
  )
