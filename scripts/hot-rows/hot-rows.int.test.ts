import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFileStore, openTable } from '@fleetlake/archive'
import { CONTENT_TYPES } from '@fleetlake/contracts'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import { askVehicles, findArchiveClaim, lookAtStream, provision, purgeThrough, writeArchiveClaim } from '@fleetlake/hub'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { Float32, makeVector, Table, tableToIPC, TimestampMicrosecond, vectorFromArray } from 'apache-arrow'
import { expect, onTestFinished, test } from 'vitest'
import { ALL, createWorld, rowOf, type World } from './testing/world.ts'

const utf8 = new TextEncoder()
const rowsOf = (prefix: string, count: number, some: Partial<PositionRow> = {}): PositionRow[] =>
  Array.from({ length: count }, (_, i) => rowOf(`${prefix}-${String(i).padStart(5, '0')}`, some))
const idsOf = (rows: readonly PositionRow[]): string[] => rows.map(({ vehicleId }) => vehicleId).toSorted()
const COMPLETE = { status: 'complete', reason: undefined }

test('what the hub has acknowledged is found at once, with no collector, no table and in a partition that is new', async () => {
  const { ask, hub, config, publishRows, startFinder } = await createWorld({ partitions: 1 })
  await startFinder()
  const found = []
  for (let round = 0; round < 20; round++) {
    await publishRows(0, rowsOf(`a${round}`, 3))
    found.push((await ask()).ids.length)
  }
  expect(found).toEqual(Array.from({ length: 20 }, (_, round) => (round + 1) * 3))
  const { republishTo: _, ...rest } = (await hub.streams.info('MOVES_0')).settings
  await hub.streams.make({ ...rest, name: 'MOVES_7', subjects: ['commands.move.7'] })
  expect(await provision(hub, config)).toEqual([0, 7])
  await publishRows(7, rowsOf('b', 2))
  const { ids, outcome } = await ask()
  expect(ids.slice(-2)).toEqual(idsOf(rowsOf('b', 2)))
  expect(outcome).toMatchObject({ ...COMPLETE, rows: 62, vehicles: 62 })
  expect(outcome.stats).toMatchObject({
    files: { total: 0, pruned: 0, read: 0 },
    rows: { total: 0, pruned: 0, read: 0, selected: 62 },
    hot: { messages: 21, rows: 62, selected: 62 },
  })
  expect(outcome.stats!.hot.bytes).toBeGreaterThan(62 * 32)
})

/** Arrow of another producer: microseconds, columns in another order, no speed. */
const foreignArrow = (ids: readonly string[], micros: readonly bigint[]): Uint8Array =>
  tableToIPC(
    new Table({
      heading: vectorFromArray(
        ids.map(() => 90),
        new Float32(),
      ),
      latitude: makeVector(Float64Array.from(ids, () => -34.9)),
      longitude: makeVector(Float64Array.from(ids, () => -56.2)),
      event_time: vectorFromArray(
        micros.map((micro) => Number(micro) / 1_000),
        new TimestampMicrosecond(),
      ),
      vehicle_type: vectorFromArray(ids.map(() => 'tram')),
      vehicle_id: vectorFromArray([...ids]),
    }),
    'stream',
  )

test('of whatever is published, the rows are the same before they are archived and after', async () => {
  const { ask, flush, publish, publishRows, startCollector, startFinder } = await createWorld({ partitions: 1 })
  await startFinder()
  await publishRows(0, [
    rowOf('fair'),
    rowOf('größer', { longitude: -56.1234565, latitude: -34.00000049, speed: NaN, heading: 359.99 }),
    rowOf('infinite', { speed: Infinity, heading: -Infinity }),
    rowOf('unavailable', { speed: -1, heading: 511 }),
    rowOf(' padded\u2003', { vehicleType: '\tbus ', speed: 65_535, heading: 360 }),
    rowOf('without a fix', { longitude: 0, latitude: 4e-7 }),
    rowOf('\u3000'),
    rowOf('edge', { longitude: -80.0000004, latitude: -34.0000005 }),
    rowOf('beyond the edge', { longitude: -30.0000004 }),
    rowOf('ahead, but within the tolerance', { eventTime: Date.now() + 50_000 }),
    rowOf('too far ahead', { eventTime: Date.now() + 600_000 }),
    rowOf('before time', { eventTime: -1 }),
    rowOf('nowhere', { longitude: NaN }),
    rowOf('off the globe', { latitude: -90.1 }),
    rowOf(''),
    rowOf('x'.repeat(256)),
  ])
  const json = {
    vehicle_id: 'json',
    vehicle_type: 'bus',
    event_time: '2026-01-05T08:00:00.5+01:00',
    longitude: -56,
    latitude: -34,
  }
  await publish(0, utf8.encode(JSON.stringify(json)), CONTENT_TYPES.json)
  await publish(0, utf8.encode(JSON.stringify({ ...json, latitude: 'north' })), CONTENT_TYPES.json)
  await publish(0, utf8.encode('malformed'))
  await publish(0, encodePositions(positionsOfRows([rowOf('of no type')])), 'text/plain')
  await publish(0, foreignArrow(['foreign 1', 'foreign 2'], [1_767_600_000_000_999n, 1_767_600_000_001_000n]))
  await publish(0, encodePositions(positionsOfRows([])))
  const query = { from: '2000-01-01T00:00:00Z' }
  const hot = await ask(query)
  await startCollector()
  await flush()
  const archived = await ask(query)
  const byId = (rows: readonly PositionRow[]): PositionRow[] =>
    rows.toSorted((a, b) => (a.vehicleId < b.vehicleId ? -1 : 1))
  expect(byId(hot.rows)).toEqual(byId(archived.rows))
  expect(hot.ids).toEqual(
    [
      'ahead, but within the tolerance',
      'edge',
      'fair',
      'foreign 1',
      'foreign 2',
      'größer',
      'infinite',
      'json',
      'padded',
      'unavailable',
    ].toSorted(),
  )
  expect([hot.outcome.stats!.hot, archived.outcome.stats!.hot]).toMatchObject([
    { messages: 7, rows: 11, selected: 10 },
    { messages: 0, rows: 0, selected: 0 },
  ])
})

test('a limit is exact over both, batches come once, and in order the archived ones come first', async () => {
  const { ask, flush, publishRows, startCollector, startFinder } = await createWorld({ partitions: 2 })
  await startFinder({ finder: { batchRows: 50 } })
  const collector = await startCollector()
  const old = rowsOf('old', 300)
  const fresh = rowsOf('new', 400)
  await publishRows(0, old)
  await flush()
  await collector.stop()
  for (let i = 0; i < 400; i += 100) await publishRows(i % 200 === 0 ? 0 : 1, fresh.slice(i, i + 100))
  for (const [limit, status] of [
    [1, 'limit-reached'],
    [299, 'limit-reached'],
    [301, 'limit-reached'],
    [699, 'limit-reached'],
    [700, 'complete'],
    [1_000, 'complete'],
  ] as const) {
    for (const mode of ['serialised', 'parallel'] as const) {
      const { ids, rows, outcome } = await ask({ limit, mode })
      expect([outcome.status, ids.length, new Set(ids).size]).toEqual([
        status,
        Math.min(limit, 700),
        Math.min(limit, 700),
      ])
      if (mode === 'serialised') expect(idsOf(rows.slice(0, 300))).toEqual(idsOf(old).slice(0, limit))
    }
  }
  const { rows: ordered } = await ask({ mode: 'serialised' })
  expect(ordered.slice(300).map(({ vehicleId }) => vehicleId)).toEqual(
    [0, 200, 100, 300].flatMap((from) => fresh.slice(from, from + 100).map(({ vehicleId }) => vehicleId)),
  )
})

test('a slow client gets all that is not archived yet, and one who cancels gets no more', async () => {
  const { hub, publishRows, startFinder } = await createWorld({ partitions: 1 })
  await startFinder({ finder: { batchRows: 10 } })
  await publishRows(0, rowsOf('a', 500))
  const sent: string[] = []
  hub.control.subscribe('inbox.>', ({ header }) => void sent.push(header('fleet-batch') ?? ''))
  const answer = askVehicles(hub, ALL)
  let taken = 0
  for await (const _ of answer) {
    await hub.flush()
    const batches = sent.filter((batch) => batch !== '').length
    expect(batches - taken).toBeLessThanOrEqual(8)
    if (++taken === 30) answer.cancel()
    if (taken > 30) break
  }
  expect(await answer.outcome).toMatchObject({ status: 'cancelled' })
})

test('a stream that is made again is another one: its rows are found, whatever the table holds of the former', async () => {
  const { ask, flush, hub, config, publishRows, startCollector, startFinder } = await createWorld({ partitions: 1 })
  await startFinder()
  await startCollector()
  await publishRows(0, rowsOf('a', 3))
  await publishRows(0, rowsOf('b', 3))
  await flush()
  await publishRows(0, rowsOf('c', 3))
  expect((await ask()).ids.length).toBe(9)
  await flush()
  await hub.streams.drop('MOVES_0')
  expect((await ask()).ids.length).toBe(9)
  await provision(hub, { ...config, partitioning: { count: 1 } })
  expect((await lookAtStream(hub, 0)).last).toBe(0)
  await publishRows(0, rowsOf('d', 3))
  const { ids, outcome } = await ask()
  expect([ids, outcome]).toMatchObject([idsOf(['a', 'b', 'c', 'd'].flatMap((name) => rowsOf(name, 3))), COMPLETE])
})

/** Kills the server, does something to its folder of streams, and starts it again. */
const whileKilled = async ({ server, hub }: World, work: (streams: string) => Promise<void>): Promise<void> => {
  await server.kill()
  await work(join(server.dataDir, 'jetstream'))
  await server.restart()
  await eventually(() => hub.status().state === 'connected', { what: 'the hub' })
}

test('a hub that is restored to an earlier state under a finder loses no row, though some may come twice', async () => {
  const world = await createWorld({ partitions: 1 })
  const { ask, flush, publishRows, startCollector, startFinder } = world
  await startFinder()
  const collector = await startCollector()
  await publishRows(0, rowsOf('a', 2))
  await publishRows(0, rowsOf('b', 2))
  await flush()
  await whileKilled(world, (streams) => cp(streams, `${streams}-backup`, { recursive: true }))
  await publishRows(0, rowsOf('c', 2))
  await flush()
  await collector.stop()
  await publishRows(0, rowsOf('d', 2))
  expect((await ask()).ids.length).toBe(8)
  await whileKilled(world, async (streams) => {
    await rm(streams, { recursive: true })
    await rename(`${streams}-backup`, streams)
  })
  // As many as were lost, so that only the time of the last committed message tells; then more.
  for (const [published, hot] of [
    [['e'], 6],
    [['f'], 8],
    [['g'], 10],
  ] as const) {
    await publishRows(
      0,
      published.flatMap((name) => rowsOf(name, 2)),
    )
    const { ids, outcome } = await ask()
    expect([outcome, outcome.stats!.hot.rows]).toMatchObject([COMPLETE, hot])
    expect(ids).toEqual(expect.arrayContaining(idsOf(['a', 'b', 'c', ...published].flatMap((name) => rowsOf(name, 2)))))
  }
})

test('messages that were removed from a stream before they were archived are missed, and that is told, by the tail and then by the table', async () => {
  const { ask, flush, hub, publishRows, startCollector, startFinder } = await createWorld({ partitions: 2 })
  await startFinder()
  for (const name of ['a', 'b', 'c', 'd']) await publishRows(1, rowsOf(name, 2))
  await publishRows(0, rowsOf('e', 2))
  expect((await ask()).ids.length).toBe(10)
  await purgeThrough(hub, 1, 3)
  await startFinder()
  const partial = {
    status: 'partial',
    reason: 'MOVES_1: the messages 1 to 3 are missing from it and were not archived',
  }
  // One finder has read them before, the other has not: either says what it has.
  await eventually(async () => (await ask()).outcome.status === 'partial', { what: 'the other finder' })
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask()))
  for (const { ids, outcome } of answers) {
    if (outcome.status === 'complete') expect(ids.length).toBe(10)
    else expect([outcome, ids]).toMatchObject([partial, idsOf([...rowsOf('d', 2), ...rowsOf('e', 2)])])
  }
  await startCollector()
  await flush()
  const { ids, outcome } = await ask()
  const recorded = /^MOVES_1: messages 1–3 of partition 1, stored between .* were lost before they were archived/
  expect([ids, outcome]).toMatchObject([
    idsOf([...rowsOf('d', 2), ...rowsOf('e', 2)]),
    { status: 'partial', reason: expect.stringMatching(recorded) },
  ])
})

test('a tail that does not fit into memory is archived sooner; without a collector the answer says what it misses', async () => {
  const { ask, hub, publishRows, startCollector, startFinder } = await createWorld({ partitions: 2 })
  await startFinder({ finder: { tailMemory: 256 * 1024 } })
  const big = Array.from({ length: 60 }, (_, i) => rowsOf(`m${i}`, 500))
  for (const [i, rows] of big.entries()) await publishRows(i % 2, rows)
  const short = await ask({ timeoutMs: 2_000 })
  expect(short.outcome).toMatchObject({
    status: 'partial',
    reason: expect.stringMatching(
      /^MOVES_\d: its last \d+ messages are not archived yet, and there is no room for them in finder.tailMemory and 1 more$/,
    ),
  })
  expect(short.ids.length).toBeGreaterThan(0)
  expect(short.outcome.stats!.hot.bytes).toBeLessThan(4 * 1024 * 1024)
  await startCollector()
  const whole = await ask()
  expect([whole.outcome, new Set(whole.ids).size]).toMatchObject([{ ...COMPLETE, rows: 30_000 }, 30_000])
  // Again and again, as it fills: only the queries ask for flushes.
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 30; i++) await publishRows(i % 2, rowsOf(`r${round}-${i}`, 500))
    expect((await ask({ from: new Date(0).toISOString() })).outcome).toMatchObject({
      ...COMPLETE,
      rows: 30_000 + (round + 1) * 15_000,
    })
  }
  expect((await lookAtStream(hub, 0)).last).toBeGreaterThan(0)
})

test('a finder whose archive is another than the one that the hub feeds says so and mixes nothing', async () => {
  const { ask, flush, hub, publishRows, startCollector, startFinder } = await createWorld({ partitions: 1 })
  await startCollector()
  await publishRows(0, rowsOf('a', 2))
  await flush()
  const other = await temporaryFolder()
  await startFinder({ path: other })
  const found = await findArchiveClaim(hub)
  const fed = found.claim!.table
  const without = await ask()
  expect([without.ids, without.outcome]).toMatchObject([
    [],
    {
      status: 'partial',
      reason: `hub: the positions that it holds and that are not archived yet belong to the archive ${fed}, and there is no archive here: check archive.path and that its disk is mounted`,
    },
  ])
  const table = await openTable(createFileStore(join(other, 'moves')), {
    create: { geohashLength: 5, windowMs: 600_000 },
  })
  const { outcome } = await ask()
  expect(outcome).toMatchObject({
    status: 'partial',
    rows: 0,
    reason: expect.stringContaining(`${fed}, and this archive is ${table.snapshot.id}: check`),
  })
  // The hub feeds this one from now on.
  await writeArchiveClaim(hub, { table: table.snapshot.id, hub: 'test', version: 0, fingerprint: undefined }, found)
  const adopted = await ask()
  expect([adopted.ids, adopted.outcome]).toMatchObject([idsOf(rowsOf('a', 2)), COMPLETE])
})

test('while a collector is killed, and after, every acknowledged row is found once', async () => {
  const { ask, config, server, publishRows, startFinder, startCollector, flush } = await createWorld({ partitions: 2 })
  await startFinder()
  const main = fileURLToPath(new URL('../../event-collector/src/main.ts', import.meta.url))
  const collector = spawn(
    process.execPath,
    [main, '--hub.url', server.url, '--archive.path', config.archive.path, '--collector.max-rows', '20'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  onTestFinished(() => void collector.kill('SIGKILL'))
  let published = 0
  const publishMore = async (): Promise<void> => {
    await publishRows(published % 2, rowsOf(`p${published++}`, 7))
  }
  const isRight = async (): Promise<number | undefined> => {
    const { ids, outcome } = await ask()
    expect([outcome, ids.length, new Set(ids).size]).toMatchObject([COMPLETE, published * 7, published * 7])
    return outcome.stats!.version
  }
  await eventually(
    async () => {
      await publishMore()
      return ((await isRight()) ?? 0) > 3
    },
    { what: 'a few commits' },
  )
  collector.kill('SIGKILL')
  await once(collector, 'exit')
  for (let i = 0; i < 10; i++) {
    await publishMore()
    await isRight()
  }
  await startCollector()
  await publishMore()
  await isRight()
  await flush()
  await isRight()
})
