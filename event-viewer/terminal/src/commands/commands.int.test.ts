import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ANYONE, generatedVehicleId, type Message, subjects, vehicleIdPrefix } from '@fleetlake/contracts'
import { connectHub, type Hub } from '@fleetlake/hub'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { runFleetProcess, runIntoClosedPipe, startFleet } from '../testing/fleet.ts'

const withHub = async (use: (hub: Hub, url: string) => Promise<void>): Promise<void> => {
  const server = await startTestHub()
  const hub = await connectHub({ url: server.url, service: 'test' })
  // As a finder does.
  hub.listen('recordExport', subjects.recordExport('*'), ({ data, reply }) =>
    hub.send('exportRecorded', reply!, { export: data.export }),
  )
  await hub.flush()
  try {
    await use(hub, server.url)
  } finally {
    await hub.close()
    await server.stop()
  }
}

const statsOf = (run: string, some: Partial<Message<'generationStats'>> = {}): Message<'generationStats'> => ({
  run,
  status: 'complete',
  events: 2000,
  total: 2000,
  flushed: true,
  elapsedMs: 1500,
  eventsPerSecond: 1333,
  agents: 1,
  from: '2026-01-05T00:00:00Z',
  to: '2026-01-05T01:00:00Z',
  streams: [],
  ...some,
})

test('generate asks for what its options say and tells how the run ended', () =>
  withHub(async (hub, url) => {
    const asked: Message<'startGeneration'>[] = []
    hub.listen('startGeneration', subjects.startGeneration('*'), ({ data, reply }) => {
      asked.push(data)
      hub.send('generationStats', reply!, statsOf(data.run))
    })
    await hub.flush()
    const args = ['generate', '--events', '2k', '--interval', '1 s', '--types', 'bus,taxi', '--real-time', '--hub', url]
    const outcome =
      'complete: 2,000 positions of 2026-01-05T00:00:00Z to 2026-01-05T01:00:00Z, all of them archived; 1.5 s, 1,333/s, 1 generator'
    const shared = await runFleetProcess([...args, '--shared-ids'])
    expect(shared).toEqual({ code: 0, out: `${outcome}; its first vehicle is v-000001\n`, err: '' })
    const own = await runFleetProcess(args)
    const first = generatedVehicleId(vehicleIdPrefix(asked[1].run, 'own'), 0)
    expect(own).toEqual({ code: 0, out: `${outcome}; its first vehicle is ${first}\n`, err: '' })
    expect(JSON.parse((await runFleetProcess([...args, '--json'])).out)).toMatchObject({
      status: 'complete',
      events: 2000,
      flushed: true,
    })
    expect(asked.map(({ options }) => options.vehicleIds)).toEqual(['shared', 'own', 'own'])
    expect(asked[0].options).toMatchObject({
      events: 2000,
      intervalMs: 1000,
      vehicleTypes: ['bus', 'taxi'],
      realTime: true,
      vehicles: 1500,
    })
  }))

test.each([
  [{ status: 'failed', error: 'a generator died' } as const, 1, 'failed after 2,000 of 2,000: a generator died'],
  [{ flushed: false }, 3, 'not yet known to be archived'],
])('a run that ends with %j has its own exit code', (some, code, text) =>
  withHub(async (hub, url) => {
    hub.listen('startGeneration', subjects.startGeneration('*'), ({ data, reply }) => {
      hub.send('generationStats', reply!, statsOf(data.run, some))
    })
    await hub.flush()
    expect(await runFleetProcess(['generate', '--hub', url])).toEqual({
      code,
      out: expect.stringContaining(text),
      err: '',
    })
  }),
)

test('Ctrl-C stops a run in order', () =>
  withHub(async (hub, url) => {
    let client: string | undefined
    hub.listen('startGeneration', subjects.startGeneration('*'), async ({ data, reply }) => {
      const progress = {
        run: data.run,
        phase: 'generating' as const,
        events: 1,
        total: 9,
        eventsPerSecond: 1,
        elapsedMs: 1,
        agents: 1,
      }
      hub.send('generationProgress', reply!, progress)
      await hub.flush()
      client = reply
    })
    hub.listen('stopGeneration', subjects.stopGeneration('*'), ({ data }) => {
      hub.send('generationStats', client!, statsOf(data.run, { status: 'stopped', events: 5, total: 9 }))
    })
    await hub.flush()
    const { child, ended } = await startFleet(['generate', '--hub', url])
    await eventually(() => client !== undefined)
    child.kill('SIGINT')
    expect(await ended).toEqual({
      code: 130,
      out: expect.stringContaining('stopped after 5 of 9'),
      err: 'stopping the run; a second Ctrl-C ends the command at once\n',
    })
  }))

const answerOf = (
  query: string,
  some: Partial<Message<'vehicleQueryResultStats'>>,
): Message<'vehicleQueryResultStats'> => ({
  query,
  status: 'complete',
  failed: [],
  files: { total: 2, pruned: 0, read: 1 },
  bytes: { total: 2, read: 1 },
  rows: { total: 2, pruned: 0, read: 1, selected: 0 },
  hot: { messages: 0, rows: 0, selected: 0, bytes: 0 },
  tasks: [],
  elapsedMs: 5,
  ...some,
})

const QUERY = ['query', '--bbox', '1,2,3,4', '--from', '2026-01-05', '--to', '2026-01-06']

test('Ctrl-C cancels a query, and no file is left', () =>
  withHub(async (hub, url) => {
    let client: string | undefined
    hub.listen('vehicleQuery', subjects.vehicleQuery('*'), ({ data: { query }, reply }) => {
      client = reply
      const progress = { query, tasks: { total: 2, done: 0 }, rows: { total: 2, read: 0, selected: 0 }, elapsedMs: 1 }
      hub.send('vehicleQueryProgress', reply!, progress)
      hub.listen('vehicleQueryCancel', subjects.vehicleQueryCancel(ANYONE, query), ({ data }) => {
        hub.send('vehicleQueryResultStats', client!, answerOf(data.query, { status: 'cancelled' }))
      })
    })
    await hub.flush()
    const folder = await temporaryFolder()
    const { child, ended } = await startFleet([...QUERY, '--output', join(folder, 'a.csv'), '--hub', url])
    await eventually(() => client !== undefined)
    child.kill('SIGINT')
    expect(await ended).toEqual({
      code: 130,
      out: '',
      err: 'cancelled: 0 positions of 0 vehicles so far, some are missing; 1 of 2 data files read (1 B) in 5 ms\n',
    })
    expect(readdirSync(folder)).toEqual([])
  }))

test.each([
  [
    { status: 'partial', failed: [{ path: 'a.parquet', reason: 'gone' }] } as const,
    3,
    'some are missing: a.parquet: gone',
    ['a.geojson.partial'],
  ],
  [{ status: 'timed-out' } as const, 4, 'raise the time limit', ['a.geojson.partial']],
  [{ status: 'refused', error: 'no' } as const, 1, 'refused: no', []],
])(
  'an answer that ends with %j says so, has its own exit code, and never a file that looks whole',
  (some, code, text, files) =>
    withHub(async (hub, url) => {
      hub.listen('vehicleQuery', subjects.vehicleQuery('*'), ({ data: { query }, reply }) => {
        hub.send(
          'vehicleQueryResultStats',
          reply!,
          answerOf(query, { ...some, failed: 'failed' in some ? [...some.failed] : [] }),
        )
      })
      await hub.flush()
      const folder = await temporaryFolder()
      const run = await runFleetProcess([...QUERY, '--output', join(folder, 'a.geojson'), '--hub', url])
      expect(run).toEqual({ code, out: '', err: expect.stringContaining(text) })
      expect(readdirSync(folder)).toEqual(files)
      for (const file of files)
        expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({
          status: some.status,
          features: [],
        })
    }),
)

test('stats sums up what the services say', () =>
  withHub(async (hub, url) => {
    const { child, ended } = await startFleet(['stats', '--json', '--hub', url])
    let out = ''
    child.stdout!.on('data', (chunk) => (out += String(chunk)))
    await eventually(() => out.includes('\n'))
    hub.send('heartbeat', subjects.heartbeat('collectors', 'c1'), {
      member: 'c1',
      group: 'collectors',
      version: '0.1.0',
      startedAt: new Date().toISOString(),
      memoryBytes: 1,
    })
    hub.send('aggregatePeriodStats', subjects.aggregatePeriodStats, {
      collector: 'c1',
      version: 3,
      committedAt: new Date().toISOString(),
      partitions: [0],
      rows: 100,
      bytes: 900,
      files: 1,
      deadRows: 0,
      lagMs: 7,
      windows: [],
    })
    await eventually(() => out.includes('"rows":100') && out.includes('"member":"c1"'))
    child.kill('SIGINT')
    const { code } = await ended
    expect(code).toBe(0)
    const states = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(states[0]).toMatchObject({ commits: 0, rows: 0, version: null, members: [] })
    expect(states.at(-1)).toMatchObject({
      commits: 1,
      rows: 100,
      bytes: 900,
      files: 1,
      bytesPerRow: 9,
      version: 3,
      lagMs: 7,
    })
  }))

test('what is watched for ever ends quietly when the reader of it has gone, and so does the answer of a run', () =>
  withHub(async (hub, url) => {
    hub.listen('startGeneration', subjects.startGeneration('*'), ({ data, reply }) =>
      hub.send('generationStats', reply!, statsOf(data.run)),
    )
    await hub.flush()
    expect(await runIntoClosedPipe(['stats', '--json', '--hub', url])).toEqual({ code: 0, err: '' })
    expect(await runIntoClosedPipe(['generate', '--events', '2k', '--hub', url])).toEqual({ code: 0, err: '' })
  }))

test('query asks for measures and with a filter as its options say, and a wrong filter is reported before a finder is asked', () =>
  withHub(async (hub, url) => {
    const asked: Message<'vehicleQuery'>[] = []
    hub.listen('vehicleQuery', subjects.vehicleQuery('*'), ({ data, reply }) => {
      asked.push(data)
      hub.send('vehicleQueryResultStats', reply!, {
        query: data.query,
        status: 'refused',
        error: 'there is no column "temprature"',
        failed: [],
        files: { total: 0, pruned: 0, read: 0 },
        bytes: { total: 0, read: 0 },
        rows: { total: 0, pruned: 0, read: 0, selected: 0 },
        tasks: [],
        elapsedMs: 0,
      })
    })
    await hub.flush()
    const args = ['query', '--bbox', '-57,-35,-56,-34', '--hub', url]
    const refused = await runFleetProcess([...args, '--select', 'temperature,battery', '--where', 'temprature > 8'])
    expect([refused.code, refused.out, refused.err]).toEqual([
      1,
      '',
      expect.stringContaining('there is no column "temprature"'),
    ])
    expect(asked[0]).toMatchObject({ select: ['temperature', 'battery'], where: 'temprature > 8' })
    const wrong = await runFleetProcess([...args, '--where', 'temperature > cold'])
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('the filter, character 15: expected a number')])
    const between = await runFleetProcess([...args, '--at', 'now', '--where', 'speed > 8'])
    expect([between.code, between.err]).toEqual([2, expect.stringContaining("--at can't be combined with --where")])
    expect(asked).toHaveLength(1)
  }))

test('query names areas for the finder to know, and at an instant asks for their polygons and searches around them', () =>
  withHub(async (hub, url) => {
    const asked: Message<'vehicleQuery'>[] = []
    const used = { id: 'area-aaaaaaaaaa', name: 'Harbour', version: 3 }
    const ring = [
      [-56, -35],
      [-55.9, -35],
      [-55.9, -34.9],
      [-56, -34.9],
      [-56, -35],
    ]
    hub.listen('areaQuery', subjects.areaQuery('*'), ({ data: { request, areas }, reply }) =>
      hub.send('areaAnswer', reply!, {
        request,
        areas: areas.map(() => ({ ...used, geometry: { type: 'Polygon', coordinates: [ring] } })),
      }),
    )
    hub.listen('vehicleQuery', subjects.vehicleQuery('*'), ({ data, reply }) => {
      asked.push(data)
      hub.send('vehicleQueryResultStats', reply!, { ...answerOf(data.query, { status: 'complete' }), areas: [used] })
    })
    await hub.flush()
    const args = ['query', '--in', 'harbour', '--hub', url]
    const period = await runFleetProcess([...args, '--in', 'Old town'])
    const instant = await runFleetProcess([...args, '--at', '2026-01-05T08:00:00Z', '--within', '1min'])
    expect([period.code, instant.code]).toEqual([0, 0])
    expect([period.err, instant.err]).toEqual([
      expect.stringContaining('; searched in Harbour (version 3)'),
      expect.stringContaining('; searched in Harbour (version 3)'),
    ])
    expect(asked.map(({ areas, area }) => [areas, area === undefined ? undefined : boundsOf(area)])).toEqual([
      [['harbour', 'Old town'], undefined],
      [
        ['harbour'],
        [expect.closeTo(-56.05, 1), expect.closeTo(-35.04, 1), expect.closeTo(-55.85, 1), expect.closeTo(-34.86, 1)],
      ],
    ])
    const both = await runFleetProcess([...args, '--bbox', '-57,-35,-56,-34'])
    expect([both.code, both.err]).toEqual([
      2,
      expect.stringContaining('give one of --area, --bbox and --in, not --bbox and --in'),
    ])
  }))

/** Of boxes: west, south, east, north. */
const boundsOf = (area: unknown): number[] => {
  const points = (area as { coordinates: [number, number][][][] }).coordinates.flat(2)
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}
