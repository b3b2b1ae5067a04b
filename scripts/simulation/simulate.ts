import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { FleetError, reasonOf, sleep } from '@fleetlake/core'
import {
  askVehicles,
  createMovePublisher,
  flushStreams,
  type Hub,
  lookAtStream,
  provision,
  readDeadLetters,
} from '@fleetlake/hub'
import { moveStreamName } from '@fleetlake/contracts'
import { createLedger, judgeAnswer, type Ledger, type SentRow } from './ledger.ts'
import { createTableWatch, judgeTable } from './table-watch.ts'
import { installVirtualTime } from './virtual-time.ts'
import { createWorld, type World } from './world.ts'

export interface SimulationOptions {
  readonly seed: number
  /** Virtual time with load and faults. */
  readonly minutes: number
  readonly onLine?: ((line: string) => void) | undefined
}

export interface SimulationReport {
  /** What broke an invariant; empty when all held. */
  readonly failures: readonly string[]
  /** The story, line by line. */
  readonly lines: readonly string[]
  readonly virtualMinutes: number
  readonly rows: { readonly sent: number; readonly acknowledged: number; readonly archived: number }
  /** By status. */
  readonly answers: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly versions: number
  readonly compactions: number
}

const PARTITIONS = 3
const WEST = -56.3
const SOUTH = -35
const SPAN = 0.08
const COLLECTORS = 2
const FINDERS = 2
const PUBLISHERS = 2
const CLIENTS = 2
/** Once nothing fails any more, all that was acknowledged is archived in this time. */
const CALM_MS = 180_000
const LOOK_MS = 5_000

/** Runs a story of load and faults on virtual time. The same seed tells the same story. */
export const simulate = async ({ seed, minutes, onLine }: SimulationOptions): Promise<SimulationReport> => {
  const time = installVirtualTime(seed)
  try {
    return await run(time, { minutes, onLine })
  } finally {
    time.restore()
  }
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 23)

const run = async (
  time: ReturnType<typeof installVirtualTime>,
  { minutes, onLine }: Pick<SimulationOptions, 'minutes' | 'onLine'>,
): Promise<SimulationReport> => {
  const lines: string[] = []
  const failures: string[] = []
  const say = (what: string): void => {
    const line = `${clock(time.elapsedMs())} ${what}`
    lines.push(line)
    onLine?.(line)
  }
  const fail = (what: string): void => {
    failures.push(what)
    say(`BROKEN: ${what}`)
  }
  const world = createWorld(time, say, PARTITIONS)
  const ledger = createLedger()
  const watch = createTableWatch(world.stores.moves)
  const answers: Record<string, number> = {}
  const faults: Record<string, number> = {}

  const operator = world.connect('operator')
  await time.runUntil(provision(operator, world.config), 60_000, 'provisioning')
  for (let i = 1; i <= COLLECTORS; i++) world.keep('event-collector', `collector-${i}`)
  for (let i = 1; i <= FINDERS; i++) world.keep('event-finder', `finder-${i}`)
  world.keep('compactor', 'compactor-1')

  const stopping = new AbortController()
  const working = [
    ...Array.from({ length: PUBLISHERS }, (_, i) => publish(world, ledger, `vehicles-${i + 1}`, stopping.signal)),
    ...Array.from({ length: CLIENTS }, (_, i) =>
      ask(world, ledger, `client-${i + 1}`, { answers, fail, signal: stopping.signal }),
    ),
    trouble(world, faults, stopping.signal),
  ]
  for (let ms = 0; ms < minutes * 60_000; ms += LOOK_MS) {
    await time.runFor(LOOK_MS)
    for (const fault of await watch.look()) fail(fault)
  }
  stopping.abort()
  world.calm()
  say('nothing fails any more, and no vehicle reports')
  await time
    .runUntil(Promise.all(working), CALM_MS, 'the work of the clients')
    .catch((error: unknown) => fail(reasonOf(error)))
  await time.runUntil(flush(operator), CALM_MS, 'the last flush').catch((error: unknown) => fail(reasonOf(error)))
  for (const fault of await watch.look()) fail(fault)
  for (const fault of await time
    .runUntil(judgeEnd(operator, ledger), CALM_MS, 'the last look')
    .catch((error: unknown) => [reasonOf(error)]))
    fail(fault)
  for (const fault of judgeTable(watch.vehicles(), ledger.allAcknowledged, (one) => ledger.find(one) !== undefined))
    fail(fault)
  say(
    `the end: ${ledger.counts.acknowledged} rows acknowledged, ${watch.vehicles().length} archived, version ${watch.version}`,
  )
  return {
    failures,
    lines,
    virtualMinutes: Math.round(time.elapsedMs() / 6_000) / 10,
    rows: { ...ledger.counts, archived: watch.vehicles().length },
    answers,
    faults,
    versions: watch.version + 1,
    compactions: watch.compactions,
  }
}

const flush = async (hub: Hub): Promise<void> => {
  const positions = await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, partition) => {
      const { created, last } = await lookAtStream(hub, partition)
      return { partition, stream: moveStreamName(partition), created, sequence: last }
    }),
  )
  await flushStreams(hub, positions, { signal: new AbortController().signal, onWaiting: () => undefined })
}

/** Once all is calm, a search finds all that was acknowledged, and what was malformed is a dead letter. */
const judgeEnd = async (hub: Hub, ledger: Ledger): Promise<string[]> => {
  const { answer, readAll } = search(hub, { east: WEST + 2 * SPAN, fromMs: 0, toMs: Date.now() + 60_000 })
  const vehicles = await readAll()
  const { status, reason } = await answer.outcome
  const fault = judgeAnswer({ status, vehicles }, ledger.allAcknowledged, ledger, () => true)
  const letters = new Set<string>()
  for await (const { stream, messageSequence } of readDeadLetters(hub)) letters.add(`${stream} ${messageSequence}`)
  const { malformed } = ledger.counts
  return [
    ...(fault === undefined ? [] : [`at the end ${fault}`]),
    ...(status === 'complete' ? [] : [`at the end a search is ${status}: ${reason}`]),
    ...(letters.size >= malformed ? [] : [`of ${malformed} malformed messages ${letters.size} are dead letters`]),
  ]
}

interface Wanted {
  readonly east: number
  readonly fromMs: number
  readonly toMs: number
}

const search = (hub: Hub, { east, fromMs, toMs }: Wanted) => {
  const ring = [
    [WEST - 0.1, SOUTH - 0.1],
    [east, SOUTH - 0.1],
    [east, SOUTH + SPAN + 0.1],
    [WEST - 0.1, SOUTH + SPAN + 0.1],
    [WEST - 0.1, SOUTH - 0.1],
  ]
  const answer = askVehicles(hub, {
    area: { type: 'Polygon', coordinates: [ring] },
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    timeoutMs: 20_000,
  })
  /** @returns the vehicles of all rows, as often as they came */
  const readAll = async (onBatch: () => unknown = () => undefined): Promise<string[]> => {
    const vehicles: string[] = []
    for await (const { rows } of answer) {
      const { vehicleIdOffsets: at, vehicleIdBytes: bytes } = rows
      for (let i = 0; i < rows.length; i++) vehicles.push(new TextDecoder().decode(bytes.subarray(at[i], at[i + 1])))
      onBatch()
    }
    return vehicles
  }
  return { answer, readAll }
}

let named = 0

const makeRows = ({ time }: World, count: number): SentRow[] =>
  Array.from({ length: count }, () => ({
    vehicle: `row-${++named}`,
    eventTime: Date.now() - Math.floor(time.random() * 3_000),
    longitude: Math.round((WEST + SPAN * time.random()) * 1e6) / 1e6,
    latitude: Math.round((SOUTH + SPAN * time.random()) * 1e6) / 1e6,
  }))

/** A source of positions: publishes for some seconds, waits until all of it is acknowledged, and begins again. */
const publish = async (world: World, ledger: Ledger, name: string, signal: AbortSignal): Promise<void> => {
  const { time } = world
  const hub = world.connect(name)
  const partitions = Array.from({ length: PARTITIONS }, (_, i) => i)
  for (let run = 1; !signal.aborted; run++) {
    const publisher = createMovePublisher(hub, {
      run: `${name}-${run}`,
      agent: 'a',
      partitions,
      queueBytes: 1024 * 1024,
      duplicateWindowMs: 120_000,
    })
    const rows: SentRow[] = []
    let malformed = 0
    for (let batch = 0; batch < 8; batch++) {
      const some = makeRows(world, 1 + Math.floor(time.random() * 20))
      for (const row of some) ledger.sent(row)
      rows.push(...some)
      const positions = positionsOfRows(
        some.map(({ vehicle, ...row }) => ({ ...row, vehicleId: vehicle, vehicleType: 'bus' })),
      )
      publisher.publish(Math.floor(time.random() * PARTITIONS), encodePositions(positions), {
        'fleet-rows': String(some.length),
      })
      if (time.random() < 0.03) {
        malformed++
        publisher.publish(0, new TextEncoder().encode('malformed'), { 'fleet-rows': '0' })
      }
      await sleep(200 + 1_500 * time.random())
    }
    try {
      await publisher.drain()
      ledger.acknowledged(rows, malformed)
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'publish.unknown') throw error
      world.say(`${name}: ${error.message}`)
    }
    publisher.close()
  }
}

interface AskDeps {
  readonly answers: Record<string, number>
  fail(what: string): void
  readonly signal: AbortSignal
}

/** A client that searches again and again: parts of the area, and of the time until now. */
const ask = async (world: World, ledger: Ledger, name: string, { answers, fail, signal }: AskDeps): Promise<void> => {
  const { time } = world
  const hub = world.connect(name)
  while (!signal.aborted) {
    await sleep(1_000 + 8_000 * time.random(), signal)
    const east = WEST + SPAN * (0.3 + 0.7 * time.random())
    const nowMs = Date.now()
    const fromMs = nowMs - Math.floor(600_000 * time.random() ** 2)
    const toMs = nowMs + 60_000
    const isWanted = ({ eventTime, longitude }: SentRow): boolean =>
      eventTime >= fromMs && eventTime < toMs && longitude <= east
    const due = ledger.due(isWanted)
    const { answer, readAll } = search(hub, { east, fromMs, toMs })
    const isCancelled = time.random() < 0.05
    const vehicles = await readAll(() => isCancelled && answer.cancel())
    const { status, reason } = await answer.outcome
    if (status !== 'complete' && status !== 'cancelled') world.say(`${name}: an answer is ${status}: ${reason}`)
    answers[status] = (answers[status] ?? 0) + 1
    // At the very boundary a row may be inside or outside.
    const fault = judgeAnswer({ status, vehicles }, due, ledger, ({ longitude, ...row }) =>
      isWanted({ ...row, longitude: longitude - 1e-6 }),
    )
    if (fault !== undefined) fail(`${name}: ${fault}`)
  }
}

/** What happens to the world, one thing at a time. */
const trouble = async (world: World, faults: Record<string, number>, signal: AbortSignal): Promise<void> => {
  const { time, server } = world
  const pick = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(time.random() * values.length)]
  const happen: Readonly<Record<string, () => Promise<void> | void>> = {
    'a process is killed': () => {
      const life = pick(world.lives())
      if (life === undefined) return
      world.say(`${life.name} is killed`)
      world.kill(life)
    },
    'a connection breaks': () => {
      const life = pick(world.lives())
      if (life === undefined) return
      world.say(`${life.name} loses its connection`)
      server.cut(life.uid)
    },
    'the broker is killed': async () => {
      world.say('the broker is killed')
      server.stop()
      await sleep(500 + 6_000 * time.random())
      world.say('the broker is started')
      server.start()
    },
    'the broker hangs': async () => {
      world.say('the broker hangs')
      server.freeze()
      await sleep(500 + 8_000 * time.random())
      world.say('the broker goes on')
      server.thaw()
    },
    'stores fail': async () => {
      const names = world
        .lives()
        .map(({ name }) => name)
        .filter(() => time.random() < 0.5)
      world.say(`stores fail for ${names.join(', ') || 'no process'}`)
      world.trouble(names, 0.15)
      await sleep(3_000 + 20_000 * time.random())
      world.trouble([], 0)
      world.say('stores are well again')
    },
  }
  const weights: Readonly<Record<string, number>> = {
    'a process is killed': 4,
    'a connection breaks': 4,
    'the broker is killed': 1,
    'the broker hangs': 1,
    'stores fail': 2,
  }
  const bag = Object.entries(weights).flatMap(([what, weight]) => Array.from({ length: weight }, () => what))
  while (!signal.aborted) {
    await sleep(2_000 + 30_000 * time.random(), signal)
    if (signal.aborted) break
    const what = pick(bag)!
    faults[what] = (faults[what] ?? 0) + 1
    await happen[what]()
  }
}
