import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SEARCHES, subjects } from '@fleetlake/contracts'
import { roundDegrees } from '@fleetlake/core'
import { connectHub } from '@fleetlake/hub'
import { startTestHub, temporaryFolder } from '@fleetlake/testing'
import { tableFromIPC } from 'apache-arrow'
import { parse } from 'csv-parse/sync'
import { parquetMetadata } from 'hyparquet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { realTrace, shanghaiCsv, type TracePoint } from '../testing/real-trace.ts'
import { type FleetRun, runFleetProcess, startFleet } from '../testing/fleet.ts'

/** A whole system, and the recordings of real receivers in its archive. */
const ROOT = join(import.meta.dirname, '../../../..')
const stops: (() => Promise<void>)[] = []
const points = realTrace()
let hubArgs: string[]
let imported: FleetRun

const startService = async (name: string, flags: readonly string[]): Promise<void> => {
  const child = spawn(process.execPath, [join(ROOT, name, 'src/main.ts'), ...flags], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  stops.push(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${name} exited with ${code}`))),
  ])
}

beforeAll(async () => {
  const server = await startTestHub()
  stops.push(() => server.stop())
  const folder = await temporaryFolder()
  const flags = [
    `--hub.url=${server.url}`,
    `--archive.path=${folder}`,
    '--hub.max-bytes-per-partition=16MiB',
    '--hub.max-bytes-dead-letters=4MiB',
    '--log.level=silent',
  ]
  await Promise.all([startService('event-collector', flags), startService('event-finder', flags)])
  hubArgs = ['--hub', server.url]
  const file = join(folder, 'trace.csv')
  const bad =
    'ride,2016-02-30 08:00:00,-118.44,34.03\nride,yesterday,-118.44,34.03\nride,2016-02-03 08:00:00,34.03,-118.44\n'
  writeFileSync(file, shanghaiCsv(points) + bad)
  const mapping = ['--columns', 'vehicle_id=name_id,event_time=timestamp,longitude=longitude,latitude=latitude']
  imported = await runFleetProcess([
    'import',
    file,
    ...mapping,
    '--timezone',
    'Asia/Shanghai',
    '--vehicle-type',
    'person',
    '--json',
    ...hubArgs,
  ])
})

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})

test('the import says what it took, and where the rows are that it did not take', () => {
  expect([imported.code, JSON.parse(imported.out)]).toEqual([
    0,
    expect.objectContaining({ archived: true, rows: points.length, rejected: 3, vehicles: 3 }),
  ])
  const said = imported.err
    .trim()
    .split('\n')
    .filter((line) => line.includes(', line '))
  expect(said.map((line) => line.split(', ')[1].split(' (')[0])).toEqual([
    `line ${points.length + 2}: time-that-never-was`,
    `line ${points.length + 3}: time-not-understood`,
    `line ${points.length + 4}: off-the-globe`,
  ])
})

type Ring = [longitude: number, latitude: number][]

/** Even-odd rule by the crossings of a ray, in ten lines that know nothing of the search. */
const isInside = (rings: readonly Ring[], x: number, y: number): boolean => {
  let inside = false
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [[ax, ay], [bx, by]] = [ring[i - 1], ring[i]]
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside
    }
  }
  return inside
}

const key = ({ id, timeMs, longitude, latitude }: TracePoint): string => `${id} ${timeMs} ${longitude} ${latitude}`

const bruteForce = (rings: readonly Ring[], from: number, to: number, ids?: readonly string[]): string[] =>
  points
    .map((point) => ({ ...point, longitude: roundDegrees(point.longitude), latitude: roundDegrees(point.latitude) }))
    .filter(
      ({ id, timeMs, longitude, latitude }) =>
        timeMs >= from && timeMs < to && (ids?.includes(id) ?? true) && isInside(rings, longitude, latitude),
    )
    .map(key)
    .toSorted()

type Fields = Record<string, string | number>

const keyOf = (fields: Fields): string =>
  key({
    id: String(fields['vehicle_id']),
    timeMs: Date.parse(String(fields['event_time'])),
    longitude: Number(fields['longitude']),
    latitude: Number(fields['latitude']),
  })

const linesOf = (out: string): Fields[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Fields)

const EVER: [string, string] = ['2014-01-01', '2017-01-01']
const inEver = ['--from', EVER[0], '--to', EVER[1]]

/** Where the middle half of a recording lies, so that the edges of an area cut through it. */
const middleOf = (id: string): { west: number; south: number; east: number; north: number } => {
  const own = points.filter((point) => point.id === id)
  const quartiles = (values: number[]): [number, number] => {
    const sorted = values.toSorted((a, b) => a - b)
    return [sorted[Math.floor(sorted.length / 4)], sorted[Math.floor((sorted.length * 3) / 4)]]
  }
  const [west, east] = quartiles(own.map(({ longitude }) => longitude))
  const [south, north] = quartiles(own.map(({ latitude }) => latitude))
  // Beside the points: who lies on a vertex is a question of the edge rule, which has tests of its own.
  const aside = 7e-6
  return { west: west + aside, south: south + aside, east: east + aside, north: north + aside }
}

test.each(['hike', 'run', 'ride'])('a polygon with a hole over the %s holds what brute force finds', async (id) => {
  const { west, south, east, north } = middleOf(id)
  const [width, height] = [east - west, north - south]
  const rounded = (ring: Ring): Ring => ring.map(([x, y]) => [roundDegrees(x), roundDegrees(y)])
  const outer = rounded([
    [west, south],
    [east + width / 3, south - height / 5],
    [east, north],
    [west - width / 4, north + height / 3],
    [west, south],
  ])
  const hole = rounded([
    [west + width * 0.4, south + height * 0.3],
    [west + width * 0.6, south + height * 0.35],
    [west + width * 0.5, south + height * 0.7],
    [west + width * 0.4, south + height * 0.3],
  ])
  const own = points.filter((point) => point.id === id)
  const [from, to] = [own[Math.floor(own.length * 0.1)].timeMs, own[Math.floor(own.length * 0.9)].timeMs]
  const area = JSON.stringify({
    type: 'Feature',
    properties: {},
    geometry: { type: 'Polygon', coordinates: [outer, hole] },
  })
  const period = ['--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()]
  const { code, out, err } = await runFleetProcess(['query', '--area', '-', ...period, ...hubArgs], area)
  const expected = bruteForce([outer, hole], from, to)
  expect(expected.length).toBeGreaterThan(50)
  expect(linesOf(out).map(keyOf).toSorted()).toEqual(expected)
  expect(code).toBe(0)
  expect(err).toMatch(
    new RegExp(
      `^complete: ${expected.length.toLocaleString('en-US')} positions of 1 vehicle; \\d+ of \\d+ data files read`,
    ),
  )
})

const WORLD: Ring = [
  [-180, -90],
  [180, -90],
  [180, 90],
  [-180, 90],
  [-180, -90],
]
const worldArgs = ['query', '--bbox', '-180,-90,180,90', ...inEver]

test('all formats hold the same positions, and each vehicle can be asked for', async () => {
  const all = bruteForce([WORLD], Date.parse(EVER[0]), Date.parse(EVER[1]))
  const runs = await Promise.all(
    ['ndjson', 'csv', 'geojson'].map((format) => runFleetProcess([...worldArgs, '--format', format, ...hubArgs])),
  )
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0])
  expect(linesOf(runs[0].out).map(keyOf).toSorted()).toEqual(all)
  expect((parse(runs[1].out, { columns: true }) as Fields[]).map(keyOf).toSorted()).toEqual(all)
  const collection = JSON.parse(runs[2].out) as {
    status: string
    features: { geometry: { coordinates: number[] }; properties: Fields }[]
  }
  expect(collection.status).toBe('complete')
  expect(
    collection.features
      .map(
        ({
          geometry: {
            coordinates: [longitude, latitude],
          },
          properties,
        }) => keyOf({ ...properties, longitude, latitude }),
      )
      .toSorted(),
  ).toEqual(all)
  const rides = await runFleetProcess([
    ...worldArgs,
    '--ids',
    'ride,run',
    '--types',
    'person',
    '--serialised',
    ...hubArgs,
  ])
  expect(linesOf(rides.out).map(keyOf).toSorted()).toEqual(bruteForce([WORLD], 0, Infinity, ['ride', 'run']))
  expect((await runFleetProcess([...worldArgs, '--types', 'taxi', ...hubArgs])).out).toBe('')
})

test('files of other formats hold as many positions', async () => {
  const folder = await temporaryFolder()
  const names = ['all.gpx', 'all.arrow', 'all.geo.parquet']
  const runs = await Promise.all(
    names.map((name) => runFleetProcess([...worldArgs, '--output', join(folder, name), ...hubArgs])),
  )
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0])
  const [gpx, arrow, parquet] = names.map((name) => readFileSync(join(folder, name)))
  // A report that stands alone is there twice.
  const eachOnce = gpx.toString().replaceAll(/<trkseg>\n(.*\n)\1<\/trkseg>/g, '$1')
  expect([...eachOnce.matchAll(/<trkpt /g)].length).toBe(points.length)
  expect(tableFromIPC(arrow).numRows).toBe(points.length)
  expect(Number(parquetMetadata(new Uint8Array(parquet).buffer).num_rows)).toBe(points.length)
})

test('at an instant a vehicle is between its reports, though both lie outside the area', async () => {
  const ride = points.filter(({ id }) => id === 'ride')
  const i = ride.findIndex((from, at) => {
    const to = ride[at + 1]
    return to.timeMs - from.timeMs <= 60_000 && Math.abs(to.longitude - from.longitude) > 1e-4
  })
  const [from, to] = [ride[i], ride[i + 1]]
  const [longitude, latitude] = [(from.longitude + to.longitude) / 2, (from.latitude + to.latitude) / 2]
  const box = [longitude - 1e-5, latitude - 1e-5, longitude + 1e-5, latitude + 1e-5].join(',')
  const at = new Date((from.timeMs + to.timeMs) / 2).toISOString()
  const { code, out, err } = await runFleetProcess(['query', '--bbox', box, '--at', at, ...hubArgs])
  const [found, ...more] = linesOf(out)
  expect([code, more, found['vehicle_id'], found['event_time']]).toEqual([0, [], 'ride', at])
  expect(Math.abs(Number(found['longitude']) - longitude)).toBeLessThan(2e-6)
  expect(Math.abs(Number(found['latitude']) - latitude)).toBeLessThan(2e-6)
  expect(err).toMatch(/^complete: 1 position of 1 vehicle; /)
})

test('a track is one vehicle in the order of time, or what its way adds up to', async () => {
  const [reports, summary, people, unknown] = await Promise.all([
    runFleetProcess(['track', 'hike', ...inEver, '--format', 'csv', ...hubArgs]),
    runFleetProcess(['track', 'hike', ...inEver, '--json', ...hubArgs]),
    runFleetProcess(['track', 'hike', ...inEver, ...hubArgs]),
    runFleetProcess(['track', 'unknown', ...inEver, ...hubArgs]),
  ])
  const own = bruteForce([WORLD], 0, Infinity, ['hike'])
  const rows = parse(reports.out, { columns: true }) as Fields[]
  expect(rows.map(keyOf).toSorted()).toEqual(own)
  const times = rows.map((row) => Date.parse(String(row['event_time'])))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(JSON.parse(summary.out)).toMatchObject({
    vehicleId: 'hike',
    vehicleTypes: ['person'],
    first: { time: new Date(times[0]).toISOString() },
    last: { time: new Date(times.at(-1)!).toISOString() },
    status: 'complete',
  })
  expect(people.out.split('\n').map((line) => line.split('  ')[0])).toEqual(
    expect.arrayContaining(['hike · person', 'first seen', 'last seen', 'reports', 'distance', 'speed', 'stops']),
  )
  expect([unknown.code, unknown.out]).toEqual([0, 'no position of unknown was found\n'])
})

test('a disk that is full is told', async () => {
  const fleet = `'${process.execPath}' '${join(ROOT, 'event-viewer/terminal/src/main.ts')}' ${worldArgs.join(' ')} ${hubArgs.join(' ')}`
  const full = spawn('bash', ['-c', `${fleet} --format gpx > /dev/full`], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  full.stderr.on('data', (chunk) => (said += String(chunk)))
  expect(await once(full, 'close')).toEqual([1, null])
  expect(said).toMatch(/^error: standard output can't be written \(ENOSPC/)
})

test('a limit ends it, and is told', async () => {
  const { code, out, err } = await runFleetProcess([...worldArgs, '--limit', '100', '--json', ...hubArgs])
  expect([code, linesOf(out).length, JSON.parse(err)]).toEqual([
    0,
    100,
    expect.objectContaining({ status: 'limit-reached', rows: 100 }),
  ])
})

test('an output file appears whole, in the format of its name', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'all.csv')
  const { code, out } = await runFleetProcess([...worldArgs, '--output', path, ...hubArgs])
  expect([code, out, readdirSync(folder)]).toEqual([0, '', ['all.csv']])
  expect((parse(readFileSync(path, 'utf8'), { columns: true }) as Fields[]).length).toBe(points.length)
})

test('a reader that has enough ends it quietly', async () => {
  const { child, ended } = await startFleet([...worldArgs, ...hubArgs])
  child.stdout!.once('data', () => child.stdout!.destroy())
  child.stdout!.on('error', () => undefined)
  let said = ''
  child.stderr!.on('data', (chunk) => (said += String(chunk)))
  void ended.catch(() => undefined)
  const [code] = (await once(child, 'exit')) as [number]
  expect([code, said]).toEqual([0, ''])
})

test('a drive that is told each 59 s, 61 s, 2 min and 10 min is as long, one line each, and known at an instant', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'drives.csv')
  const [startMs, hour] = [Date.UTC(2026, 0, 5, 6), 3_600_000]
  const everyS = [59, 61, 120, 600]
  // Two hours to the east at 0.0001° a second, three hours off, and two more.
  const rows = everyS.flatMap((every) =>
    [0, 2].flatMap((leg) =>
      Array.from({ length: Math.floor(7200 / every) + 1 }, (_, i) => {
        const timeMs = startMs + (leg === 0 ? 0 : 5 * hour) + i * every * 1000
        const longitude = (10 + (leg * 3600 + i * every) * 1e-4).toFixed(6)
        return `each-${every},${new Date(timeMs).toISOString()},${longitude},0.5`
      }),
    ),
  )
  writeFileSync(file, `vehicle_id,event_time,longitude,latitude\n${rows.join('\n')}\n`)
  expect((await runFleetProcess(['import', file, '--vehicle-type', 'van', ...hubArgs])).code).toBe(0)

  const ids = everyS.map((every) => `each-${every}`)
  const day = ['--from', '2026-01-05', '--to', '2026-01-06', ...hubArgs]
  const where = ['query', '--bbox', '9,0,13,1', '--ids', ids.join(',')]
  const lines = await runFleetProcess([...where, ...day, '--format', 'geojson-lines'])
  const { features } = JSON.parse(lines.out) as {
    features: { geometry: { type: string }; properties: { vehicle_id: string } }[]
  }
  expect(features.map(({ geometry, properties }) => `${properties.vehicle_id} ${geometry.type}`).toSorted()).toEqual(
    ids.flatMap((id) => [`${id} LineString`, `${id} LineString`]).toSorted(),
  )
  expect(lines.err).toContain('; gaps: longer than 2 min 57 s to 30 min, 3 × the median interval')
  const at = async (minute: number): Promise<unknown[]> => {
    const instant = new Date(startMs + minute * 60_000).toISOString()
    const answer = await runFleetProcess([...where, '--at', instant, ...hubArgs])
    return linesOf(answer.out).map((row) => row['vehicle_id'])
  }
  expect([await at(33.3), await at(210), await at(301)]).toEqual([ids.toSorted(), [], ids.toSorted()])
  for (const every of [59, 61, 600]) {
    const track = await runFleetProcess(['track', `each-${every}`, ...day, '--json'])
    const facts = JSON.parse(track.out) as { distanceM: number; gaps: number; gap: object }
    const toldS = 2 * Math.floor(7200 / every) * every
    expect(Math.abs(facts.distanceM - toldS * 11.1191)).toBeLessThan(20)
    const gapMs = 3 * every * 1000
    expect([facts.gaps, facts.gap]).toEqual([1, { rule: 'automatic', fromMs: gapMs, toMs: gapMs, reports: 'found' }])
  }
})

test('each search is recorded with what it asks for, and each export before it is there', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'found.csv')
  const box = ['--bbox', '-118.7,33.6,-117.6,34.4', '--from', '2016-01-01', '--to', '2016-12-31']
  const written = await runFleetProcess(['query', ...box, '--output', file, '--json', ...hubArgs])
  const { stats, rows } = JSON.parse(written.err) as { stats: { query: string }; rows: number }
  const piped = await runFleetProcess(['query', ...box, '--format', 'ndjson', '--json', ...hubArgs])
  const other = (JSON.parse(piped.err) as { stats: { query: string } }).stats.query
  const audit = async (query: string): Promise<unknown[]> => {
    const { out } = await runFleetProcess(['audit', '--query', query, '--json', ...hubArgs])
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  }
  const search = { kind: 'search', person: 'anyone', from: '2016-01-01T00:00:00.000Z', status: 'complete', rows }
  expect(await audit(stats.query)).toMatchObject([
    { kind: 'export', format: 'csv', rows },
    { ...search, exports: 1 },
  ])
  const [exported, asked] = await audit(other)
  expect(asked).toMatchObject({ ...search, exports: 1 })
  expect(exported).toEqual({
    kind: 'export',
    at: expect.any(String),
    person: 'anyone',
    query: other,
    format: 'ndjson',
  })

  const hub = await connectHub({ url: hubArgs[1], service: 'test' })
  // What is asked is stored still, and nothing that leaves.
  const { settings } = await hub.streams.info(SEARCHES)
  const kept = settings.subjects.filter((subject) => subject !== subjects.positionsExported)
  await hub.streams.drop(SEARCHES)
  await hub.streams.make({ ...settings, subjects: kept })
  const refused = await runFleetProcess(['query', ...box, '--output', join(folder, 'none.csv'), ...hubArgs])
  await hub.close()
  expect([refused.code, readdirSync(folder)]).toEqual([1, ['found.csv']])
  expect(refused.err).toMatch(/^error: the export can't be recorded, and so is not done: the hub does not store it/m)
})
