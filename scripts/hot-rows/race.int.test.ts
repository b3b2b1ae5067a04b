import { setTimeout as delay } from 'node:timers/promises'
import { moveStreamName, subjects } from '@fleetlake/contracts'
import { createRandomStreams, seedOf } from '@fleetlake/core'
import { lookAtStream, purgeThrough } from '@fleetlake/hub'
import { expect, test } from 'vitest'
import { committedOf, createWorld, rowOf, type World } from './testing/world.ts'

/**
 * Queries while collectors commit all the time, streams are purged up to the last committed message and messages are stored. The long
 * version: `FLEET_RACE_ROUNDS=200 vitest run scripts/hot-rows/race`; `FLEET_RACE_SEED` begins it differently.
 */
const ROUNDS = Number(process.env['FLEET_RACE_ROUNDS'] ?? 5)
/** Rounds go on until enough has raced: a busy machine commits less while it is asked. */
const MOST_ROUNDS = 12 * ROUNDS
const SEED = Number(process.env['FLEET_RACE_SEED'] ?? 1)
const PARTITIONS = 3
const CLIENTS = 4
const QUERIES_A_ROUND = 10
/** A query is about this number of the latest rows: all other rows are in small files, which would be read for nothing. */
const LATEST = 200
/** The n-th row is at the n-th second. */
const timeOf = (serial: number): number => Date.UTC(2026, 0, 1) + serial * 1_000

/** Draws from `[0, below)`. */
type Draw = (below: number) => number
const drawFrom = (...seeds: readonly number[]): Draw => {
  const random = createRandomStreams(Uint32Array.of(seeds.reduce((seed, next) => seedOf(seed, next), SEED)))
  return (below) => Math.floor(random.next(0) * below)
}

/** Everything that happened, and what was counted of it. */
const startLedger = () => ({
  acknowledged: new Set<string>(),
  tried: new Set<string>(),
  queries: 0,
  hotRows: 0,
  archivedRows: 0,
  mixed: 0,
  /** Queries during which the table got a new version, or a stream was purged. */
  raced: 0,
  versions: new Set<number>(),
  purges: 0,
})
type Ledger = ReturnType<typeof startLedger>

/** Whether answers of both, versions, purges and races are each more than a twentieth of the queries of all rounds. */
const isEnough = ({ mixed, versions, purges, raced }: Ledger): boolean =>
  Math.min(mixed, versions.size, purges, raced) > (ROUNDS * CLIENTS * QUERIES_A_ROUND) / 20

/** Stores rows in messages of a few; `acknowledged` grows by each once the hub has it. */
const publishOne = async (world: World, draw: Draw, ledger: Ledger): Promise<void> => {
  const rows = Array.from({ length: 1 + draw(6) }, (_, i) => {
    const serial = ledger.tried.size + i
    return rowOf(String(serial), { eventTime: timeOf(serial), longitude: -56.2 + draw(20_000) / 1e6 })
  })
  for (const { vehicleId } of rows) ledger.tried.add(vehicleId)
  await world.publishRows(draw(PARTITIONS), rows)
  for (const { vehicleId } of rows) ledger.acknowledged.add(vehicleId)
  await delay(draw(10))
}

/** Has some collector commit what it has read of a partition, and does not wait for it. */
const askForFlush = async ({ hub }: World, draw: Draw): Promise<void> => {
  const partition = draw(PARTITIONS)
  const { created, last } = await lookAtStream(hub, partition)
  hub.send('flush', subjects.flush(partition), {
    partition,
    stream: moveStreamName(partition),
    created,
    sequence: last,
  })
  await delay(draw(30))
}

/** The trailing purge without its trail: everything but the last committed message, at once. */
const purgeOne = async (world: World, draw: Draw, ledger: Ledger): Promise<void> => {
  await delay(draw(50))
  const snapshot = await world.snapshot().catch(() => undefined)
  const partition = draw(PARTITIONS)
  const committed = snapshot === undefined ? 0 : committedOf(snapshot, partition)
  if (committed < 2) return
  await purgeThrough(world.hub, partition, committed - 1)
  ledger.purges++
}

/** Asks, and holds the answer against what was acknowledged before and tried by its end. */
const askOne = async (world: World, draw: Draw, ledger: Ledger): Promise<void> => {
  const first = Math.max(0, ledger.tried.size - LATEST)
  const before = new Set([...ledger.acknowledged].filter((id) => Number(id) >= first))
  const [purges, versions] = [ledger.purges, ledger.versions.size]
  const { ids, outcome } = await world.ask({
    from: new Date(timeOf(first)).toISOString(),
    ...(draw(4) === 0 ? { mode: 'serialised' } : {}),
  })
  const found = new Set(ids)
  expect({
    status: outcome.status,
    reason: outcome.reason,
    doubled: ids.length - found.size,
    missing: [...before.difference(found)],
    strange: [...found.difference(ledger.tried)],
  }).toEqual({ status: 'complete', reason: undefined, doubled: 0, missing: [], strange: [] })
  const { hot, rows, version } = outcome.stats!
  if (version !== undefined) ledger.versions.add(version)
  ledger.queries++
  ledger.hotRows += hot.selected
  ledger.archivedRows += rows.selected - hot.selected
  if (hot.selected > 0 && rows.selected > hot.selected) ledger.mixed++
  if (ledger.purges > purges || ledger.versions.size > versions) ledger.raced++
}

test(
  'whatever is committed and purged while it is asked, an answer has each acknowledged row once',
  async () => {
    const world = await createWorld({ partitions: PARTITIONS })
    await Promise.all([
      world.startFinder(),
      world.startFinder(),
      world.startCollector({ maxRows: 40 }),
      world.startCollector({ maxRows: 25, maxAgeMs: 50 }),
    ])
    const ledger = startLedger()
    for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && !isEnough(ledger)); round++) {
      let isOver = false
      const until = async (act: (draw: Draw) => Promise<void>, part: number): Promise<void> => {
        const draw = drawFrom(round, part)
        while (!isOver) await act(draw)
      }
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        const draw = drawFrom(round, 10 + client)
        for (let query = 0; query < QUERIES_A_ROUND; query++) {
          await askOne(world, draw, ledger)
          await delay(draw(20))
        }
      })
      await Promise.all([
        Promise.all(clients).finally(() => {
          isOver = true
        }),
        until((draw) => publishOne(world, draw, ledger), 0),
        until((draw) => askForFlush(world, draw), 1),
        until((draw) => purgeOne(world, draw, ledger), 2),
      ])
    }
    const { queries, acknowledged, versions, purges, hotRows, archivedRows, mixed, raced } = ledger
    console.log(
      `${queries} queries over ${acknowledged.size} rows, ${versions.size} versions seen, ${purges} purges: ` +
        `${hotRows} rows hot, ${archivedRows} archived; ${mixed} answers of both, ${raced} raced with a commit or a purge`,
    )
    expect(isEnough(ledger)).toBe(true)
  },
  // Ends a test that hangs, and nothing else.
  Math.max(600_000, MOST_ROUNDS * 60_000),
)
