import { moveStreamName } from '@fleetlake/contracts'
import { reasonOf } from '@fleetlake/core'
import { flushStreams, type Hub, lookAtStream, provision, readDeadLetters } from '@fleetlake/hub'
import { ask, EVERYWHERE, publish, search } from './clients.ts'
import { createLedger, judgeAnswer, type Ledger } from './ledger.ts'
import { createTableWatch, judgeTable } from './table-watch.ts'
import { trouble } from './trouble.ts'
import { installVirtualTime, type VirtualTime } from './virtual-time.ts'
import { createWorld } from './world.ts'

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
  readonly rows: {
    readonly sent: number
    readonly acknowledged: number
    readonly malformed: number
    readonly archived: number
  }
  /** By status. */
  readonly answers: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly versions: number
  readonly compactions: number
}

const PARTITIONS = 3
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
    return await tell(time, { minutes, onLine })
  } finally {
    time.restore()
  }
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 23)

const tell = async (
  time: VirtualTime,
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
  const { answer, readAll } = search(hub, { east: EVERYWHERE, fromMs: 0, toMs: Date.now() + 60_000 })
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
