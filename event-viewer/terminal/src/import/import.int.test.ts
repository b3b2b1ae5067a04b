import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Config, configSchema, liveSubjects, type Message, subjects } from '@fleetlake/contracts'
import { decodePositions, type PositionRow, rowsOfPositions } from '@fleetlake/columnar'
import { roundDegrees } from '@fleetlake/core'
import { connectHub, type Hub, lookAtStream, partitionsOf, provision, purgeThrough } from '@fleetlake/hub'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { realTrace, shanghaiCsv } from '../testing/real-trace.ts'
import { watchStdout } from '../terminal/stdout.ts'
import { runFleetProcess, startFleet, stateFolder } from '../testing/fleet.ts'
import { runImport } from './run-import.ts'

interface TestSystem {
  readonly hub: Hub
  readonly url: string
  /** What the streams have stored, as they repeat it. */
  readonly stored: { id: string; rows: PositionRow[] }[]
  /** What was heard of imports. */
  readonly told: Message<'importStatus'>[]
}

process.env['XDG_STATE_HOME'] = await temporaryFolder()

const withSystem = async (
  use: (system: TestSystem) => Promise<void>,
  { maxBytesPerPartition = '8 MiB', count = 3 } = {},
): Promise<void> => {
  const server = await startTestHub()
  const hub = await connectHub({ url: server.url, service: 'test' })
  const stored: TestSystem['stored'] = []
  const told: TestSystem['told'] = []
  const config = configSchema.parse({
    hub: { maxBytesPerPartition, maxBytesDeadLetters: '1 MiB' },
    partitioning: { count },
  })
  await provision(hub, config)
  hub.listen('move', liveSubjects.move('*'), ({ id, data }) => {
    stored.push({ id, rows: rowsOfPositions(decodePositions(data)!) })
  })
  hub.listen('importStatus', subjects.importStatus('*'), ({ data }) => void told.push(data))
  await hub.flush()
  try {
    await use({ hub, url: server.url, stored, told })
  } finally {
    await hub.close()
    await server.stop()
  }
}

const messagesIn = async (hub: Hub): Promise<number> => {
  const states = await Promise.all((await partitionsOf(hub)).map((partition) => lookAtStream(hub, partition)))
  return states.reduce((sum, { messages }) => sum + messages, 0)
}

const MAPPING = [
  '--columns',
  'vehicle_id=name_id,event_time=timestamp',
  '--timezone',
  'Asia/Shanghai',
  '--vehicle-type',
  'taxi',
]

const key = (id: string, timeMs: number, longitude: number, latitude: number): string =>
  `${id} ${timeMs} ${longitude} ${latitude}`

test('a real trace is stored whole and once, however often it is imported', () =>
  withSystem(async ({ hub, url, stored }) => {
    const points = realTrace()
    const file = join(await temporaryFolder(), 'trace.csv')
    writeFileSync(file, shanghaiCsv(points))
    const args = ['import', file, ...MAPPING, '--hub', url, '--no-wait', '--json']
    const first = await runFleetProcess(args)
    expect([first.code, first.err, JSON.parse(first.out)]).toEqual([
      0,
      '',
      expect.objectContaining({ status: 'complete', rows: points.length, rejected: 0, vehicles: 3, archived: false }),
    ])
    const rowsOf = (): PositionRow[] => stored.flatMap(({ rows }) => rows)
    await eventually(() => countRows(stored) === points.length)
    expect(
      rowsOf()
        .map(({ vehicleId, eventTime, longitude, latitude }) => key(vehicleId, eventTime, longitude, latitude))
        .toSorted(),
    ).toEqual(
      points
        .map(({ id, timeMs, longitude, latitude }) => key(id, timeMs, roundDegrees(longitude), roundDegrees(latitude)))
        .toSorted(),
    )
    expect(new Set(rowsOf().map(({ vehicleType }) => vehicleType))).toEqual(new Set(['taxi']))

    const count = await messagesIn(hub)
    const again = await runFleetProcess(args)
    expect([again.code, JSON.parse(again.out)]).toEqual([0, JSON.parse(first.out)])
    expect(again.err).toMatch(
      /^these files were imported on .*: their rows are stored again, and compaction keeps one of each\n$/,
    )
    expect(await messagesIn(hub)).toBe(count)
    await runFleetProcess([...args, '--vehicle-id', 'one'])
    expect(await messagesIn(hub)).toBe(2 * count)
  }))

test('the measures of a file are sent as they are mapped, and columns that are left out are named', () =>
  withSystem(async ({ url, stored }) => {
    const file = join(await temporaryFolder(), 'vans.csv')
    const lines = [
      'id,time,lon,lat,temp_c,driver,note,humidity',
      'a,2026-01-05T08:00:00Z,1,2,-18.5,d-1,x,40',
      'b,2026-01-05T08:00:00Z,1,2,hot,,y,41',
    ]
    writeFileSync(file, lines.join('\n'))
    const args = ['import', file, '--columns', 'temperature=temp_c,driver_id=driver', '--hub', url, '--no-wait']
    const { code, out, err } = await runFleetProcess(args)
    expect([code, out.split('\n').slice(-2)]).toEqual([
      0,
      ['measures: temperature in 1 row, driver_id in 1 row, attributes in 1 row', ''],
    ])
    expect(err).toContain('  left out: "note", "humidity"; to import one, use --columns <measure>=<field>\n')
    await eventually(() => stored.flatMap(({ rows }) => rows).length === 2)
    expect(
      Object.fromEntries(stored.flatMap(({ rows }) => rows.map(({ vehicleId, measures }) => [vehicleId, measures]))),
    ).toEqual({ a: { temperature: -18.5, driver_id: 'd-1' }, b: { attributes: '{"temperature":"hot"}' } })
    const told = JSON.parse((await runFleetProcess([...args.slice(0, 4), '--dry-run', '--json'])).out)
    expect(told).toMatchObject({
      leftOut: ['note', 'humidity'],
      measures: { temperature: 1, driver_id: 1, attributes: 1 },
    })
    const corrected = await runFleetProcess(['import', file, '--corrections', '--dry-run', '--json'])
    expect(JSON.parse(corrected.out)).toMatchObject({ measures: { revision: 2 } })
    const twice = await runFleetProcess(['import', file, '--columns', 'revision=note', '--corrections', '--dry-run'])
    expect(twice.err).toBe(
      'error: --corrections gives every row its revision: leave revision out of --columns, or leave --corrections out\n',
    )
  }))

test('it waits until collectors say that the table holds every partition', () =>
  withSystem(async ({ hub, url }) => {
    const asked: number[] = []
    // Answers too little at first.
    const collector = hub.listen('flush', 'commands.flush.*', ({ data, reply }) => {
      const committed = asked.includes(data.partition) ? data.sequence : data.sequence - 1
      asked.push(data.partition)
      hub.send('flushed', reply!, { committed })
    })
    await hub.flush()
    const csv = 'id,time,lon,lat\na,2018-10-01T08:00:00Z,104.1,30.6\n'
    const { code, out } = await runFleetProcess(['import', '-', '--hub', url], csv)
    expect([code, asked.length]).toEqual([0, 2])
    expect(out).toMatch(
      /^1 row imported, all of them archived\n1 vehicle, 2018-10-01T08:00:00Z to 2018-10-01T08:00:00Z, within 104\.1,30\.6,104\.1,30\.6\nrows of 2018-10-01 .* stay until .*\n$/,
    )
    await collector.close()
  }))

test('Ctrl-C while it waits for the archive leaves what is in the hub', () =>
  withSystem(async ({ hub, url }) => {
    const csv = 'id,time,lon,lat\na,2018-10-01T08:00:00Z,104.1,30.6\n'
    const { child, ended } = await startFleet(['import', '-', '--hub', url], csv)
    let said = ''
    child.stderr!.on('data', (chunk) => (said += String(chunk)))
    await eventually(() => said.includes('waiting for a collector'))
    child.kill('SIGINT')
    const { code, out } = await ended
    expect(code).toBe(130)
    expect(out).toContain('1 row imported, in the hub, not yet known to be archived')
    expect(await messagesIn(hub)).toBe(1)
  }))

test('streams without room hold the reading up, and nothing is lost', async () => {
  const server = await startTestHub()
  const hub = await connectHub({ url: server.url, service: 'test' })
  const config = configSchema.parse({
    hub: { maxBytesPerPartition: '256 KiB', maxBytesDeadLetters: '1 MiB' },
    partitioning: { count: 1 },
  })
  await provision(hub, config)
  try {
    const rows = 20_000
    const csv = `id,time,lon,lat\n${Array.from({ length: rows }, (_, i) => `v${i % 50},${1_538_352_000 + i},104.1,30.6`).join('\n')}\n`
    const { child, ended } = await startFleet(['import', '-', '--hub', server.url, '--no-wait', '--json'], csv)
    let said = ''
    child.stderr!.on('data', (chunk) => (said += String(chunk)))
    await eventually(() => said.includes('partition 0 is full: waiting for the archive to catch up'))
    let freed = 0
    await eventually(async () => {
      const { last, messages } = await lookAtStream(hub, 0)
      if (messages > 0) await purgeThrough(hub, 0, last)
      freed = last
      return child.exitCode !== null
    })
    expect(freed).toBe(Math.ceil(rows / 1200))
    expect(JSON.parse((await ended).out)).toMatchObject({ status: 'complete', rows, rejected: 0 })
  } finally {
    await hub.close()
    await server.stop()
  }
})

interface InProcess {
  readonly config: Config
  readonly signal?: AbortSignal
  readonly say?: (line: string) => void
}

/** An import of UTC CSV within this process. @returns its exit code and its answer */
const importHere = async (
  file: string,
  { config, signal = new AbortController().signal, say = () => undefined }: InProcess,
): Promise<{ code: number; answer: Record<string, unknown> }> => {
  let [code, answer] = [0, '']
  await runImport(
    [file],
    { settings: {}, flags: { wait: false } },
    {
      terminal: { isWatched: false, say, print: (line) => void (answer = line) },
      stdout: watchStdout(),
      signal,
      config: () => config,
      json: () => true,
      exitWith: (told) => void (code = told),
      endAtOnce: () => {},
    },
  )
  return { code, answer: JSON.parse(answer) as Record<string, unknown> }
}

const csvFileOf = async (lines: readonly string[]): Promise<string> => {
  const file = join(await temporaryFolder(), 'rows.csv')
  writeFileSync(file, `id,time,lon,lat\n${lines.join('\n')}\n`)
  return file
}

const recordsOfImports = async (): Promise<string[]> => {
  const folder = join(await stateFolder, 'fleetlake', 'imports')
  return readdirSync(folder).filter((name) => name.endsWith('.json'))
}

/** Makes room in a hub that is too small for the rows of a test, until a condition is true. */
const drainUntil = (hub: Hub, isEnough: () => boolean | Promise<boolean>): Promise<unknown> =>
  eventually(async () => {
    for (const partition of await partitionsOf(hub)) {
      const { last, messages } = await lookAtStream(hub, partition)
      if (messages > 0) await purgeThrough(hub, partition, last)
    }
    return isEnough()
  })

const SMALL = { maxBytesPerPartition: '128 KiB', count: 2 }
const KILLED_ROWS = 300_000

/** Rows that no one else has, with their number as the vehicle. */
const numberedRows = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `v${i},${1_538_352_000 + i},${(i % 90) + 0.5},${(i % 45) + 0.5}`)

const numbersOf = (stored: TestSystem['stored']): number[] =>
  stored.flatMap(({ rows }) => rows.map(({ vehicleId }) => Number(vehicleId.slice(1))))

/** Cheap, for conditions: a process that is busy with them hears too slowly, and the hub ends its connection. */
const countRows = (stored: TestSystem['stored']): number => stored.reduce((sum, { rows }) => sum + rows.length, 0)

const DRIVEN_FROM_S = 1_538_352_000

/** Rows of vehicles that drive, each a row in 200 s, whose speed and heading are derived; one row in 997 is refused. */
const drivenRows = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const step = Math.floor(i / 200)
    const latitude = i % 997 === 996 ? 'nowhere' : (30.6 + (i % 200) * 0.01 + ((step * 7) % 13) * 0.0009).toFixed(6)
    return `v${i % 200},${DRIVEN_FROM_S + i},${(104.1 + (step % 50) * 0.001).toFixed(6)},${latitude}`
  })

/** What was stored of each of them: several words on one row only where it was stored twice, and differently. */
const drivenOf = (stored: TestSystem['stored']): Map<number, ReadonlySet<string>> => {
  const said = new Map<number, Set<string>>()
  for (const { eventTime, speed, heading } of stored.flatMap(({ rows }) => rows)) {
    const number = eventTime / 1000 - DRIVEN_FROM_S
    said.set(number, (said.get(number) ?? new Set<string>()).add(`${speed} ${heading}`))
  }
  return said
}

/** Kills an import some messages after it has noted how far it is; the hub has no room for the rest of it. */
const killMidway = async (system: TestSystem, args: readonly string[], messages: number): Promise<void> => {
  const { hub, stored, told } = system
  const before = new Set(await recordsOfImports().catch(() => []))
  const toldBefore = told.length
  const { child, ended } = await startFleet(args)
  // However fast it is: held up near its beginning for longer than it goes on without a note.
  await drainUntil(hub, () => stored.length >= 20)
  await eventually(() => told.slice(toldBefore).some(({ elapsedMs }) => elapsedMs > 3_000))
  let killAt = Infinity
  await drainUntil(hub, async () => {
    const isNoted = (await recordsOfImports().catch(() => [])).some((name) => !before.has(name))
    if (isNoted && killAt === Infinity) killAt = stored.length + messages
    return stored.length >= killAt
  })
  child.kill('SIGKILL')
  expect((await ended).code).toBe(null)
}

test('an import that is killed at any moment, made again, goes on behind what it had noted; its rows, and those that it refused, are the same as of one that ran through', () =>
  withSystem(async (system) => {
    const { hub, url, stored } = system
    const file = await csvFileOf(drivenRows(KILLED_ROWS))
    const refusedOf = (name: string): string => join(dirname(file), name)
    const args = ['import', file, '--hub', url, '--no-wait', '--json', '--rejects', refusedOf('killed.ndjson')]
    const messages = Math.floor(Math.random() * 30)
    await killMidway(system, args, messages)
    // What the hub had in hand when the import died.
    await hub.flush()
    const killed = stored.length

    const { child, ended } = await startFleet(args)
    await drainUntil(hub, () => child.exitCode !== null)
    const { code, out, err } = await ended
    const again = JSON.parse(out) as { job: string; resumedAfter: number }
    const rejected = Math.floor(KILLED_ROWS / 997)
    const rows = KILLED_ROWS - rejected
    expect([code, again], `killed ${messages} messages later`).toEqual([
      0,
      expect.objectContaining({ status: 'complete', rows, stored: rows, rejected, vehicles: 200 }),
    ])
    expect(again.resumedAfter).toBeGreaterThan(0)
    expect(err).toContain(`after ${again.resumedAfter} rows: it goes on there (--restart begins at the first row)`)
    expect(drivenOf(stored).size).toBe(rows)
    expect([...drivenOf(stored.slice(killed)).keys()].filter((number) => number < again.resumedAfter)).toEqual([])

    await withSystem(
      async (other) => {
        const through = ['import', file, '--hub', other.url, '--no-wait', '--rejects', refusedOf('through.ndjson')]
        expect((await runFleetProcess(through)).code).toBe(0)
        await eventually(() => countRows(other.stored) === rows)
        const driven = drivenOf(other.stored)
        expect([...driven.values()].filter((said) => [...said].join() === 'undefined undefined').length).toBeLessThan(
          rows / 2,
        )
        expect(drivenOf(stored)).toEqual(driven)
      },
      { maxBytesPerPartition: '64 MiB', count: 2 },
    )
    const refused = readFileSync(refusedOf('killed.ndjson'), 'utf8')
    expect(refused.split('\n').length - 1).toBe(rejected)
    expect(refused).toBe(readFileSync(refusedOf('through.ndjson'), 'utf8'))
    expect(
      readdirSync(join(await stateFolder, 'fleetlake', 'imports')).filter((name) => name.startsWith(`${again.job}.`)),
    ).toEqual([`${again.job}.json`])
  }, SMALL))

test('an import that is begun anew begins at the first row, and so does one into another hub', () =>
  withSystem(async (system) => {
    const { hub, url } = system
    const file = await csvFileOf(numberedRows(KILLED_ROWS))
    const args = ['import', file, '--no-wait', '--json']
    await killMidway(system, [...args, '--hub', url], 0)
    await withSystem(
      async (other) => {
        const elsewhere = JSON.parse((await runFleetProcess([...args, '--hub', other.url])).out) as object
        expect(elsewhere).toMatchObject({ status: 'complete', rows: KILLED_ROWS, resumedAfter: null })
        await eventually(() => countRows(other.stored) === KILLED_ROWS)
        expect(new Set(numbersOf(other.stored)).size).toBe(KILLED_ROWS)
      },
      { maxBytesPerPartition: '64 MiB', count: 2 },
    )
    const { child, ended } = await startFleet([...args, '--hub', url, '--restart'])
    await drainUntil(hub, () => child.exitCode !== null)
    expect(JSON.parse((await ended).out)).toMatchObject({ status: 'complete', rows: KILLED_ROWS, resumedAfter: null })
  }, SMALL))

test('the hub hears how far an import is, and how it has ended', () =>
  withSystem(
    async ({ hub, url, told }) => {
      const file = await csvFileOf(numberedRows(2_000))
      const run = (path: string): ReturnType<typeof runFleetProcess> =>
        runFleetProcess(['import', path, '--hub', url, '--no-wait', '--json'])
      const { out } = await run(file)
      await eventually(() => told.at(-1)?.status === 'complete')
      const job = { job: (JSON.parse(out) as { job: string }).job, name: 'rows.csv', files: 1, filesFailed: 0 }
      expect(told[0]).toMatchObject({ ...job, status: 'reading', filesDone: 0, stored: 0 })
      expect(told.at(-1)).toMatchObject({
        ...job,
        status: 'complete',
        filesDone: 1,
        rows: 2_000,
        stored: 2_000,
        refused: 0,
      })

      told.length = 0
      const packed = gzipSync(`id,time,lon,lat\n${numberedRows(60_000).join('\n')}\n`)
      const broken = join(await temporaryFolder(), 'broken.csv.gz')
      writeFileSync(broken, packed.subarray(0, Math.floor(packed.length * 0.9)))
      const { code, err } = await run(broken)
      await eventually(() => told.at(-1)?.status === 'failed')
      const messages = await messagesIn(hub)
      const { stored, error } = told.at(-1)!
      expect([code, messages]).toEqual([1, 2 + Math.ceil(stored / 1_200)])
      expect(stored).toBeGreaterThan(24_000)
      expect(error).toMatch(/^broken\.csv\.gz can't be unpacked behind byte \d+: it ends too early$/)
      expect(err).toBe(
        `error: ${error} (${stored} rows are stored: when they are imported once more they are stored twice, and compaction keeps one of each)\n`,
      )
    },
    { count: 1 },
  ))

test('a bad row in the middle of a file costs itself, and is told with its place', () =>
  withSystem(async ({ url, stored }) => {
    const lines = numberedRows(60_000)
    lines[41_233] = 'v41233,soon,1.5,2.5'
    const file = await csvFileOf(lines)
    const { code, out, err } = await runFleetProcess(['import', file, '--hub', url, '--no-wait'])
    expect([code, out.split('\n').slice(0, 2)]).toEqual([
      0,
      ['59,999 rows imported, in the hub, archived soon', '1 row rejected: time-not-understood 1'],
    ])
    expect(err).toContain('rows.csv, line 41235: time-not-understood (time "soon"): v41233,soon,1.5,2.5\n')
    await eventually(() => countRows(stored) === 59_999)
    expect(new Set(numbersOf(stored)).size).toBe(59_999)
  }))

test('an import that Ctrl-C has stopped, made again, leaves every row stored once', () =>
  withSystem(async ({ hub, url, stored }) => {
    const rows = 150_000
    const file = await csvFileOf(
      Array.from({ length: rows }, (_, i) => `v${i},${1_538_352_000 + i},${(i % 90) + 0.5},${(i % 45) + 0.5}`),
    )
    const args = ['import', file, '--hub', url, '--no-wait', '--json']
    const { child, ended } = await startFleet(args)
    await eventually(() => stored.length > 0)
    child.kill('SIGINT')
    const { code, out } = await ended
    const stopped = JSON.parse(out) as { status: string; rows: number; stored: number }
    const storedRows = (): number => stored.reduce((sum, batch) => sum + batch.rows.length, 0)
    expect([code, stopped.status]).toEqual([130, 'stopped'])
    expect(stopped.rows).toBeLessThan(rows)
    await hub.flush()
    expect(storedRows()).toBe(stopped.stored)

    const again = JSON.parse((await runFleetProcess(args)).out) as object
    expect(again).toMatchObject({ status: 'complete', rows, stored: rows })
    await eventually(async () => stored.length === (await messagesIn(hub)))
    const ids = stored.flatMap((batch) => batch.rows.map(({ vehicleId }) => vehicleId))
    expect([ids.length, new Set(ids).size]).toEqual([rows, rows])
  }))

test('rows that lay in the future once are brought in by the same import later', () =>
  withSystem(async ({ url, stored }) => {
    const at = Date.now()
    const file = await csvFileOf([`a,${at - 1000},10,20`, `b,${at + 600_000},10,20`, `c,${at - 500},10,20`])
    const configOf = (futureToleranceMs: number): Config =>
      configSchema.parse({ hub: { url }, collector: { futureToleranceMs } })
    const idsStored = (): string[] => [...new Set(stored.flatMap(({ rows }) => rows.map(({ vehicleId }) => vehicleId)))]
    expect((await importHere(file, { config: configOf(1000) })).answer).toMatchObject({
      rows: 2,
      stored: 2,
      rejected: 1,
    })
    await eventually(() => idsStored().length === 2)
    expect((await importHere(file, { config: configOf(1_200_000) })).answer).toMatchObject({
      rows: 3,
      stored: 3,
      rejected: 0,
    })
    await eventually(() => idsStored().length === 3)
    expect(idsStored().toSorted()).toEqual(['a', 'b', 'c'])
  }))

test.each([
  ['while the reading waits for room', 20_000],
  ['while what was read waits for room', 5_000],
])('Ctrl-C ends an import into a full hub %s, and it tells what is stored', async (_, rows) => {
  const server = await startTestHub()
  const hub = await connectHub({ url: server.url, service: 'test' })
  const config = configSchema.parse({
    hub: { url: server.url, maxBytesPerPartition: '64 KiB', maxBytesDeadLetters: '1 MiB' },
    partitioning: { count: 1 },
    generator: { queueBytes: '256 KiB' },
  })
  await provision(hub, config)
  try {
    const file = await csvFileOf(Array.from({ length: rows }, (__, i) => `v${i},${1_538_352_000 + i},104.1,30.6`))
    const aborter = new AbortController()
    let isFull = false
    const ending = importHere(file, {
      config,
      signal: aborter.signal,
      say: (line) => (isFull ||= line.includes('partition 0 is full')),
    })
    await eventually(() => isFull)
    aborter.abort()
    const { code, answer } = await ending
    const { messages } = await lookAtStream(hub, 0)
    expect([code, answer.status, answer.stored]).toEqual([130, 'stopped', messages * 1200])
    expect(messages).toBeGreaterThan(0)
    expect(answer.rows).toBeGreaterThan(messages * 1200)
  } finally {
    await hub.close()
    await server.stop()
  }
})
