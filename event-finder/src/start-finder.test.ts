import { cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CHUNK_FORMATS, type ChunkFormat, rowsOfPositions } from '@fleetlake/columnar'
import { ANYONE, configSchema, type Message, subjects, personInbox } from '@fleetlake/contracts'
import { askVehicles, type Hub, type VehicleBatch, type VehicleQueryInput } from '@fleetlake/hub'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFinder } from './start-finder.ts'
import { startMemoryBroker } from '../../shared/hub/src/testing/memory-hub.ts'
import { START_MS, type TestArchive, writeTestArchive } from './testing/archive.ts'
import {
  ALL,
  askAll,
  box,
  expectedOf as expectedOfRows,
  iso,
  keysOf,
  makeSearchStream,
  MINUTE,
  readOneThen,
  startTestFinder,
  type TestAnswer,
  type TestArea,
  type TestFinderOptions,
} from './testing/finder.ts'
const broker = startMemoryBroker()
let archive: TestArchive
let client: Hub
const hubs: Hub[] = []

beforeAll(async () => {
  archive = await writeTestArchive()
  client = await newHub('terminal')
  await makeSearchStream(client)
})
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.close()))
})

const newHub = async (service: string): Promise<Hub> => {
  const hub = await broker.connect({ service })
  hubs.push(hub)
  return hub
}

const withFinder = async (options: Partial<TestFinderOptions>, use: () => Promise<void>): Promise<void> => {
  const finder = await startTestFinder({
    connect: (service) => broker.connect({ service }),
    path: archive.path,
    ...options,
  })
  await client.flush()
  try {
    await use()
  } finally {
    await finder.stop()
  }
}

const ask = (query: VehicleQueryInput): Promise<TestAnswer> => askAll(client, query)
const expectedOf = (query: VehicleQueryInput, { rows } = archive): string[] => expectedOfRows(query, rows)

const AREA_WITH_HOLE: TestArea = {
  type: 'Polygon',
  coordinates: [box(-56.24, -34.92, -56.12, -34.83), box(-56.2, -34.9, -56.15, -34.85).toReversed()],
}
const TWO_AREAS: TestArea = {
  type: 'MultiPolygon',
  coordinates: [
    [box(-56.24, -34.92, -56.2, -34.88)],
    [box(-56.17, -34.87, -56.11, -34.83), box(-56.15, -34.86, -56.13, -34.84)],
  ],
}
const TRIANGLE: TestArea = {
  type: 'Polygon',
  coordinates: [
    [
      [-56.25, -34.93],
      [-56.1, -34.9],
      [-56.2, -34.82],
      [-56.25, -34.93],
    ],
  ],
}

test.each<[string, VehicleQueryInput]>([
  ['everything', ALL],
  [
    'a small box for half an hour',
    {
      area: { type: 'Polygon', coordinates: [box(-56.19, -34.88, -56.18, -34.87)] },
      from: iso(START_MS + 20 * MINUTE),
      to: iso(START_MS + 50 * MINUTE),
    },
  ],
  ['an area with a hole', { ...ALL, area: AREA_WITH_HOLE }],
  ['two areas, one with a hole', { ...ALL, area: TWO_AREAS }],
  [
    'a triangle across midnight',
    { area: TRIANGLE, from: iso(START_MS + 55 * MINUTE), to: iso(START_MS + 65 * MINUTE) },
  ],
  ['one type', { ...ALL, area: TRIANGLE, vehicleTypes: ['taxi'] }],
  ['some vehicles', { ...ALL, vehicleIds: ['vehicle-7-größer', 'vehicle-8', 'unknown-vehicle'] }],
  ['a vehicle of another type', { ...ALL, vehicleIds: ['vehicle-8'], vehicleTypes: ['bus'] }],
  ['one instant', { ...ALL, from: iso(START_MS + 15_000), to: iso(START_MS + 15_001) }],
  ['the instant before a position', { ...ALL, from: iso(START_MS + 15_001), to: iso(START_MS + 30_000) }],
  ['nowhere', { ...ALL, area: { type: 'Polygon', coordinates: [box(10, 50, 11, 51)] } }],
  ['in order, one task after the other', { ...ALL, area: TRIANGLE, mode: 'serialised' }],
])('a search of %s finds what a look at every row finds, once', (_, query) =>
  withFinder({}, async () => {
    const { keys, outcome } = await ask(query)
    const expected = expectedOf(query)
    expect(keys.toSorted()).toEqual(expected.toSorted())
    const vehicles = new Set(expected.map((key) => key.split(' ')[0])).size
    expect(outcome).toMatchObject({ status: 'complete', reason: undefined, rows: expected.length, vehicles })
    expect(outcome.stats).toMatchObject({
      status: 'complete',
      failed: [],
      version: 1,
      rows: { selected: expected.length },
    })
    const { files } = outcome.stats!
    expect(files.read + files.pruned).toBe(files.total)
  }),
)

test('an area with latitude first finds nothing, and is told what may have been meant', () =>
  withFinder({}, async () => {
    const hintOf = async (query: Partial<VehicleQueryInput>): Promise<string | undefined> => {
      const { outcome } = await ask({ ...ALL, ...query })
      expect(outcome).toMatchObject({ status: 'complete', rows: 0 })
      return outcome.stats?.hint
    }
    const swapped = { type: 'Polygon', coordinates: [box(-34.92, -56.24, -34.83, -56.12)] }
    expect(await hintOf({ area: swapped })).toMatch(/^no vehicle was near .* swapped: GeoJSON has the longitude first$/)
    expect([
      await hintOf({ area: swapped, from: iso(0), to: iso(1) }),
      await hintOf({ area: { type: 'Polygon', coordinates: [box(10, 50, 11, 51)] } }),
      await hintOf({ vehicleIds: ['unknown-vehicle'] }),
    ]).toEqual([undefined, undefined, undefined])
  }))

test('an answer says from when on something is known, where more was asked for', () =>
  withFinder({}, async () => {
    const toldOf = async (from: number): Promise<string | undefined> =>
      (await ask({ ...ALL, from: iso(from) })).outcome.stats?.unknownBefore
    const midnight = Math.floor(START_MS / 86_400_000) * 86_400_000
    expect([await toldOf(midnight), await toldOf(midnight - 1), await toldOf(0)]).toEqual([
      undefined,
      iso(midnight).slice(0, 10),
      iso(midnight).slice(0, 10),
    ])
  }))

test('speed and heading arrive as they were archived, also where they are unknown', () =>
  withFinder({}, async () => {
    const { batches } = await ask({ ...ALL, vehicleIds: ['vehicle-5', 'vehicle-6'] })
    const rows = batches.flatMap((batch) => rowsOfPositions(batch.rows))
    expect(rows.length).toBe(960)
    for (const { vehicleId, speed, heading, eventTime } of rows) {
      expect([speed, heading]).toEqual([vehicleId === 'vehicle-5' ? NaN : 6, (eventTime / 1000) % 360])
    }
  }))

test.each<readonly ChunkFormat[]>([...CHUNK_FORMATS.map((format) => [format]), CHUNK_FORMATS])(
  'a table of chunks as %s … gives the same answers',
  async (...formats) => {
    const other = await writeTestArchive({ vehicles: 30, steps: 120, formats })
    const suffixes = new Set(other.files.map((file) => file.slice(file.indexOf('.', file.lastIndexOf('/')) + 1)))
    expect(suffixes).toEqual(new Set(formats))
    await withFinder({ path: other.path }, async () => {
      for (const query of [ALL, { ...ALL, area: TWO_AREAS, vehicleTypes: ['bus', 'taxi'] }]) {
        const { keys, outcome } = await ask(query)
        expect(keys.toSorted()).toEqual(expectedOf(query, other).toSorted())
        expect(outcome).toMatchObject({ status: 'complete', reason: undefined })
      }
      const { batches } = await ask({ ...ALL, vehicleIds: ['vehicle-5', 'vehicle-6'] })
      for (const { vehicleId, speed, heading, eventTime } of batches.flatMap(({ rows }) => rowsOfPositions(rows))) {
        expect([speed, heading]).toEqual([vehicleId === 'vehicle-5' ? NaN : 6, (eventTime / 1000) % 360])
      }
    })
  },
)

test.each([1, 499, 500, 501, 1_800, 5_000])('a limit of %i gives as many rows and not one more', (limit) =>
  withFinder({}, async () => {
    for (const mode of ['parallel', 'serialised'] as const) {
      let sent = 0
      const counting = client.control.subscribe(
        'inbox.anyone.*',
        ({ header }) => void (sent += Number(header('fleet-rows') ?? 0)),
      )
      const { keys, outcome } = await ask({ ...ALL, limit, mode })
      await client.flush()
      counting.close()
      expect(outcome).toMatchObject({ status: 'limit-reached', rows: limit })
      expect(sent).toBe(limit)
      expect(new Set(keys).size).toBe(limit)
      const expected = new Set(expectedOf(ALL))
      expect(keys.filter((key) => !expected.has(key))).toEqual([])
    }
  }),
)

test('a limit that is not reached, or just so, is a complete answer', () =>
  withFinder({}, async () => {
    const query = { ...ALL, vehicleIds: ['vehicle-8'] }
    for (const limit of [480, 481, 1_000_000]) {
      expect((await ask({ ...query, limit })).outcome).toMatchObject({ status: 'complete', rows: 480 })
    }
    expect((await ask({ ...query, limit: 479 })).outcome).toMatchObject({ status: 'limit-reached', rows: 479 })
  }))

test('serialised batches come in the order of tasks, oldest first, and a limit keeps the oldest', () =>
  withFinder({ taskChunks: 1 }, async () => {
    const query: VehicleQueryInput = { ...ALL, area: TRIANGLE, mode: 'serialised' }
    const { batches } = await ask(query)
    const order = batches.map(({ task, batch }) => task * 1_000 + batch)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    const windows = batches.map(({ rows }) =>
      Math.floor(Math.min(...rows.eventTime.subarray(0, rows.length)) / 600_000),
    )
    expect(windows).toEqual(windows.toSorted((a, b) => a - b))
    const { keys } = await ask({ ...query, limit: 700 })
    expect(keys).toEqual(keysOf(batches).slice(0, 700))
  }))

test('a missing, a truncated and a damaged chunk are named, and the rest is found', async () => {
  const broken = await writeTestArchive({ vehicles: 20, steps: 120 })
  const [missing, truncated, damaged] = broken.files
  await rename(missing, `${missing}.away`)
  await truncate(truncated, 100)
  const bytes = await readFile(damaged)
  await writeFile(damaged, bytes.fill(0x55, 4, bytes.length - 8))
  await withFinder({ path: broken.path }, async () => {
    const { keys, outcome } = await ask(ALL)
    expect(outcome.status).toBe('partial')
    const named = new Map(outcome.stats!.failed.map(({ path, reason }) => [path, reason]))
    const pathOf = (file: string): string => relative(join(broken.path, 'moves'), file)
    expect([...named.keys()].toSorted()).toEqual([missing, truncated, damaged].map(pathOf).toSorted())
    expect(named.get(pathOf(missing))).toContain('missing')
    expect(named.get(pathOf(truncated))).toContain('truncated')
    expect(named.get(pathOf(damaged))).toContain("can't be read")
    expect(outcome.reason).toContain('and 2 more')
    const all = new Set(expectedOf(ALL, broken))
    expect(keys.filter((key) => !all.has(key))).toEqual([])
    expect(new Set(keys).size).toBe(keys.length)
    const { files } = outcome.stats!
    expect(files.total - files.read).toBe(3)
  })
})

test.each<[string, Partial<VehicleQueryInput>, string]>([
  ['no polygon', { area: { type: 'Point', coordinates: [0, 0] } }, 'the area is of type "Point"'],
  [
    'an open ring',
    {
      area: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        ],
      },
    },
    'not closed',
  ],
  ['a period that ends where it begins', { to: ALL.from }, 'the period is empty'],
  ['a period that ends before it begins', { from: ALL.to, to: ALL.from }, 'the period is empty'],
  ['an empty list of types', { vehicleTypes: [] }, 'vehicleTypes'],
  ['an empty list of vehicles', { vehicleIds: [] }, 'vehicleIds'],
  ['a time without a zone', { from: '2026-01-05T23:00:00' }, 'from'],
  ['no rows at most', { limit: 0 }, 'limit'],
])('a query with %s is refused with the reason', (_, bad, reason) =>
  withFinder({ agents: 1 }, async () => {
    const { outcome, batches } = await ask({ ...ALL, ...bad })
    expect(batches).toEqual([])
    expect(outcome).toMatchObject({ status: 'refused', reason: expect.stringContaining(reason) })
  }),
)

test('a malformed message on the query subject is answered and harms no query', () =>
  withFinder({ agents: 1 }, async () => {
    const answer = Promise.withResolvers<string>()
    const reply = personInbox(ANYONE, 'malformed')
    const listener = client.control.subscribe(reply, ({ data }) => answer.resolve(new TextDecoder().decode(data)))
    client.control.publish(subjects.vehicleQuery(ANYONE), new Uint8Array([1, 2, 3]), { reply })
    expect(JSON.parse(await answer.promise)).toMatchObject({
      query: 'unknown',
      status: 'refused',
      error: expect.stringContaining('CloudEvent'),
    })
    listener.close()
    expect((await ask({ ...ALL, area: TRIANGLE })).outcome.status).toBe('complete')
  }))

test('a query that is too large for its tasks is refused with what to do', () =>
  withFinder({ agents: 1, taskChunks: 100 }, async () => {
    const vehicleIds = ['vehicle-8']
    // The query itself just fits into the 1 MiB of a message.
    for (let bytes = 0; bytes < 1_045_000; bytes += 103) vehicleIds.push(String(vehicleIds.length).padStart(100, '0'))
    const { outcome } = await ask({ ...ALL, vehicleIds })
    expect(outcome).toMatchObject({ status: 'refused', reason: expect.stringContaining('fewer vehicles') })
  }))

test('a query that waited too long for a finder is not started', async () => {
  const { outcome, batches } = await ask({ ...ALL, ttlMs: 300 })
  expect(batches).toEqual([])
  expect(outcome).toMatchObject({ status: 'timed-out', reason: expect.stringContaining('no finder is running') })
})

test.each(['1970-01-01T00:00:00Z', '2200-01-01T00:00:00Z'])('a client whose clock says %s is answered', (time) =>
  withFinder({ agents: 1 }, async () => {
    const inbox = personInbox(ANYONE, 'late')
    const stats = Promise.withResolvers<unknown>()
    const listener = client.listen('vehicleQueryResultStats', inbox, ({ data }) => stats.resolve(data))
    const detour = client.control.subscribe('detour', ({ data, header }) => {
      const names = ['ce-specversion', 'ce-id', 'ce-type', 'ce-source', 'content-type']
      const kept = Object.fromEntries(names.map((name) => [name, header(name)!]))
      const headers = client.control.encodeHeaders({ ...kept, 'ce-time': time })
      client.control.publish(subjects.vehicleQuery(ANYONE), data, { headers, reply: inbox })
    })
    client.send('vehicleQuery', 'detour', { ...ALL, area: TRIANGLE, query: 'late', limit: 1 }, { reply: inbox })
    expect(await stats.promise).toMatchObject({ status: 'limit-reached', rows: { selected: 1 } })
    await listener.close()
    detour.close()
  }),
)

test('a query finds its finder when that starts within the time to live', async () => {
  const asking = ask({ ...ALL, area: TRIANGLE })
  await delay(300)
  await withFinder({}, async () => {
    expect((await asking).outcome.status).toBe('complete')
  })
})

test('a query that runs out of time says so', () =>
  withFinder({ batchRows: 100 }, async () => {
    const answer = askVehicles(client, { ...ALL, timeoutMs: 150 })
    const { keys, outcome } = await readOneThen(answer, () => delay(300))
    expect(outcome.status).toBe('timed-out')
    expect(keys.length).toBeLessThan(expectedOf(ALL).length)
    expect(outcome.stats!.status).toBe('timed-out')
  }))

test('a query that is cancelled says so and sends no more', () =>
  withFinder({ batchRows: 100 }, async () => {
    const answer = askVehicles(client, ALL)
    const { outcome } = await readOneThen(answer, () => answer.cancel())
    expect(outcome).toMatchObject({ status: 'cancelled', stats: { status: 'cancelled' } })
    expect(outcome.rows).toBeLessThan(expectedOf(ALL).length)
  }))

test('a query that is cancelled in the same breath is cancelled, and no finder takes its client for gone', () =>
  withFinder({ batchRows: 100 }, async () => {
    for (let i = 0; i < 20; i++) {
      const query = `breath-${i}`
      const stats = Promise.withResolvers<unknown>()
      const listener = client.listen('vehicleQueryResultStats', personInbox(ANYONE, query), ({ data }) =>
        stats.resolve(data),
      )
      client.send(
        'vehicleQuery',
        subjects.vehicleQuery(ANYONE),
        { ...ALL, query },
        { reply: personInbox(ANYONE, query) },
      )
      client.send('vehicleQueryCancel', subjects.vehicleQueryCancel(ANYONE, query), { query })
      const { status, error } = (await stats.promise) as Message<'vehicleQueryResultStats'>
      expect([status, error]).toEqual(['cancelled', undefined])
      await listener.close()
    }
  }))

test('an aborted signal cancels, and so does leaving the loop', () =>
  withFinder({ batchRows: 100 }, async () => {
    const aborter = new AbortController()
    const answer = askVehicles(client, ALL, { signal: aborter.signal })
    expect((await readOneThen(answer, () => aborter.abort())).outcome.status).toBe('cancelled')
    const left = askVehicles(client, ALL)
    for await (const batch of left) {
      expect(batch.rows.length).toBe(100)
      break
    }
    expect(await left.outcome).toMatchObject({ status: 'cancelled', rows: 100 })
    const early = askVehicles(client, ALL, { signal: AbortSignal.abort() })
    expect((await readOneThen(early, () => {})).outcome).toMatchObject({ status: 'cancelled', rows: 0 })
  }))

test('a client that reads slowly gets all of it, with no more than eight batches an agent on the way', () =>
  withFinder({ agents: 1, batchRows: 200 }, async () => {
    const answer = askVehicles(client, ALL)
    let sent = 0
    const counting = client.control.subscribe(
      'inbox.anyone.*',
      ({ header }) => void (sent += Number(header('ce-type') === 'vehicle-query-result')),
    )
    await client.flush()
    let most = 0
    let read = 0
    const batches: VehicleBatch[] = []
    for await (const batch of answer) {
      batches.push(batch)
      read++
      if (read % 10 === 1) await delay(30)
      most = Math.max(most, sent - read)
    }
    counting.close()
    expect(await answer.outcome).toMatchObject({ status: 'complete', rows: expectedOf(ALL).length })
    expect(keysOf(batches).toSorted()).toEqual(expectedOf(ALL).toSorted())
    expect(most).toBeLessThanOrEqual(8)
    expect(most).toBeGreaterThan(1)
  }))

test('a client that takes nothing for ten seconds is taken for gone, and hears so', () =>
  withFinder({ agents: 1, batchRows: 100 }, async () => {
    const answer = askVehicles(client, ALL)
    let ended = false
    const watching = client.control.subscribe(
      'inbox.anyone.*',
      ({ header }) => void (ended ||= header('ce-type') === 'vehicle-query-result-stats'),
    )
    const { outcome } = await readOneThen(answer, () => eventually(() => ended))
    watching.close()
    expect(outcome).toMatchObject({ status: 'partial', reason: expect.stringContaining('took none') })
  }))

test('a small query is not stuck behind a large one whose client is slow', () =>
  withFinder({ agents: 1, batchRows: 100, tasksInFlight: 8 }, async () => {
    const large = askVehicles(client, ALL)
    const small = { ...ALL, area: TRIANGLE, vehicleIds: ['vehicle-3'] }
    const { outcome } = await readOneThen(large, async () => {
      const { keys, outcome: ended } = await ask(small)
      expect(ended.status).toBe('complete')
      expect(keys.toSorted()).toEqual(expectedOf(small).toSorted())
    })
    expect(outcome).toMatchObject({ status: 'complete', rows: expectedOf(ALL).length })
  }))

test('ten queries at once each get their own answer', () =>
  withFinder({}, async () => {
    const queries = Array.from({ length: 10 }, (_, i): VehicleQueryInput => ({
      ...ALL,
      area: i % 2 === 0 ? TRIANGLE : AREA_WITH_HOLE,
      from: iso(START_MS + i * 10 * MINUTE),
    }))
    const answers = await Promise.all(queries.map(ask))
    answers.forEach(({ keys, outcome }, i) => {
      expect(outcome.status).toBe('complete')
      expect(keys.toSorted()).toEqual(expectedOf(queries[i]).toSorted())
    })
  }))

test('a whole finder answers over the hub, and before there is an archive there is nothing to find', async () => {
  const config = configSchema.parse({})
  const empty = await startFinder(await newHub('event-finder'), {
    config: { ...config, archive: { ...config.archive, path: join(archive.path, 'none') } },
    version: '0',
  })
  await client.flush()
  expect((await ask(ALL)).outcome).toMatchObject({ status: 'complete', rows: 0 })
  await empty.stop()
  const finder = await startFinder(await newHub('event-finder'), {
    config: { ...config, archive: { ...config.archive, path: archive.path } },
    version: '0',
  })
  expect((await ask(ALL)).outcome).toMatchObject({ status: 'complete', rows: archive.rows.length })
  await finder.stop()
})

test('a damaged log makes every search partial, with the reason, whether it was found so or became so', async () => {
  const config = configSchema.parse({})
  const path = await temporaryFolder()
  await cp(archive.path, path, { recursive: true })
  const newest = join(path, 'moves', '_delta_log', `${'2'.padStart(20, '0')}.json`)
  const start = async (): ReturnType<typeof startFinder> =>
    startFinder(await newHub('event-finder'), {
      config: { ...config, archive: { ...config.archive, path } },
      version: '0',
    })
  const isDamaged = { status: 'partial', rows: 0, reason: expect.stringContaining('the table is damaged') }
  await client.flush()
  await writeFile(newest, '')
  const found = await start()
  expect((await ask(ALL)).outcome).toMatchObject(isDamaged)
  await rm(newest)
  expect((await ask(ALL)).outcome).toMatchObject({ status: 'complete', rows: archive.rows.length })
  await writeFile(newest, '{"commitInfo":{"operation":"WR')
  expect((await ask(ALL)).outcome).toMatchObject(isDamaged)
  await found.stop()
})
