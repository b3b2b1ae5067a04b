import { isCompacted, openTable } from '@fleetlake/archive'
import { encodePositions, type PositionRow, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import { moveStreamName } from '@fleetlake/contracts'
import { dateOf, describeStay, partitionOfText, roundDegrees, staysUntilMs } from '@fleetlake/core'
import { askVehicles, createMovePublisher, flushStreams, type Hub, lookAtStream, provision } from '@fleetlake/hub'
import { expect, onTestFinished, test } from 'vitest'
import { installVirtualTime, type VirtualTime } from './virtual-time.ts'
import { createWorld, type World } from './world.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const RETENTION_MS = 30 * DAY_MS
const PARTITIONS = 2
const BATCH_ROWS = 200

/** As T-Drive has them: taxis of Beijing in a week of 2008, every few minutes, to five decimals, now and then the same row twice. */
const taxiRows = (random: () => number): PositionRow[] =>
  Array.from({ length: 6 }, (_, taxi) => {
    const rows: PositionRow[] = []
    for (
      let at = Date.UTC(2008, 1, 2, 13, 30);
      at < Date.UTC(2008, 1, 8, 17);
      at += 1_000 * Math.floor(60 + 7_000 * random())
    ) {
      const row = {
        vehicleId: String(taxi + 1),
        vehicleType: 'taxi',
        eventTime: at,
        longitude: Math.round((116.3 + 0.08 * random()) * 1e5) / 1e5,
        latitude: Math.round((39.86 + 0.08 * random()) * 1e5) / 1e5,
      }
      rows.push(row, ...(random() < 0.1 ? [row] : []))
    }
    return rows
  }).flat()

/** As GeoLife has them: people on their way in 2008, every few seconds, with altitudes. */
const walkerRows = (random: () => number): PositionRow[] =>
  ['000', '017'].flatMap((vehicleId, n) => {
    let [longitude, latitude] = [116.318417, 39.984702]
    return Array.from({ length: 300 }, (_, i) => ({
      vehicleId,
      vehicleType: 'person',
      // The second one walks across midnight.
      eventTime: Date.UTC(2008, 9, 23, n === 0 ? 2 : 23, 53) + i * 2_000,
      longitude: (longitude += (random() - 0.5) / 1e4),
      latitude: (latitude += (random() - 0.5) / 1e4),
      measures: { altitude: Math.round(150 + 10 * random()) },
    }))
  })

/** What tells rows apart, and what they say. */
const keyOf = ({ vehicleId, vehicleType, eventTime, longitude, latitude, measures = {} }: PositionRow): string => {
  const { attributes, ...others } = measures
  const said = { ...others, ...(JSON.parse(String(attributes ?? '{}')) as object) }
  return JSON.stringify([vehicleId, vehicleType, eventTime, roundDegrees(longitude), roundDegrees(latitude), said])
}

interface Wanted {
  readonly west: number
  readonly east: number
  readonly from: number
  readonly to: number
}

const WANTED: readonly Wanted[] = [
  { west: 110, east: 120, from: Date.UTC(2000, 0), to: Date.UTC(2027, 0) },
  { west: 116.32, east: 116.3512345, from: Date.UTC(2008, 1, 3, 7), to: Date.UTC(2008, 1, 6, 1) },
  { west: 116.31, east: 116.33, from: Date.UTC(2008, 9, 23, 2, 55), to: Date.UTC(2008, 9, 24, 0, 1) },
]

const bruteForce = (rows: readonly PositionRow[], { west, east, from, to }: Wanted): string[] => {
  const isWanted = ({ eventTime, longitude }: PositionRow): boolean =>
    eventTime >= from && eventTime < to && roundDegrees(longitude) >= west && roundDegrees(longitude) < east
  return [...new Set(rows.filter(isWanted).map(keyOf))].toSorted()
}

const search = async (hub: Hub, { west, east, from, to }: Wanted) => {
  const ring = [
    [west, 30],
    [east, 30],
    [east, 50],
    [west, 50],
    [west, 30],
  ]
  const answer = askVehicles(hub, {
    area: { type: 'Polygon', coordinates: [ring] },
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    select: ['attributes'],
    timeoutMs: 20_000,
  })
  const keys: string[] = []
  for await (const { rows } of answer) keys.push(...rowsOfPositions(rows).map(keyOf))
  const { status, stats } = await answer.outcome
  return { status, keys: keys.toSorted(), notes: stats?.notes ?? [] }
}

const publishAll = async (hub: Hub, rows: readonly PositionRow[]): Promise<void> => {
  const partitions = Array.from({ length: PARTITIONS }, (_, i) => i)
  const publisher = createMovePublisher(hub, {
    run: 'import-of-2008',
    agent: 'import',
    partitions,
    queueBytes: 1024 * 1024,
    duplicateWindowMs: 120_000,
  })
  for (const partition of partitions) {
    const some = rows.filter(({ vehicleId }) => partitionOfText(vehicleId, PARTITIONS) === partition)
    for (let i = 0; i < some.length; i += BATCH_ROWS) {
      const batch = some.slice(i, i + BATCH_ROWS)
      publisher.publish(partition, encodePositions(positionsOfRows(batch)), { 'fleet-rows': String(batch.length) })
    }
  }
  await publisher.drain()
  publisher.close()
  const streams = await Promise.all(
    partitions.map(async (partition) => {
      const { created, last } = await lookAtStream(hub, partition)
      return { partition, stream: moveStreamName(partition), created, sequence: last }
    }),
  )
  await flushStreams(hub, streams, { signal: new AbortController().signal, onWaiting: () => undefined })
}

const begin = async (time: VirtualTime): Promise<{ world: World; hub: Hub }> => {
  const world = createWorld({
    time,
    partitions: PARTITIONS,
    retentionMs: RETENTION_MS,
    say: () => undefined,
    onStored: () => undefined,
    onRefusal: () => undefined,
  })
  world.calm()
  const hub = world.connect('importer')
  await time.runUntil(provision(hub, world.config), MINUTE_MS, 'provisioning')
  world.keep('event-collector', 'collector')
  world.keep('event-finder', 'finder')
  world.keep('compactor', 'compactor')
  await time.runFor(5 * MINUTE_MS)
  return { world, hub }
}

test('rows of 2008 that are imported today equal brute force after maintenance until the promised day, are told as gone after it, and come back when they are imported again', async () => {
  const time = installVirtualTime(7)
  onTestFinished(() => time.restore())
  const { world, hub } = await begin(time)
  const rows = [...taxiRows(time.random), ...walkerRows(time.random)]
  const within = <Value>(work: Promise<Value>, what: string): Promise<Value> => time.runUntil(work, 3 * MINUTE_MS, what)
  const answers = () => within(Promise.all(WANTED.map((wanted) => search(hub, wanted))), 'the searches')
  const all = WANTED.map((wanted) => bruteForce(rows, wanted))
  expect(Math.min(...all.map(({ length }) => length))).toBeGreaterThan(30)
  expect(all[0].length).toBeLessThan(rows.length)
  const files = async (): Promise<boolean[]> => {
    const { snapshot } = await within(openTable(world.archive.stores.moves), 'the table')
    return Array.from(snapshot.files(), ({ path }) => isCompacted(path))
  }
  const expectAll = async (notes: readonly string[]): Promise<void> => {
    expect(await answers()).toEqual(all.map((keys) => ({ status: 'complete', keys, notes })))
  }

  await within(publishAll(hub, rows), 'the import')
  const promisedMs = staysUntilMs('2008-02-02', { retentionMs: RETENTION_MS, nowMs: Date.now() })
  expect(
    describeStay(
      { from: rows[0].eventTime, to: rows.at(-1)!.eventTime },
      { retentionMs: RETENTION_MS, nowMs: Date.now() },
    ),
  ).toBe(`rows of 2008-02-02 to 2008-10-24 that are imported today stay until ${dateOf(promisedMs)}`)
  // Retention, compaction and vacuum run today, tomorrow, and just before the promised day.
  await time.runFor(3 * MINUTE_MS)
  const compacted = await files()
  expect([compacted.length > 20, compacted.every(Boolean)]).toEqual([true, true])
  await expectAll([])
  time.jump(DAY_MS)
  await time.runFor(3 * MINUTE_MS)
  await expectAll([])
  time.jump(promisedMs - Date.now() - 5 * MINUTE_MS)
  await time.runFor(3 * MINUTE_MS)
  await expectAll([])

  await time.runFor(4 * MINUTE_MS)
  expect(await files()).toEqual([])
  const gone = 'retention has taken dates up to 2008-10-24: positions of those dates may be gone'
  expect(await answers()).toEqual(all.map(() => ({ status: 'complete', keys: [], notes: [gone] })))

  await within(publishAll(hub, rows), 'the second import')
  await time.runFor(3 * MINUTE_MS)
  time.jump(DAY_MS)
  await time.runFor(3 * MINUTE_MS)
  await expectAll([gone])
})
