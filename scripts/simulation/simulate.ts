import { moveStreamName } from '@fleetlake/contracts'
import { reasonOf, sleep } from '@fleetlake/core'
import { flushStreams, type Hub, lookAtStream, provision, readDeadLetters } from '@fleetlake/hub'
import { askLast } from './ask-last.ts'
import { ask, EVERYWHERE, publish, search } from './clients.ts'
import { type Disaster, DISASTERS, playDisasters } from './disasters.ts'
import { createExcuses, type Excuses, messagesIn } from './excuses.ts'
import { judgeAnswer, judgeTable } from './judge.ts'
import { compareTables } from '../../shared/projections/src/testing/compare-tables.ts'
import { createLedger, type Ledger, nameOf, type Place } from './ledger.ts'
import { readLosses, tellsOf, type ToldLoss } from './losses-watch.ts'
import { createOperator, type Operator } from './operator.ts'
import { createTableWatch, type TableWatch } from './table-watch.ts'
import { trouble } from './trouble.ts'
import { installVirtualTime, type VirtualTime } from './virtual-time.ts'
import { createWorld, KEY_COLUMN, type World } from './world.ts'

export interface SimulationOptions {
  readonly seed: number
  /** Virtual time with load and faults. */
  readonly minutes: number
  /** How many there are, which the seed chooses, or which. None when missing. */
  readonly disasters?: number | readonly Disaster[] | undefined
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
    /** Acknowledged, not archived, and told to be lost. */
    readonly lost: number
  }
  /** By status. */
  readonly answers: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly disasters: readonly Disaster[]
  readonly losses: { readonly certain: number; readonly possible: number }
  readonly versions: number
  readonly compactions: number
}

const PARTITIONS = 3
const COLLECTORS = 2
const FINDERS = 2
const PROJECTORS = 2
const PUBLISHERS = 2
const CLIENTS = 2
/** Once nothing fails any more, all that was acknowledged is archived in this time. */
const CALM_MS = 180_000
const LOOK_MS = 5_000

/** Services have noticed by then that the archive is another. */
const NOTICED_MS = 40_000

/** Runs a story of load and faults on virtual time. The same seed tells the same story. */
export const simulate = async ({ seed, ...options }: SimulationOptions): Promise<SimulationReport> => {
  const time = installVirtualTime(seed)
  try {
    return await tell(time, options)
  } finally {
    time.restore()
  }
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 23)

const choose = ({ random }: VirtualTime, disasters: NonNullable<SimulationOptions['disasters']>): readonly Disaster[] =>
  typeof disasters === 'number'
    ? Array.from({ length: disasters }, () => DISASTERS[Math.floor(random() * DISASTERS.length)])
    : disasters

const tell = async (
  time: VirtualTime,
  { minutes, disasters: wanted = [], onLine }: Omit<SimulationOptions, 'seed'>,
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
  const disasters = choose(time, wanted)
  const ledger = createLedger()
  const operator = createOperator(() => world, fail)
  const world: World = createWorld({
    time,
    partitions: PARTITIONS,
    say,
    onStored: ledger.stored,
    onRefusal: operator.hear,
  })
  const excuses: Excuses = createExcuses({
    ledger,
    held: () => messagesIn(world.server.backup()),
    archived: () => watch.rows(),
  })
  const watchTable = (): TableWatch => createTableWatch(world.archive.stores.moves, excuses.mayRepeat)
  let watch = watchTable()
  const answers: Record<string, number> = {}
  const faults: Record<string, number> = {}

  const hub = world.connect('operator')
  await time.runUntil(provision(hub, world.config), 60_000, 'provisioning')
  for (let i = 1; i <= COLLECTORS; i++) world.keep('event-collector', `collector-${i}`)
  for (let i = 1; i <= FINDERS; i++) world.keep('event-finder', `finder-${i}`)
  for (let i = 1; i <= PROJECTORS; i++) world.keep('event-projector', `projector-${i}`)
  world.keep('compactor', 'compactor-1')

  const stopping = new AbortController()
  const { signal } = stopping
  const onReplaced = (): void => {
    watch = watchTable()
  }
  const working = [
    ...Array.from({ length: PUBLISHERS }, (_, i) => publish(world, ledger, `vehicles-${i + 1}`, signal)),
    ...Array.from({ length: CLIENTS }, (_, i) =>
      ask(world, ledger, `client-${i + 1}`, { answers, excuses, fail, signal }),
    ),
    askLast(world, ledger, 'client-of-last-positions', { answers, excuses, fail, signal }),
    trouble(world, faults, signal),
    playDisasters({ disasters, minutes, signal }, { world, hub, operator, excuses, onReplaced, fail }),
  ]
  for (let ms = 0; ms < minutes * 60_000; ms += LOOK_MS) {
    await time.runFor(LOOK_MS)
    for (const fault of await watch.look()) fail(fault)
  }
  stopping.abort()
  world.calm()
  say('nothing fails any more, and no vehicle reports')
  /** @returns undefined when it is not done in time, which is a failure */
  const inTime = <Value>(work: Promise<Value>, what: string): Promise<Value | undefined> =>
    time.runUntil(work, CALM_MS, what).catch((error: unknown) => {
      fail(reasonOf(error))
      return undefined
    })
  await inTime(Promise.all(working), 'the work of the clients')
  if (disasters.length > 0) await time.runFor(NOTICED_MS)
  await inTime(flush(hub), 'the last flush')
  for (const fault of await watch.look()) fail(fault)
  const losses = await readLosses(world.archive.stores.losses)
  const end = { ledger, excuses, losses, archived: new Set(watch.rows()) }
  for (const fault of (await inTime(judgeEnd({ hub, operator }, end), 'the last look')) ?? []) fail(fault)
  for (const fault of judgeTable(watch.rows(), {
    acknowledged: ledger.allAcknowledged,
    isSent: (one) => ledger.find(one) !== undefined,
    mayRepeat: excuses.mayRepeat,
    mayLack: toldLost(end),
  }))
    fail(fault)
  for (const fault of (await inTime(
    compareTables(world.archive.stores, { bys: ['vehicle_id', KEY_COLUMN], pause: () => sleep(LOOK_MS) }),
    'the last look at derived tables',
  )) ?? [])
    fail(fault)
  const lost = ledger.allAcknowledged.difference(end.archived).size
  say(
    `the end: ${ledger.counts.acknowledged} rows acknowledged, ${end.archived.size} archived, ${lost} lost, version ${watch.version}`,
  )
  return {
    failures,
    lines,
    virtualMinutes: Math.round(time.elapsedMs() / 6_000) / 10,
    rows: { ...ledger.counts, archived: end.archived.size, lost },
    answers,
    faults,
    disasters,
    losses: {
      certain: losses.filter(({ to }) => to !== undefined).length,
      possible: losses.filter(({ to }) => to === undefined).length,
    },
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

/** What is known once all is calm. */
interface End {
  readonly ledger: Ledger
  readonly excuses: Excuses
  readonly losses: readonly ToldLoss[]
  readonly archived: ReadonlySet<string>
}

/** The rows of which a loss tells. */
const toldLost = ({ ledger, excuses, losses }: End): ((row: string) => boolean) => {
  const told = new Set<string>()
  for (const { rows, places } of ledger.messages()) {
    if (!places.some((place) => losses.some((loss) => tellsOf(loss, place)))) continue
    for (const row of rows) told.add(nameOf(row))
  }
  return (row) => told.has(row) || excuses.mayBeUntold(row)
}

interface EndDeps {
  readonly hub: Hub
  readonly operator: Operator
}

/**
 * Once all is calm, a search finds all that is archived, and says of the rest that it is lost; once the operator has settled what is lost, it is complete. What was malformed is a
 * dead letter.
 */
const judgeEnd = async ({ hub, operator }: EndDeps, end: End): Promise<string[]> => {
  const { ledger, excuses, losses, archived } = end
  const faults: string[] = []
  const searchAll = async (when: string, due: ReadonlySet<string>, mayBePartial: boolean): Promise<void> => {
    const mayLack = excuses.ofAnswer()
    const { answer, readAll } = search(hub, { east: EVERYWHERE, fromMs: 0, toMs: Date.now() + 60_000 })
    const rows = await readAll()
    const { status, reason, stats } = await answer.outcome
    const isOfLosses = (stats?.failed ?? []).every((one) => one.reason.includes('were lost before they were archived'))
    const isExpected = mayBePartial ? status === 'partial' && isOfLosses : status === 'complete'
    if (!isExpected) faults.push(`${when} a search is ${status}: ${reason}`)
    const fault = judgeAnswer(
      { status: 'complete', rows },
      {
        due: mayBePartial ? due.intersection(archived) : due,
        find: ledger.find,
        isWanted: () => true,
        mayRepeat: excuses.mayRepeat,
        mayLack: mayLack(stats?.notes ?? []),
      },
    )
    if (fault !== undefined) faults.push(`${when} ${fault}`)
  }
  const isCertain = losses.some(({ to, isSettled }) => to !== undefined && !isSettled)
  await searchAll('at the end', ledger.allAcknowledged, isCertain)
  if (losses.length > 0) {
    await operator.settleAll()
    await searchAll('once all is settled', ledger.allAcknowledged.intersection(archived), false)
  }
  if (losses.length > 0 && !excuses.isNeeded()) faults.push(`${losses.length} losses are told, and nothing was lost`)
  return [...faults, ...(await judgeLetters(hub, end))]
}

const judgeLetters = async (hub: Hub, { ledger, excuses, losses }: End): Promise<string[]> => {
  const letters = new Set<string>()
  for await (const { stream, messageSequence } of readDeadLetters(hub)) letters.add(`${stream} ${messageSequence}`)
  const isTold = (place: Place): boolean =>
    letters.has(`${moveStreamName(place.partition)} ${place.sequence}`) || losses.some((loss) => tellsOf(loss, place))
  const missing = [...ledger.messages()].filter(
    ({ name, rows, places, isAcknowledged }) =>
      rows.length === 0 && isAcknowledged && !excuses.mayLackLetter(name) && !places.some(isTold),
  )
  return missing.length === 0 ? [] : [`${missing.length} malformed messages are no dead letters`]
}
