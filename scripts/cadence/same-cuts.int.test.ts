import { createFileStore, openTable, writeChunk } from '@fleetlake/archive'
import { rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { configSchema, searchStream } from '@fleetlake/contracts'
import { cellName, cellOf, createRandomStreams, dayOf, windowStart } from '@fleetlake/core'
import { startFinder } from '@fleetlake/event-finder'
import { askVehicles, connectHub, type Hub } from '@fleetlake/hub'
import {
  ALL_BUCKETS,
  classOf,
  INTERVAL_CLASSES,
  openProjectionTable,
  PRESENCE,
  presenceOfRows,
  type PresenceRow,
} from '@fleetlake/projections'
import { startTestHub, temporaryFolder } from '@fleetlake/testing'
import { boxArea, createCadenceCollector, createRowCollector, type GapsUsed, joinRows } from '@fleetlake/viewer-core'
import { expect, test } from 'vitest'

const [SECOND, MINUTE] = [1_000, 60_000]
const [CELL_LENGTH, WINDOW_MS] = [5, 600_000]
const START_MS = Date.parse('2026-01-05T21:30:00Z')
const END_MS = START_MS + 5 * 60 * MINUTE

interface Report {
  readonly vehicle: number
  readonly cell: string
  readonly time: number
  readonly x: number
  readonly y: number
}

/** Vehicles that report now often, now seldom, and are off in between, in two cells, across midnight. */
const makeReports = (vehicles: number): Report[] => {
  const random = createRandomStreams(Uint32Array.from({ length: vehicles }, (_, i) => i + 1))
  return Array.from({ length: vehicles }, (_, vehicle) => {
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next(vehicle) * from.length)]
    const own: Report[] = []
    for (let time = START_MS; time < END_MS; time += pick([1, 7, 25, 50]) * MINUTE) {
      const everyMs = pick([15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE])
      const count = pick([3, 8, 20])
      for (let i = 0; i < count && time < END_MS; i++, time += everyMs) {
        const [x, y] = [pick([-56_200_000, -56_100_000]), -34_900_000]
        own.push({ vehicle, time, x, y, cell: cellName(cellOf(x, y, CELL_LENGTH), CELL_LENGTH) })
      }
    }
    return own
  }).flat()
}

const idOf = (vehicle: number): string => `v-${String(vehicle).padStart(3, '0')}`

const writeMoves = async (path: string, reports: readonly Report[]): Promise<number> => {
  const store = createFileStore(`${path}/moves`)
  const table = await openTable(store, { create: { geohashLength: CELL_LENGTH, windowMs: WINDOW_MS } })
  const places = Map.groupBy(reports, ({ cell, time }) => `${windowStart(time, WINDOW_MS)} ${cell}`)
  const add = await Promise.all(
    [...places].map(([place, own]) => {
      const [start, cell] = place.split(' ')
      const nothing = new Float32Array(own.length).fill(Number.NaN)
      const rows = rowsOfArrays({
        length: own.length,
        vehicleIds: textsOfStrings(own.map(({ vehicle }) => idOf(vehicle))),
        vehicle: Int32Array.from(own.keys()),
        vehicleTypes: ['bus'],
        vehicleType: new Int32Array(own.length),
        eventTime: Float64Array.from(own, ({ time }) => time),
        longitude: Int32Array.from(own, ({ x }) => x),
        latitude: Int32Array.from(own, ({ y }) => y),
        speed: nothing,
        heading: nothing,
      })
      return writeChunk(rows, { cell, windowStart: Number(start) }, { store, codec: parquetCodec })
    }),
  )
  await table.commit({ parts: [{ add }], operation: 'WRITE' })
  const { version } = table.snapshot
  await table.close()
  return version
}

const presenceOf = (own: readonly Report[]): PresenceRow => {
  const intervals = new Map<number, number>()
  for (const [i, { time }] of own.slice(1).entries()) {
    const seconds = INTERVAL_CLASSES[classOf(time - own[i].time)]
    intervals.set(seconds, (intervals.get(seconds) ?? 0) + 1)
  }
  const [{ vehicle, cell, time }] = own
  const last = own.at(-1)!.time
  return { vehicleId: idOf(vehicle), day: dayOf(time), cell, first: time, last, rows: own.length, intervals }
}

/** @param frontier the oldest day that is folded */
const writePresence = async (
  path: string,
  reports: readonly Report[],
  { version, frontier }: { version: number; frontier: number },
): Promise<void> => {
  const table = (await openProjectionTable(createFileStore(`${path}/presence`), PRESENCE, { create: true }))!
  const keys = Map.groupBy(reports, ({ vehicle, time, cell }) => `${idOf(vehicle)} ${dayOf(time)} ${cell}`)
  const rows = [...keys].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => presenceOf(own))
  await table.commit({
    buckets: ALL_BUCKETS,
    from: undefined,
    to: { version, commit: 1, frontier },
    add: presenceOfRows(rows),
    operation: 'WRITE',
  })
  await table.close()
}

interface Cuts {
  /** `<vehicle> <time>` of each row that is not joined with the next one of its vehicle. */
  readonly known: string[]
  /** The same by the median of the rows in hand. */
  readonly found: string[]
  readonly used: GapsUsed | undefined
}

const cutsOf = async (
  client: Hub,
  [from, to]: readonly [from: number, to: number],
  vehicleIds?: string[],
): Promise<Cuts> => {
  const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const answer = askVehicles(client, {
    area: boxArea(-60, -40, -50, -30),
    ...period,
    ...(vehicleIds && { vehicleIds }),
  })
  const collector = createRowCollector({ maxRows: 1e6 })
  const cadences = createCadenceCollector()
  for await (const batch of answer) {
    collector.add(batch.rows)
    cadences.add(batch)
  }
  expect((await answer.outcome).status).toBe('complete')
  const rows = collector.finish()
  const cuts = (isJoined: Uint8Array): string[] =>
    rows.ids.flatMap((id, vehicle) =>
      Array.from(rows.eventTime.subarray(rows.start[vehicle], rows.start[vehicle + 1] - 1)).flatMap((time, i) =>
        isJoined[rows.start[vehicle] + i] === 1 ? [] : [`${id} ${time}`],
      ),
    )
  const known = joinRows({ ...rows, cadences: cadences.known }, 'automatic')
  return { known: cuts(known.isJoined), found: cuts(joinRows(rows, 'automatic').isJoined), used: known.used }
}

const withFinder = async (path: string, act: (client: Hub) => Promise<void>): Promise<void> => {
  const server = await startTestHub()
  const [hub, client] = await Promise.all(
    ['event-finder', 'terminal'].map((service) => connectHub({ url: server.url, service })),
  )
  await client.streams.make(searchStream({ maxBytes: 1024 * 1024, duplicateWindowMs: 120_000, replicas: 1 }))
  const config = configSchema.parse({})
  const finder = await startFinder(hub, { config: { ...config, archive: { ...config.archive, path } }, version: '0' })
  try {
    await act(client)
  } finally {
    await finder.stop()
    await Promise.all([hub.close(), client.close()])
    await server.stop()
  }
}

/** Of the cuts of a whole those between two rows that both lie in a period. */
const within = (
  cuts: readonly string[],
  reports: readonly Report[],
  [from, to]: readonly [number, number],
): string[] => {
  const next = new Map<string, number>()
  for (const [i, { vehicle, time }] of reports.entries())
    if (reports[i + 1]?.vehicle === vehicle) next.set(`${idOf(vehicle)} ${time}`, reports[i + 1].time)
  return cuts.filter((cut) => Number(cut.split(' ')[1]) >= from && (next.get(cut) ?? Infinity) < to)
}

test('a search of ten minutes, one of a vehicle and one of all cut tracks at the same places', async () => {
  const path = await temporaryFolder()
  const reports = makeReports(40)
  const version = await writeMoves(path, reports)
  await writePresence(path, reports, { version, frontier: dayOf(START_MS) })
  await withFinder(path, async (client) => {
    const all = await cutsOf(client, [START_MS, END_MS])
    expect(all.used?.reports).toBe('all')
    const parts = { known: [] as string[], found: [] as string[] }
    const expected: string[] = []
    for (let from = START_MS; from < END_MS; from += WINDOW_MS) {
      const period = [from, from + WINDOW_MS] as const
      const { known, found } = await cutsOf(client, period)
      parts.known.push(...known)
      parts.found.push(...found)
      expected.push(...within(all.known, reports, period))
    }
    expect(expected.length).toBeGreaterThan(20)
    expect(parts.known).toEqual(expected)
    // By the rows in hand they are cut elsewhere: otherwise nothing is shown here.
    expect(parts.found).not.toEqual(expected)
    const one = await cutsOf(client, [START_MS, END_MS], [idOf(3)])
    expect(one.known).toEqual(all.known.filter((cut) => cut.startsWith(idOf(3))))
    expect(one.known.length).toBeGreaterThan(0)
  })
})

test('of dates that presence has not folded yet, and without presence, rows in hand decide, and the answer says so', async () => {
  const path = await temporaryFolder()
  const reports = makeReports(8)
  const version = await writeMoves(path, reports)
  await withFinder(path, async (client) => {
    const { known, found, used } = await cutsOf(client, [START_MS, END_MS])
    expect([known, used?.reports]).toEqual([found, 'found'])
  })
  await writePresence(path, reports, { version, frontier: dayOf(END_MS) })
  await withFinder(path, async (client) => {
    const midnight = dayOf(END_MS) * 86_400_000
    const sides = [await cutsOf(client, [START_MS, midnight]), await cutsOf(client, [midnight, END_MS])]
    const whole = await cutsOf(client, [START_MS, END_MS])
    expect([...sides, whole].map(({ used }) => used?.reports)).toEqual(['found', 'all', 'both'])
    expect(sides[0].known).toEqual(sides[0].found)
  })
})
