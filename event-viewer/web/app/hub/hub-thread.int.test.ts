import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { liveSubjects, type Message, type MessageInput, subjects } from '@fleetlake/contracts'
import { connectHub, type Hub } from '@fleetlake/hub'
import { type BoardState } from '@fleetlake/viewer-core'
import { eventually, startTestHub, type TestHub } from '@fleetlake/testing'
import { expose, type Remote, releaseProxy, wrap } from 'comlink'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { HeardImport } from './imports/heard-imports.ts'
import type { LiveFrame } from './live/live-frame.ts'
import type { SearchInput, SearchProgress } from './search/search-answer.ts'
import { passCallbacks } from './callbacks.ts'
import { createHubThread } from './create-hub-thread.ts'
import type { HubSettings, HubThread } from './hub-thread.ts'

// The NATS client reconnects by the transport that its process used last, so no server is restarted here.

let server: TestHub
let service: Hub
let thread: Remote<HubThread>

beforeAll(async () => {
  passCallbacks()
  server = await startTestHub()
  service = await connectHub({ url: server.url, service: 'test' })
})
afterAll(async () => {
  await service.close()
  await server.stop()
})

/** The thread of a page, but for the thread: everything crosses its border as it does in a browser. */
beforeEach(async () => {
  const { port1, port2 } = new MessageChannel()
  expose(createHubThread(), port1)
  thread = wrap<HubThread>(port2)
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
})

const settings = (): HubSettings => ({
  url: server.websocketUrl,
  hasTickets: false,
  partitions: [0, 1, 2, 3],
  partitioning: { by: 'cell', geohashLength: 5 },
  clockAheadMs: 0,
  futureToleranceMs: 60_000,
})
const connect = (more: Partial<HubSettings> = {}): Promise<void> =>
  thread.connect(
    { ...settings(), ...more },
    () => undefined,
    () => undefined,
  )

const CENTRE = { longitude: -56.16, latitude: -34.9 }
const rowsOf = (ids: readonly string[], eventTime = Date.now()): Uint8Array<ArrayBuffer> =>
  encodePositions(
    positionsOfRows(
      ids.map((vehicleId) => ({ ...CENTRE, vehicleId, vehicleType: 'bus', eventTime, speed: 1, heading: 2 })),
    ),
  ) as Uint8Array<ArrayBuffer>

const publish = (partition: number, payload: Uint8Array<ArrayBuffer>, contentType?: string): void =>
  service.send('move', liveSubjects.move(partition), payload, contentType === undefined ? {} : { contentType })

const watch = async (request: Parameters<HubThread['watchLive']>[0] = {}): Promise<LiveFrame[]> => {
  const frames: LiveFrame[] = []
  await thread.watchLive(request, (frame) => void frames.push(frame))
  return frames
}
const idsOf = (frames: readonly LiveFrame[]): string[] => frames.flatMap(({ fresh }) => fresh.id)
const last = (frames: readonly LiveFrame[]): LiveFrame | undefined => frames.at(-1)

test('what is asked before the hub is reached is done once it is', async () => {
  const frames = await watch()
  await connect()
  const repeat = setInterval(() => publish(2, rowsOf(['early'])), 20)
  onTestFinished(() => clearInterval(repeat))
  await eventually(() => idsOf(frames).includes('early'))
})

test('live reports come as columns, of every kind of move, and what can’t be read is counted', async () => {
  await connect()
  const frames = await watch()
  const eventTime = Date.now()
  publish(0, rowsOf(['a', 'b'], eventTime))
  const json = { vehicle_id: 'c', vehicle_type: 'tram', event_time: new Date(eventTime).toISOString(), ...CENTRE }
  publish(3, new TextEncoder().encode(JSON.stringify(json)) as Uint8Array<ArrayBuffer>, 'application/json')
  publish(1, Uint8Array.of(1, 2, 3))
  service.control.publish(liveSubjects.move(0), new TextEncoder().encode('no event at all'))
  await eventually(() => last(frames)?.counters.invalidEvents === 2)
  expect(idsOf(frames).toSorted()).toEqual(['a', 'b', 'c'])
  expect(last(frames)).toMatchObject({ types: ['bus', 'tram'], counters: { vehicles: 3, events: 3 } })
  const { reports } = frames.find(({ fresh }) => fresh.id.includes('a'))!
  expect(reports.eventTime).toBeInstanceOf(Float64Array)
  expect([reports.eventTime[0], reports.longitude[0]]).toEqual([eventTime, CENTRE.longitude])
  expect((await thread.findVehicles('A', 5)).map(({ id }) => id)).toEqual(['a'])
  expect(await thread.liveVehicle('c')).toMatchObject({ id: 'c', type: 'tram', ...CENTRE })
  expect(await thread.liveVehicle('unknown')).toBeUndefined()
})

test('rows are judged by the clock of the hub that stored them, however far off this one is', async () => {
  await connect()
  const frames = await watch()
  const HOURS_MS = 3_600_000
  const storedMs = Date.now() + 5 * HOURS_MS
  const headers = { 'Nats-Time-Stamp': new Date(storedMs).toISOString().replace('Z', '123456Z') }
  const send = (id: string, eventTime: number): void =>
    service.send('move', liveSubjects.move(0), rowsOf([id], eventTime), { headers })
  send('right', storedMs)
  send('ahead', storedMs + 2 * HOURS_MS)
  send('past', storedMs - 2 * HOURS_MS)
  await eventually(() => last(frames)?.counters.events === 3)
  expect(idsOf(frames)).toEqual(['right'])
  expect(last(frames)?.counters).toMatchObject({ vehicles: 1, invalidEvents: 1, pastEvents: 1 })
})

const NARROW = { bounds: [-56.161, -34.901, -56.159, -34.899] } as const

test('a view of a few cells listens to their partitions only, and a change of view neither loses nor repeats a report', async () => {
  await connect()
  const frames = await watch()
  await thread.watchLive(NARROW, (frame) => void frames.push(frame))
  const [heard] = await eventually(() => last(frames)?.partitions)
  expect(last(frames)?.partitions).toEqual([heard])
  const other = [0, 1, 2, 3].find((partition) => partition !== heard)!
  let probes = 0
  const isKnown = async (id: string): Promise<boolean> => (await thread.liveVehicle(id)) !== undefined
  // What is published first comes first, if at all.
  await eventually(async () => {
    const hasBeenNarrow = (await isKnown(`here${probes}`)) && !(await isKnown(`elsewhere${probes}`))
    publish(other, rowsOf([`elsewhere${++probes}`]))
    publish(heard, rowsOf([`here${probes}`]))
    return hasBeenNarrow
  })
  let sent = 0
  const changes = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? {} : NARROW))
  for (const request of changes) {
    const changed = thread.watchLive(request, (frame) => void frames.push(frame))
    for (let flushes = 0; flushes < 5; flushes++) {
      for (let i = 0; i < 10; i++) publish(heard, rowsOf([`v${sent++}`]))
      await service.flush()
    }
    await changed
  }
  await eventually(async () => (await thread.findVehicles('v', 9_999)).length === sent)
  await eventually(() => (last(frames)?.counters.vehicles ?? 0) >= sent)
  expect(last(frames)?.counters.events).toBe(last(frames)?.counters.vehicles)
})

test('a page that is hidden hears nothing until it is seen again; then it has what came meanwhile', async () => {
  await connect()
  const frames = await watch()
  const boards: BoardState[] = []
  await thread.watchBoard((board) => void boards.push(board))
  await eventually(() => frames.length > 0 && boards.length > 0)
  await thread.setVisible(false)
  const before = [frames.length, boards.length]
  publish(0, rowsOf(['meanwhile']))
  await eventually(async () => (await thread.liveVehicle('meanwhile')) !== undefined)
  expect([frames.length, boards.length]).toEqual(before)
  await thread.setVisible(true)
  await eventually(() => idsOf(frames).includes('meanwhile') && boards.length > before[1])
})

const COMMIT: MessageInput<'aggregatePeriodStats'> = {
  collector: 'c',
  version: 7,
  committedAt: '2026-01-05T00:00:00Z',
  partitions: [0],
  rows: 10,
  bytes: 100,
  files: 1,
  deadRows: 0,
  lagMs: 5,
  windows: [],
}

test('services and commits are told, to all who watch, until they stop', async () => {
  await connect()
  const [boards, first, second]: [BoardState[], number[], number[]] = [[], [], []]
  const stopFirst = await thread.watchCommits(({ version }) => void first.push(version))
  await thread.watchCommits(({ version }) => void second.push(version))
  await thread.watchBoard((board) => void boards.push(board))
  await eventually(() => boards.length > 0)
  const startedAt = '2026-01-05T00:00:00Z'
  const heartbeat = { member: 'f1', group: 'finders', version: '1', startedAt, memoryBytes: 5 } as const
  service.send('heartbeat', subjects.heartbeat('finders', 'f1'), heartbeat)
  service.send('aggregatePeriodStats', subjects.aggregatePeriodStats, COMMIT)
  await eventually(() => second.length === 1)
  await eventually(() => boards.at(-1)?.members.length === 1)
  expect(boards.at(-1)).toMatchObject({ rows: 10, version: 7, members: [{ group: 'finders', member: 'f1' }] })
  await stopFirst()
  service.send('aggregatePeriodStats', subjects.aggregatePeriodStats, { ...COMMIT, version: 8 })
  await eventually(() => second.length === 2)
  expect([first, second]).toEqual([[7], [7, 8]])
})

test('imports are told as they are heard, wherever they run', async () => {
  await connect()
  const lists: (readonly HeardImport[])[] = []
  const stop = await thread.watchImports((imports) => void lists.push(imports))
  await eventually(() => lists.length > 0)
  const status: Message<'importStatus'> = {
    job: 'job-1',
    name: 'taxi.csv',
    status: 'reading',
    startedAt: COMMIT.committedAt,
    elapsedMs: 1000,
    files: 2,
    filesDone: 1,
    filesFailed: 0,
    bytes: 100,
    bytesDone: 50,
    rows: 10,
    stored: 5,
    refused: 1,
    note: 'partition 0 is full: waiting for the archive to catch up',
  }
  service.send('importStatus', subjects.importStatus('job-1'), status)
  await eventually(() => lists.at(-1)?.length === 1)
  expect(lists.at(-1)).toEqual([{ status, isEnded: false, silentMs: null, rowsPerSecond: null, bytesPerSecond: null }])
  service.send('importStatus', subjects.importStatus('job-1'), { ...status, status: 'complete', rows: 20 })
  await eventually(() => lists.at(-1)?.[0].isEnded)
  await stop()
})

test('a generation is run, told of and stopped, and one that is refused says why', async () => {
  await connect()
  const stats = (run: string, status: 'complete' | 'stopped'): Message<'generationStats'> => ({
    run,
    status,
    events: 1,
    total: 2,
    flushed: true,
    elapsedMs: 1,
    eventsPerSecond: 1,
    agents: 1,
    from: COMMIT.committedAt,
    to: COMMIT.committedAt,
    streams: [],
  })
  let client = ''
  const listeners = [
    service.listen('startGeneration', subjects.startGeneration('*'), ({ data: { run }, reply }) => {
      client = reply!
      const counts = { events: 1, total: 2, eventsPerSecond: 1, elapsedMs: 1, agents: 1 }
      service.send('generationProgress', client, { run, phase: 'generating', ...counts })
    }),
    service.listen('stopGeneration', subjects.stopGeneration('*'), ({ data: { run } }) =>
      service.send('generationStats', client, stats(run, 'stopped')),
    ),
  ]
  onTestFinished(() => Promise.all(listeners.map((listener) => listener.close())).then(() => undefined))
  await service.flush()
  const progress: number[] = []
  const outcome = await thread.generate({ events: 2 }, ({ events }) => {
    progress.push(events)
    void thread.stopGeneration()
  })
  expect(outcome).toMatchObject({ ok: true, value: { status: 'stopped', events: 1 } })
  expect(progress).toEqual([1])
  expect(await thread.generate({ vehicles: 0 }, () => undefined)).toEqual({
    ok: false,
    code: 'generation.refused',
    message: expect.stringContaining('vehicles'),
  })
})

const SEARCH: SearchInput = { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z', limit: 100, timeoutMs: 5_000 }

/** A finder that has two rows of one vehicle, and keeps the first question waiting until it is cancelled. */
const startFinder = async (): Promise<{ asked: Message<'vehicleQuery'>[]; cancelled: string[] }> => {
  const [asked, cancelled]: [Message<'vehicleQuery'>[], string[]] = [[], []]
  const listeners = [
    service.listen('vehicleQuery', subjects.vehicleQuery('*'), ({ data, reply }) => {
      asked.push(data)
      const rows = { total: 2, read: 1, selected: 1 }
      service.send('vehicleQueryProgress', reply!, {
        query: data.query,
        tasks: { total: 3, done: 1 },
        rows,
        elapsedMs: 1,
      })
      if (asked.length === 1) return
      const headers = { 'fleet-task': '0', 'fleet-batch': '0' }
      service.send('vehicleQueryResult', reply!, rowsOf(['bus-1', 'bus-1'], 1_767_600_000_000), { headers })
      service.send('vehicleQueryResultStats', reply!, {
        query: data.query,
        status: 'complete',
        failed: [],
        files: { total: 1, pruned: 0, read: 1 },
        bytes: { total: 1, read: 1 },
        rows: { ...rows, pruned: 0 },
        tasks: [{ task: 0, batches: 1, rows: 2 }],
        elapsedMs: 1,
      })
    }),
    service.listen(
      'vehicleQueryCancel',
      subjects.vehicleQueryCancel('*', '*'),
      ({ data }) => void cancelled.push(data.query),
    ),
  ]
  onTestFinished(() => Promise.all(listeners.map((listener) => listener.close())).then(() => undefined))
  await service.flush()
  return { asked, cancelled }
}

test('a search cancels the one before it in its slot, says how far it is, and brings sorted columns with sums', async () => {
  await connect()
  const { asked, cancelled } = await startFinder()
  const progress: SearchProgress[] = []
  const before = thread.search('main', SEARCH, (each) => void progress.push(each))
  await eventually(() => progress.length > 0)
  expect(progress[0]).toMatchObject({ tasks: { total: 3, done: 1 }, rows: { total: 2, read: 1 }, received: 0 })
  const outcome = await thread.search('main', { ...SEARCH, limit: 10 ** 9 }, () => undefined)
  expect(await before).toMatchObject({ ok: true, value: { outcome: { status: 'cancelled' }, found: { length: 0 } } })
  expect(cancelled).toEqual([asked[0].query])
  expect(outcome).toMatchObject({
    ok: true,
    value: {
      outcome: { status: 'complete', rows: 2, vehicles: 1 },
      found: { length: 2, ids: ['bus-1'], types: ['bus'], start: Uint32Array.of(0, 2) },
      summaries: { points: Uint32Array.of(2) },
    },
  })
  expect(asked.map(({ limit }) => limit)).toEqual([100, 5_000_000])
  expect(asked[0].area).toMatchObject({ type: 'MultiPolygon' })
})

test('last positions are asked for as far back as the page wants, come as silent vehicles, and what is missing is told', async () => {
  // This machine's clock is a day fast, and nothing has been heard of the hub's but by the viewer's service.
  const clockAheadMs = -26 * 3_600_000
  const asked: Message<'latestQuery'>[] = []
  const finder = service.listen('latestQuery', subjects.latestQuery('*'), ({ data, reply }) => {
    asked.push(data)
    const headers = { 'fleet-task': '0', 'fleet-batch': '0' }
    service.send('vehicleQueryResult', reply!, rowsOf(['parked'], Date.now() + clockAheadMs - 7_200_000), { headers })
    service.send('vehicleQueryResultStats', reply!, {
      query: data.query,
      status: asked.length === 1 ? 'partial' : 'complete',
      failed: asked.length === 1 ? [{ path: 'latest', reason: 'no projector runs' }] : [],
      files: { total: 0, pruned: 0, read: 0 },
      bytes: { total: 0, read: 0 },
      rows: { total: 1, pruned: 0, read: 1, selected: 1 },
      tasks: [{ task: 0, batches: 1, rows: 1 }],
      elapsedMs: 1,
    })
  })
  onTestFinished(() => finder.close())
  await service.flush()
  await connect({ clockAheadMs })
  const frames = await watch({ keptMs: 86_400_000 })
  await eventually(() => last(frames)?.lastKnown?.status === 'partial')
  expect(last(frames)!.lastKnown!.reason).toContain('no projector runs')
  expect(last(frames)!.counters).toMatchObject({ vehicles: 0, silent: 1, events: 0, lagMs: null })
  await thread.watchLive({ keptMs: Infinity }, (frame) => void frames.push(frame))
  await eventually(() => last(frames)?.lastKnown?.status === 'complete')
  expect(await thread.liveVehicle('parked')).toMatchObject({ id: 'parked', isSilent: true })
  expect(asked.map(({ by, since, limit }) => [by, since === undefined, limit])).toEqual([
    ['vehicle_id', false, 2_000_000],
    ['vehicle_id', true, 2_000_000],
  ])
})

test('a search that is cancelled ends, also while there is no hub', async () => {
  const outcome = thread.search('main', SEARCH, () => undefined)
  await thread.cancelSearch('main')
  expect(await outcome).toEqual({
    ok: false,
    code: 'hub.unreachable',
    message: 'cancelled before the hub was reached',
  })
})

test('a hub that refuses the user ends the connecting with a reason', async () => {
  const connecting = thread.connect(
    { ...settings(), user: 'anna', password: 'x' },
    () => undefined,
    () => undefined,
  )
  await expect(connecting).rejects.toThrow(/refuses user anna/)
  thread[releaseProxy]()
})
