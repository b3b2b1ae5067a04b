import { setTimeout as delay } from 'node:timers/promises'
import { configSchema, messages, searchStream, subjects } from '@fleetlake/contracts'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import {
  askVehicles,
  connectHub,
  type Hub,
  provision,
  storeMessage,
  type VehicleBatch,
  type VehicleOutcome,
  type VehicleQueryInput,
} from '@fleetlake/hub'
import { eventually, freezeProcess, startTestHub, type TestHub } from '@fleetlake/testing'
import { beforeAll, expect, test, type TestContext } from 'vitest'
import { startFinder } from './start-finder.ts'
import { killProcess, startAgentProcess, startFinderProcess } from './testing/finder-processes.ts'
import { START_MS, type TestArchive, writeTestArchive } from './testing/archive.ts'
import {
  ALL,
  askAll,
  box,
  expectedOf,
  iso,
  keysOf,
  MINUTE,
  connectTo,
  readOneThen,
  startTestAgent,
  startTestFinder,
  type TestFinderOptions,
} from './testing/finder.ts'

const MIB = 1024 * 1024
const RESULT = messages.vehicleQueryResult.type
const STATS = messages.vehicleQueryResultStats.type

let archive: TestArchive
let all: string[]

beforeAll(async () => {
  archive = await writeTestArchive({ vehicles: 30, steps: 240 })
  all = expectedOf(ALL, archive.rows).toSorted()
})

interface Scene {
  readonly server: TestHub
  readonly url: string
  readonly client: Hub
  readonly onEnd: TestContext['onTestFinished']
  connect(service: string): Promise<Hub>
  startFinder(options: Partial<TestFinderOptions>): Promise<void>
  startAgent(): Promise<void>
}

/** A hub and a client of its own for a test, ended with it. */
const setScene = async ({ onTestFinished: onEnd }: TestContext): Promise<Scene> => {
  const server = await startTestHub()
  const { url } = server
  onEnd(() => server.stop())
  const connect = async (service: string): Promise<Hub> => {
    const hub = await connectHub({ url, service })
    onEnd(() => hub.close())
    return hub
  }
  const client = await connect('terminal')
  await client.streams.make(searchStream({ maxBytes: 1e6, duplicateWindowMs: 60_000, replicas: 1 }))
  return {
    server,
    url,
    onEnd,
    client,
    connect,
    startFinder: async (options) => {
      const finder = await startTestFinder({ connect: connectTo(url), path: archive.path, ...options })
      onEnd(() => finder.stop())
    },
    startAgent: async () => {
      const agent = await startTestAgent({ connect: connectTo(url), path: archive.path })
      onEnd(() => agent.stop())
    },
  }
}

/** What clients are sent. */
const watchBatches = async ({ connect }: Scene): Promise<{ sent: string[]; distinct(): number }> => {
  const hub = await connect('watcher')
  const sent: string[] = []
  hub.control.subscribe('inbox.anyone.*', ({ header }) => {
    if (header('ce-type') !== RESULT) return
    sent.push(['fleet-query', 'fleet-task', 'fleet-batch'].map(header).join('/'))
  })
  await hub.flush()
  return { sent, distinct: () => new Set(sent).size }
}

const smallQuery = (i: number): VehicleQueryInput => ({
  area: { type: 'Polygon', coordinates: [box(-56.26, -34.94, -56.14, -34.81)] },
  from: iso(START_MS + i * MINUTE),
  to: iso(START_MS + (i + 6) * MINUTE),
})
const isWhole = (outcome: VehicleOutcome, rows: number): void =>
  expect(outcome).toMatchObject({ status: 'complete', reason: undefined, rows, stats: { status: 'complete' } })

/** Asks ten small queries at once; all of their answers are exact. */
const askSmall = async ({ client }: Scene, onEnd: () => void = () => {}): Promise<void> => {
  const ask = async (_: unknown, i: number): Promise<void> => {
    const { keys, outcome } = await askAll(client, smallQuery(i))
    onEnd()
    const expected = expectedOf(smallQuery(i), archive.rows)
    isWhole(outcome, expected.length)
    expect(expected.length).toBeGreaterThan(0)
    expect(keys.toSorted()).toEqual(expected.toSorted())
  }
  await Promise.all(Array.from({ length: 10 }, ask))
}

test('of fifty queries at once all large ones get their turns, and the small ones asked last end first', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ batchRows: 200, tasksInFlight: 8, taskChunks: 2 })
  const log: string[] = []
  const begun = Promise.withResolvers<void>()
  const askLarge = async (): Promise<void> => {
    const { keys, outcome } = await readOneThen(askVehicles(scene.client, { ...ALL, timeoutMs: 10 * MINUTE }), () => {
      if (log.push('begin') === 40) begun.resolve()
    })
    log.push('end')
    isWhole(outcome, all.length)
    expect(keys.toSorted()).toEqual(all)
  }
  const large = Array.from({ length: 40 }, askLarge)
  await begun.promise
  await askSmall(scene, () => log.push('small'))
  await Promise.all(large)
  expect(log).toEqual([...Array(40).fill('begin'), ...Array(10).fill('small'), ...Array(40).fill('end')])
})

test.concurrent('small queries do not wait for the large ones, neither for those under way nor for those that wait', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ batchRows: 200, tasksInFlight: 8, taskChunks: 2, largeAtOnce: 2 })
  let [begun, mayEnd] = [0, false]
  const isHeld = Promise.withResolvers<void>()
  const askLarge = async (): Promise<void> => {
    const { keys, outcome } = await readOneThen(askVehicles(scene.client, { ...ALL, ttlMs: 60_000 }), () => {
      begun++
      return mayEnd || isHeld.promise
    })
    isWhole(outcome, all.length)
    expect(keys.toSorted()).toEqual(all)
  }
  const large = Array.from({ length: 4 }, askLarge)
  await eventually(() => begun === 2)
  await askSmall(scene)
  expect(begun).toBe(2)
  mayEnd = true
  isHeld.resolve()
  await Promise.all(large)
})

test.concurrent('a query that waits for its turn can be cancelled, and one that waits too long is told so', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ batchRows: 200, taskChunks: 2, largeAtOnce: 1 })
  const { outcome } = await readOneThen(askVehicles(scene.client, ALL), async () => {
    expect((await askAll(scene.client, { ...ALL, ttlMs: 300 })).outcome).toMatchObject({
      status: 'timed-out',
      reason: 'it waited for more than 300 ms to be started',
      rows: 0,
    })
    const waiting = askVehicles(scene.client, ALL, { onProgress: () => waiting.cancel() })
    expect((await readOneThen(waiting, () => {})).outcome).toMatchObject({
      status: 'cancelled',
      rows: 0,
      stats: { status: 'cancelled' },
    })
  })
  isWhole(outcome, all.length)
})

test.concurrent('a query of an archive that does not answer ends when its time is over, and when it is cancelled', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ agents: 0, pin: () => new Promise(() => {}) })
  expect((await askAll(scene.client, { ...ALL, timeoutMs: 300 })).outcome).toMatchObject({
    status: 'timed-out',
    reason: 'its time of 300 ms was over before what to search was known',
    rows: 0,
  })
  const waiting = askVehicles(scene.client, ALL, { onProgress: () => waiting.cancel() })
  expect((await readOneThen(waiting, () => {})).outcome).toMatchObject({
    status: 'cancelled',
    stats: { status: 'cancelled' },
  })
})

test.concurrent('a client that takes its time does not keep the memory that others wait for, and loses nothing', async (context) => {
  const scene = await setScene(context)
  // Any file takes all of it.
  await scene.startFinder({ agents: 1, batchRows: 40, memoryBytes: 1 })
  const { sent, distinct } = await watchBatches(scene)
  const answer = askVehicles(scene.client, ALL)
  const batches: VehicleBatch[] = []
  let small: Promise<void> | undefined
  let mayEnd = false
  for await (const batch of answer) {
    batches.push(batch)
    small ??= askSmall(scene).then(() => {
      mayEnd = true
    })
    // Not so long that it is taken for gone.
    if (!mayEnd) await Promise.race([small, delay(1_000)])
  }
  const [keys, outcome] = [keysOf(batches), await answer.outcome]
  isWhole(outcome, all.length)
  expect(outcome.stats!.files.read).toBe(archive.files.length)
  expect(keys.toSorted()).toEqual(all)
  expect(sent.length).toBe(distinct())
})

test.concurrent('an agent that is frozen is replaced; when it goes on, what it sends late is ignored', async (context) => {
  const scene = await setScene(context)
  const { client, url } = scene
  await scene.startFinder({ agents: 0, batchRows: 40, tasksInFlight: 3, taskChunks: 10, silenceMs: 1_200 })
  const { sent, distinct } = await watchBatches(scene)
  const victim = await startAgentProcess({ url, path: archive.path })
  scene.onEnd(() => killProcess(victim))
  const { keys, outcome } = await readOneThen(askVehicles(client, ALL), async () => {
    await eventually(() => sent.length === 8)
    await freezeProcess(victim.pid!)
    for (let agent = 0; agent < 3; agent++) await scene.startAgent()
    // A task of it is done again.
    void eventually(() => sent.length > distinct()).finally(() => victim.kill('SIGCONT'))
  })
  isWhole(outcome, all.length)
  expect(keys.toSorted()).toEqual(all)
  expect(sent.length).toBeGreaterThan(distinct())
})

test.concurrent('a query that runs out of time has what its stats say, each row once', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ batchRows: 40, taskChunks: 10 })
  const { sent, distinct } = await watchBatches(scene)
  const answer = askVehicles(scene.client, { ...ALL, timeoutMs: 1_500 })
  const isTold = Promise.withResolvers<void>()
  scene.client.control.subscribe('inbox.anyone.*', ({ header }) => {
    if (header('ce-type') === STATS) isTold.resolve()
  })
  const { keys, outcome, batches } = await readOneThen(answer, () => isTold.promise)
  expect(outcome).toMatchObject({ status: 'timed-out', stats: { status: 'timed-out' } })
  const { rows, tasks } = outcome.stats!
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  expect([outcome.rows, rows.selected, sum(tasks.map((task) => task.rows))]).toEqual(Array(3).fill(keys.length))
  expect([sent.length, distinct(), sum(tasks.map((task) => task.batches))]).toEqual(Array(3).fill(batches.length))
  expect(keys.length).toBeLessThan(all.length)
  const known = new Set(all)
  expect([new Set(keys).size, keys.filter((key) => !known.has(key))]).toEqual([keys.length, []])
})

test.concurrent('a query that is cancelled stops its agent at what it has at hand', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ agents: 1, batchRows: 40, tasksInFlight: 6, taskChunks: 10 })
  const { sent } = await watchBatches(scene)
  const ended: string[] = []
  const hub = await scene.connect('watcher')
  hub.listen('vehicleQueryPartitionResultStats', 'service-inbox.finder.*', ({ data: { status } }) => {
    if (status !== 'running') ended.push(status)
  })
  await hub.flush()
  const answer = askVehicles(scene.client, ALL)
  const { outcome } = await readOneThen(answer, async () => {
    await eventually(() => sent.length === 8)
    answer.cancel()
    // The one at work, and those that wait.
    await eventually(() => ended.length === 6)
  })
  expect(outcome).toMatchObject({ status: 'cancelled', stats: { status: 'cancelled' } })
  expect([sent.length, ended]).toEqual([8, Array(6).fill('cancelled')])
})

/** Positions of one instant, of vehicles that the archive does not know. */
const hotRows = (count: number): PositionRow[] =>
  Array.from({ length: count }, (_, i) => ({
    vehicleId: `hot-${i}`,
    vehicleType: 'taxi',
    eventTime: START_MS,
    longitude: -56.2,
    latitude: -34.9,
    speed: 1,
    heading: 1,
  }))

const publishHot = async ({ client }: Scene, count: number): Promise<void> => {
  const { hub, partitioning } = configSchema.parse({
    hub: { maxBytesPerPartition: 32 * MIB, maxBytesDeadLetters: 16 * MIB },
    partitioning: { count: 1 },
  })
  await provision(client, { hub, partitioning })
  const data = encodePositions(positionsOfRows(hotRows(count))) as Uint8Array<ArrayBuffer>
  await storeMessage(client, 'move', subjects.move(0), data, { id: 'hot' })
}

test.concurrent('a limit is exact over what is archived and what is not, also when an agent dies on the way', async (context) => {
  const scene = await setScene(context)
  const { client, url } = scene
  await publishHot(scene, 500)
  const config = configSchema.parse({ archive: { path: archive.path }, finder: { batchRows: 100, tasksInFlight: 4 } })
  const finder = await startFinder(await scene.connect('event-finder'), { config, version: 'test' })
  scene.onEnd(() => finder.stop())
  const known = new Set([...all, ...hotRows(500).map(({ vehicleId }) => vehicleId)])
  for (const [limit, status] of [
    [all.length + 499, 'limit-reached'],
    [all.length + 500, 'complete'],
  ] as const) {
    const { sent } = await watchBatches(scene)
    const victim = await startAgentProcess({ url, path: archive.path })
    scene.onEnd(() => killProcess(victim))
    const { keys, outcome } = await readOneThen(askVehicles(client, { ...ALL, limit }), async () => {
      await eventually(() => sent.length >= 8)
      await killProcess(victim)
    })
    expect(outcome).toMatchObject({ status, rows: limit, stats: { rows: { selected: limit } } })
    const found = new Set(keys.map((key) => (key.startsWith('hot-') ? key.split(' ')[0] : key)))
    expect([found.size, [...found].filter((key) => !known.has(key))]).toEqual([limit, []])
    expect(outcome.stats!.hot!.rows).toBe(500)
  }
})

test.concurrent('an answer is partial when the finder dies that leads it', async (context) => {
  const scene = await setScene(context)
  const finder = await startFinderProcess({ url: scene.url, path: archive.path }, '--finder.batch-rows', '100')
  scene.onEnd(() => killProcess(finder))
  await scene.startAgent()
  const { keys, outcome } = await readOneThen(askVehicles(scene.client, ALL), () => killProcess(finder))
  expect(outcome).toMatchObject({ status: 'partial', reason: expect.stringContaining('silent'), stats: undefined })
  expect([new Set(keys).size, outcome.rows]).toEqual([keys.length, keys.length])
})

test.concurrent('an answer says what is true when the hub is killed in the middle of it and comes back', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ batchRows: 40 })
  const { keys, outcome } = await readOneThen(askVehicles(scene.client, ALL), async () => {
    await scene.server.kill()
    await scene.server.restart()
  })
  expect([new Set(keys).size, outcome.rows]).toEqual([keys.length, keys.length])
  expect(outcome.status).toBe(keys.length === all.length ? 'complete' : 'partial')
  const again = await askAll(scene.client, ALL)
  isWhole(again.outcome, all.length)
})

test.concurrent('the tasks of an agent that is killed are done by another, and no row comes twice', async (context) => {
  const scene = await setScene(context)
  await scene.startFinder({ agents: 0, batchRows: 100, tasksInFlight: 8, silenceMs: 1_500 })
  // All tasks are the victim's: the hub may give two agents' tasks to one of them.
  const victim = await startAgentProcess({ url: scene.url, path: archive.path })
  const answer = askVehicles(scene.client, ALL)
  // It waits for its batches to be taken, in the middle of its tasks.
  const { keys, outcome } = await readOneThen(answer, async () => {
    await killProcess(victim)
    await scene.startAgent()
  })
  const expected = expectedOf(ALL, archive.rows)
  expect(outcome).toMatchObject({ status: 'complete', rows: expected.length })
  expect(keys.toSorted()).toEqual(expected.toSorted())
})
