import { join } from 'node:path'
import { createFileStore, type ObjectStore } from '@fleetlake/archive'
import type { Message, StreamPosition } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { askVehicles, flushStreams, runGeneration } from '@fleetlake/hub'
import { boxArea } from '@fleetlake/viewer-core'
import { compareTables } from '../../shared/projections/src/testing/compare-tables.ts'
import { archivedRows, checkLog } from './archived-rows.ts'
import { compareFound, judge, type RowCounts } from './judge.ts'
import { leaveSmallDisk, RUN_MS, type Scenario } from './scenarios.ts'
import { countRows, lookAtStreams, storedRows } from './stored-rows.ts'
import type { World } from './world.ts'

export interface RoundReport {
  readonly round: number
  readonly scenario: string
  readonly rows: number
  readonly lost: number
  readonly doubled: number
  /** Empty when everything held. */
  readonly failures: readonly string[]
}

const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2025, 0, 1, 8)
const VEHICLES = 600
const SIMULATED_MS = 600_000
const SETTLE_MS = 120_000
const LOOK_MS = 100

/** Everything on earth. */
const GLOBE = boxArea(-180, -90, 180, 90)

/**
 * One round, on a date of its own: vehicles report, a scenario happens, everything settles, the table is compared with what the hub
 * has stored, and a search must find the same.
 */
export const playRound = async (world: World, scenario: Scenario, round: number): Promise<RoundReport> => {
  const startTime = FIRST_DAY + round * DAY_MS
  const date = new Date(startTime).toISOString().slice(0, 10)
  const failures: string[] = []
  const fail = (what: string): void => void failures.push(what)
  const before = await lookAtStreams(world.hub, world.partitions)
  const run = generate(world, startTime)
  await scenario.happen(world).catch((error: unknown) => fail(`the scenario itself failed: ${reasonOf(error)}`))
  const end = await run
  checkEnd(end, scenario, fail)
  const after = await settle(world, fail)
  const archived = await archivedRows(world.archivePath, date)
  const verdict = judge(await storedRows(world.hub, before, after), archived)
  const kept = scenario.hubForgets === true ? archived.size : verdict.rows
  if (end.stats !== undefined && end.stats.events > kept)
    fail(`${end.stats.events} rows were acknowledged, ${kept} are kept`)
  if (end.stats?.status === 'complete' && end.stats.events !== kept) {
    fail(`a complete run of ${end.stats.events} events left ${kept} rows`)
  }
  if (verdict.invented > 0 && scenario.hubForgets !== true) {
    fail(`${verdict.invented} rows are in the table that were never stored`)
  }
  await checkLog(world.archivePath).catch((error: unknown) => fail(reasonOf(error)))
  const found = await search(world, startTime, fail)
  if (found !== undefined)
    for (const what of compareFound(found, archived, { mayRepeat: scenario.mayDouble === true })) fail(what)
  for (const what of await derivedFaults(world, date)) fail(what)
  await leaveSmallDisk(world)
  const { rows, lost, doubled } = verdict
  return { round, scenario: scenario.name, rows, lost, doubled: scenario.mayDouble === true ? 0 : doubled, failures }
}

interface RunEnd {
  readonly stats: Message<'generationStats'> | undefined
  readonly error: string | undefined
}

const generate = async (world: World, startTime: number): Promise<RunEnd> => {
  try {
    const stats = await runGeneration(
      world.hub,
      {
        vehicles: VEHICLES,
        durationMs: SIMULATED_MS,
        startTime: new Date(startTime).toISOString(),
        seed: Math.floor(world.random() * 2 ** 31),
        realTime: true,
        speedFactor: SIMULATED_MS / RUN_MS,
        batchRows: 200,
      },
      { waitMs: 60_000 },
    )
    return { stats, error: undefined }
  } catch (error) {
    return { stats: undefined, error: reasonOf(error) }
  }
}

/** A run that was not killed ends complete and flushed; one that was says that it failed. */
const checkEnd = ({ stats, error }: RunEnd, { mayFail }: Scenario, fail: (what: string) => void): void => {
  if (stats?.status === 'complete' && stats.flushed) return
  const how =
    stats === undefined ? error! : `${stats.status}${stats.flushed ? '' : ', not flushed'}: ${stats.error ?? ''}`
  if (mayFail !== true) fail(`the run ended as ${how}`)
}

/** Waits until the table holds all that the hub has, without asking for a flush. */
const settle = async (world: World, fail: (what: string) => void): Promise<StreamPosition[]> => {
  for (;;) {
    const positions = await lookAtStreams(world.hub, world.partitions)
    const filled = positions.filter(({ sequence }) => sequence > 0)
    const isHeld = await flushStreams(world.hub, filled, {
      signal: AbortSignal.timeout(SETTLE_MS),
      onWaiting: () => {},
    })
    if (!isHeld) fail(`the table does not hold what the hub has after ${SETTLE_MS / 1000} s`)
    const now = await lookAtStreams(world.hub, world.partitions)
    if (!isHeld || now.every(({ sequence }, i) => sequence === positions[i].sequence)) return now
  }
}

/** What is wrong with the tables that projectors derive, as far as it is of the round's date: vehicles report on no other. */
const derivedFaults = async ({ archivePath, pause }: World, date: string): Promise<readonly string[]> => {
  const storeOf = (table: string): ObjectStore => createFileStore(join(archivePath, table))
  const stores = { moves: storeOf('moves'), presence: storeOf('presence'), latest: storeOf('latest') }
  const deadlineMs = Date.now() + SETTLE_MS
  const looked = compareTables(stores, {
    bys: ['vehicle_id'],
    date,
    pause: async () => {
      if (Date.now() > deadlineMs)
        throw new FleetError(
          'service.failed',
          `projectors have not taken in all that is archived after ${SETTLE_MS / 1000} s`,
        )
      await pause(LOOK_MS)
    },
  })
  return looked.catch((error: unknown) => [reasonOf(error)])
}

/** @returns the rows that a search of the round's date finds; undefined when it does not end as complete, which is a failure */
const search = async (
  world: World,
  startTime: number,
  fail: (what: string) => void,
): Promise<RowCounts | undefined> => {
  const answer = askVehicles(world.hub, {
    area: GLOBE,
    from: new Date(startTime - 3_600_000).toISOString(),
    to: new Date(startTime + 3 * 3_600_000).toISOString(),
    timeoutMs: 60_000,
    ttlMs: 30_000,
  })
  const counts = new Map<string, number>()
  for await (const { rows } of answer) countRows(rows, counts)
  const { status, reason } = await answer.outcome
  if (status === 'complete') return counts
  fail(`a search ended as ${status}: ${reason ?? ''}`)
  return undefined
}

export const isRight = ({ lost, doubled, failures }: RoundReport): boolean =>
  lost === 0 && doubled === 0 && failures.length === 0

/** @throws FleetError when there are no scenarios */
export const scenarioOf = (scenarios: readonly Scenario[], round: number): Scenario => {
  if (scenarios.length === 0) throw new FleetError('usage.invalid', 'there is no scenario to play')
  return scenarios[round % scenarios.length]
}
