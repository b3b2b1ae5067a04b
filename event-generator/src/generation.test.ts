import { decodePositions, rowsOfPositions } from '@fleetlake/columnar'
import {
  ANYONE,
  generatedVehicleId,
  type Message,
  type MessageInput,
  subjects,
  vehicleIdPrefix,
} from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { purgeThrough, readPartition, runGeneration } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { simulateMeasures } from './core/simulated-measures.ts'
import { readRun, sortRows, startTestRun, type StoredRow, withoutSource } from './testing/run.ts'

const START = '2026-01-05T08:00:00Z'

test('vehicles report the measures that are asked for, the same ones each time and by every generator', async () => {
  await using system = await startTestRun({ generators: 2 })
  const options = {
    vehicles: 31,
    events: 1_000,
    seed: 7,
    vehicleIds: 'shared',
    startTime: START,
    batchRows: 50,
  } as const
  const rowsWith = async (more: object): Promise<StoredRow[]> =>
    sortRows(await readRun(system.hub, await runGeneration(system.hub, { ...options, ...more })))
  const measures = ['temperature' as const, 'order_id' as const, 'ignition' as const]
  const bare = await rowsWith({})
  const one = await rowsWith({ measures, agents: 1 })
  const two = await rowsWith({ measures, agents: 2 })
  expect(two.map(withoutSource)).toEqual(one.map(withoutSource))
  expect(one.map((row) => ({ ...row, measures: undefined }))).toEqual(
    bare.map((row) => ({ ...row, measures: undefined })),
  )
  const saidBy = simulateMeasures(measures, 7)
  for (const { vehicleId, eventTime, measures: said } of one) {
    const values = saidBy(Number(vehicleId.slice(2)) - 1, eventTime).filter(({ value }) => value !== null)
    const { source: _, ...others } = said!
    expect(others).toEqual(Object.fromEntries(values.map(({ measure, value }) => [measure.name, value])))
  }
})

test('every position of a run says in `source` which run has made it', async () => {
  await using system = await startTestRun({ generators: 2 })
  const options = { vehicles: 31, events: 1_000, startTime: START }
  for (const more of [{}, { measures: ['fuel' as const] }, { vehicleIds: 'shared' as const }]) {
    const stats = await runGeneration(system.hub, { ...options, ...more })
    const sources = (await readRun(system.hub, stats)).map(({ measures }) => measures?.['source'])
    expect(sources).toEqual(Array<string>(1_000).fill(`generation/${stats.run}`))
  }
})

test('two runs share vehicle ids only where both are asked to, and their rows are the same but for the ids', async () => {
  await using system = await startTestRun({ generators: 2 })
  const options = { vehicles: 31, events: 1_000, seed: 7, startTime: START }
  const rowsOf = async (vehicleIds: 'own' | 'shared'): Promise<{ prefix: string; rows: StoredRow[] }> => {
    const stats = await runGeneration(system.hub, { ...options, vehicleIds })
    const prefix = vehicleIdPrefix(stats.run, vehicleIds)
    return { prefix, rows: sortRows(await readRun(system.hub, stats)) }
  }
  const runs = [await rowsOf('own'), await rowsOf('own'), await rowsOf('shared'), await rowsOf('shared')]
  const known = Array.from({ length: 31 }, (_, vehicle) => vehicle)
  for (const { prefix, rows } of runs) {
    expect(new Set(rows.map(({ vehicleId }) => vehicleId))).toEqual(
      new Set(known.map((vehicle) => generatedVehicleId(prefix, vehicle))),
    )
  }
  expect(runs.map(({ prefix }) => prefix.length)).toEqual([9, 9, 2, 2])
  expect(new Set(runs.map(({ prefix }) => prefix)).size).toBe(3)
  const [first, ...others] = runs.map(({ prefix, rows }) =>
    rows.map((row) => ({ ...row, vehicleId: row.vehicleId.slice(prefix.length), measures: undefined })),
  )
  for (const other of others) expect(other).toEqual(first)
})

test('what can not be made is refused, with what could be', async () => {
  await using system = await startTestRun({ generators: 1 })
  const refusal = async (options: MessageInput<'startGeneration'>['options']): Promise<string> => {
    const { status, events, flushed, error } = await runGeneration(system.hub, options)
    expect({ status, events, flushed }).toEqual({ status: 'failed', events: 0, flushed: false })
    return error!
  }
  expect(await refusal({ vehicleTypes: ['car', 'rocket'] })).toMatch(/no vehicle type 'rocket': choose among car, taxi/)
  expect(await refusal({ districts: ['North'] })).toMatch(/no district 'North': choose among East, West/)
  expect(await refusal({ city: 'Paris' })).toMatch(/no city 'Paris' here: the generators drive in Gridtown/)
  expect(await refusal({ agents: 2 })).toMatch(/2 agents were asked for and 1 generator is running/)
  expect(await refusal({ startTime: '2999-01-01T00:00:00Z' })).toMatch(/in the future/)
  expect(await refusal({ startTime: '1999-01-01T00:00:00Z' })).toMatch(
    /days ago, and the archive keeps 2,556\.8 days: start it later/,
  )
  expect(await refusal({ vehicles: 1, events: 10_000_000 })).toMatch(
    /would simulate 578\.7 days, and 31 days are allowed/,
  )
  await expect(runGeneration(system.hub, { vehicles: 0 })).rejects.toThrow(fault('generation.refused', /vehicles: /))
})

test('options that are not options are answered with what is wrong, and the generator goes on', async () => {
  await using system = await startTestRun({ generators: 1 })
  const { hub } = system
  const answers: Message<'generationStats'>[] = []
  hub.listen('generationStats', 'inbox.anyone.test', ({ data }) => void answers.push(data))
  const bad = { run: 'bad-run', options: { vehicles: -1 } }
  hub.send('startGeneration', subjects.startGeneration(ANYONE), bad, { reply: 'inbox.anyone.test' })
  const malformed = new TextEncoder().encode('malformed')
  hub.control.publish(subjects.startGeneration(ANYONE), malformed, { reply: 'inbox.anyone.test' })
  hub.control.publish(subjects.startGeneration(ANYONE), malformed)
  await eventually(() => answers.length === 2)
  expect(answers.map(({ run, status, error }) => ({ run, status, error }))).toEqual([
    { run: 'bad-run', status: 'failed', error: expect.stringContaining('options.vehicles') },
    { run: 'unknown', status: 'failed', error: expect.stringContaining('CloudEvent') },
  ])
  expect(await runGeneration(hub, { vehicles: 10, events: 100 })).toMatchObject({ status: 'complete', events: 100 })
})

test('without a city pack a run is refused with the command that builds one', async () => {
  await using system = await startTestRun({ generators: 1 })
  await rm(system.cityDir, { recursive: true })
  const { status, error } = await runGeneration(system.hub, { vehicles: 10, events: 100 })
  expect({ status, error }).toEqual({
    status: 'failed',
    error: expect.stringMatching(/holds no city pack.*node event-generator\/src\/city\/build-pack\.ts/),
  })
})

test('a run in real time goes on until it is stopped, and what it published stays', async () => {
  await using system = await startTestRun({ generators: 2 })
  const aborter = new AbortController()
  const stats = await runGeneration(
    system.hub,
    { vehicles: 500, durationMs: 3_600_000, intervalMs: 1000, realTime: true, speedFactor: 3 },
    { signal: aborter.signal, onProgress: ({ events }) => void (events > 0 && aborter.abort()) },
  )
  expect(stats).toMatchObject({ status: 'stopped', flushed: true, total: 1_800_000, agents: 2 })
  expect(stats.events).toBeGreaterThan(0)
  expect(stats.events).toBeLessThan(1_800_000)
  const rows = await readRun(system.hub, stats)
  expect(rows).toHaveLength(stats.events)
  expect(rows.filter(({ eventTime }) => eventTime > Date.parse(stats.from) + stats.elapsedMs * 3 + 1000)).toEqual([])
})

test('everyone hears how far a run has come, and who has not asked for it can stop it', async () => {
  await using system = await startTestRun({ generators: 2 })
  const { hub } = system
  const heard: Message<'generationStatus'>[] = []
  hub.listen('generationStatus', subjects.generationStatus('*'), ({ data }) => {
    heard.push(data)
    if (data.events > 0) hub.send('stopGeneration', subjects.stopGeneration(ANYONE), { run: data.run })
  })
  const { run, status, events } = await runGeneration(hub, { vehicles: 500, intervalMs: 1000, realTime: true })
  await eventually(() => heard.some((each) => each.status === 'stopped'))
  expect(status).toBe('stopped')
  const end = { run, status, events, total: 1_800_000, vehicles: 500, realTime: true, agents: 2 }
  expect(heard.at(-1)).toMatchObject(end)
  const ways = heard.map((each) => each.status).filter((each, i, all) => each !== all[i - 1])
  expect(ways).toEqual(['generating', 'stopping', 'stopped'])
  expect(new Set(heard.map(({ startedAt }) => startedAt)).size).toBe(1)
})

test('a run that is refused is told to everyone with its reason', async () => {
  await using system = await startTestRun({ generators: 1 })
  const heard: Message<'generationStatus'>[] = []
  system.hub.listen('generationStatus', subjects.generationStatus('*'), ({ data }) => void heard.push(data))
  const { error } = await runGeneration(system.hub, { city: 'Paris' })
  await eventually(() => heard.at(-1)?.status === 'failed')
  expect(heard.at(-1)).toMatchObject({ error, events: 0 })
})

test('full streams make the simulation wait, and nothing is lost or stored twice when they are purged', async () => {
  const queueBytes = 128 * 1024
  await using system = await startTestRun({
    generators: 1,
    partitions: 2,
    maxBytesPerPartition: 1024 * 1024,
    queueBytes,
  })
  const { hub } = system
  const notes = new Set<string | undefined>()
  let events = 0
  const running = runGeneration(
    hub,
    { vehicles: 1000, events: 200_000, seed: 3, startTime: START },
    {
      onProgress: (progress) => {
        notes.add(progress.note)
        ;({ events } = progress)
      },
    },
  )
  await eventually(() => [...notes].some((note) => note?.includes('is full')), { what: 'a note that streams are full' })
  expect(events).toBeLessThan((2 * 1024 * 1024) / 40)
  const seen = new Set<string>()
  let rows = 0
  const readers = [0, 1].map((partition) => readPartition(hub, { partition, from: { sequence: 0 } }))
  const purging = readers.map(async (reader) => {
    for (let reading = await reader.next(); reading.kind === 'moves'; reading = await reader.next()) {
      for (const row of reading.moves.flatMap(({ data }) => rowsOfPositions(decodePositions(data)!))) {
        seen.add(`${row.vehicleId} ${row.eventTime}`)
        rows++
      }
      await purgeThrough(hub, reader.partition, reader.position().sequence)
    }
  })
  expect(await running).toMatchObject({ status: 'complete', events: 200_000, flushed: true })
  await eventually(() => rows >= 200_000)
  await Promise.all(readers.map((reader) => reader.close()))
  await Promise.all(purging)
  expect({ rows, distinct: seen.size }).toEqual({ rows: 200_000, distinct: 200_000 })
})

test('a run that is stuck in full streams can be stopped, and does not claim more than is stored', async () => {
  const small = { maxBytesPerPartition: 1024 * 1024, queueBytes: 128 * 1024 }
  await using system = await startTestRun({ generators: 1, partitions: 1, ...small })
  const aborter = new AbortController()
  const stats = await runGeneration(
    system.hub,
    { vehicles: 1000, events: 1_000_000, startTime: START },
    { signal: aborter.signal, onProgress: ({ note }) => void (note !== undefined && aborter.abort()) },
  )
  expect(stats).toMatchObject({
    status: 'stopped',
    flushed: false,
    error: expect.stringMatching(/did not take everything within 5 s/),
  })
  expect(stats.events).toBeGreaterThan(0)
  expect(stats.events).toBeLessThan((1024 * 1024) / 40)
})

test('a flush is asked for until a collector has committed all of it', async () => {
  await using system = await startTestRun({ generators: 1, isCollected: false })
  const { hub } = system
  const notes: (string | undefined)[] = []
  let isThere = false
  const asked = new Map<number, number>()
  const running = runGeneration(
    hub,
    { vehicles: 100, events: 5000, startTime: START },
    {
      onProgress: ({ phase, note }) => {
        notes.push(note)
        if (phase !== 'flushing' || note === undefined || isThere) return
        isThere = true
        hub.listen('flush', 'commands.flush.*', ({ data, reply }) => {
          const times = (asked.get(data.partition) ?? 0) + 1
          asked.set(data.partition, times)
          hub.send('flushed', reply!, { committed: data.sequence - (times < 2 ? 1 : 0) })
        })
      },
    },
  )
  expect(await running).toMatchObject({ status: 'complete', events: 5000, flushed: true })
  expect(notes.some((note) => note?.startsWith('no collector answers for partition'))).toBe(true)
  expect([...asked.values()].filter((times) => times !== 2)).toEqual([])
})

test('stopped while it waits for a collector, a run ends and says that it is not flushed', async () => {
  await using system = await startTestRun({ generators: 1, isCollected: false })
  const aborter = new AbortController()
  const stats = await runGeneration(
    system.hub,
    { vehicles: 100, events: 5000, startTime: START },
    { signal: aborter.signal, onProgress: ({ phase }) => void (phase === 'flushing' && aborter.abort()) },
  )
  expect(stats).toMatchObject({ status: 'stopped', events: 5000, total: 5000, flushed: false })
})

test('a run that takes longer than one may is stopped, and says why', async () => {
  await using system = await startTestRun({ generators: 1, longestRunMs: 360 })
  const stats = await runGeneration(system.hub, { vehicles: 10, durationMs: 3_600_000, realTime: true })
  expect(stats).toMatchObject({
    status: 'stopped',
    error: 'the run was stopped after 0.0001 h, the longest that one may take',
  })
})

test('of more runs at once than a generator leads the last is refused, until another has ended', async () => {
  await using system = await startTestRun({ generators: 1 })
  const options = { vehicles: 10, durationMs: 3_600_000, realTime: true }
  const stopping = new AbortController()
  const under = new Set<string>()
  const runs = Array.from({ length: 8 }, () =>
    runGeneration(system.hub, options, { signal: stopping.signal, onProgress: ({ run }) => under.add(run) }),
  )
  await eventually(() => under.size === 8)
  expect(await runGeneration(system.hub, options)).toMatchObject({
    status: 'failed',
    error: '8 runs are under way: wait until one has ended, or stop one',
  })
  stopping.abort()
  expect((await Promise.all(runs)).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'stopped'))
  expect(await runGeneration(system.hub, { vehicles: 10, events: 10 })).toMatchObject({ status: 'complete' })
})
