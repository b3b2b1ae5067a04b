import { configSchema, type MessageInput, SEARCHES, subjects } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { askVehicles, type Hub, pendingSearchRecords, recordExport, type VehicleQueryInput } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { startMemoryProvisioned } from '../../shared/hub/src/testing/memory-hub.ts'
import type { PersonLimits } from './coordinator/check-limits.ts'
import { createSearchRecords } from './coordinator/record-searches.ts'
import { startFinder } from './start-finder.ts'
import { type TestArchive, writeTestArchive } from './testing/archive.ts'
import { ALL, askAll, readOneThen, startTestFinder, type TestFinderOptions } from './testing/finder.ts'

let archive: TestArchive
beforeAll(async () => {
  archive = await writeTestArchive({ vehicles: 10, steps: 40 })
})

interface World {
  readonly hub: Hub
  start(options?: Partial<TestFinderOptions>): Promise<void>
}

const setUp = async (): Promise<World> => {
  const { hub, connect } = await startMemoryProvisioned()
  return {
    hub,
    start: async (options = {}) => {
      const finder = await startTestFinder({
        connect: (service) => connect({ service }),
        path: archive.path,
        ...options,
      })
      onTestFinished(() => finder.stop())
      await hub.flush()
    },
  }
}

const startWhole = async ({ hub }: World, limits: PersonLimits = {}): Promise<void> => {
  const config = configSchema.parse({ archive: { path: archive.path }, limits })
  const finder = await startFinder(hub, { config, version: 'test' })
  onTestFinished(() => finder.stop())
}

test('a search is stored with all that it asks for before its first row is there, and then its end', async () => {
  const world = await setUp()
  await startWhole(world)
  const { hub } = world
  const query: VehicleQueryInput = {
    ...ALL,
    vehicleTypes: ['taxi', 'bus'],
    where: 'speed >= 0',
    select: ['*'],
    limit: 1e6,
  }
  let found = 0
  const { outcome } = await readOneThen(askVehicles(hub, query), async () => {
    found = (await pendingSearchRecords(hub)).filter(({ kind }) => kind === 'asked').length
  })
  expect([outcome.status, found]).toEqual(['complete', 1])
  const records = await eventually(async () => {
    const both = await pendingSearchRecords(hub)
    return both.length === 2 && both
  })
  const place = { query: expect.any(String), person: 'anyone', at: expect.any(Number) }
  expect(records).toEqual([
    {
      ...place,
      sequence: 1,
      kind: 'asked',
      area: JSON.stringify(ALL.area),
      bounds: { west: -57, south: -35.5, east: -55.5, north: -34.3 },
      corners: 5,
      from: ALL.from,
      to: ALL.to,
      types: 2,
      ids: 0,
      vehicleTypes: ['taxi', 'bus'],
      select: ['*'],
      where: 'speed >= 0',
      limit: 1e6,
      endsWithinMs: 80_000,
    },
    { ...place, sequence: 2, kind: 'ended', status: 'complete', rows: outcome.rows, elapsedMs: expect.any(Number) },
  ])
})

test('of an area and of lists that are long the extent, the first and the number are stored', async () => {
  const world = await setUp()
  await startWhole(world)
  const ring = Array.from({ length: 2_000 }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * (i % 1_999)) / 1_999
    return [-56 + Math.cos(angle), -35 + Math.sin(angle)]
  })
  const vehicleIds = Array.from({ length: 50_000 }, (_, i) => `vehicle-${i}`)
  const { outcome } = await askAll(world.hub, { ...ALL, area: { type: 'Polygon', coordinates: [ring] }, vehicleIds })
  expect(outcome.status).toBe('complete')
  const [record] = (await pendingSearchRecords(world.hub)) as (MessageInput<'searchAsked'> & { kind: string })[]
  expect(record).toMatchObject({
    kind: 'asked',
    ids: 50_000,
    corners: 2_000,
    bounds: { west: expect.closeTo(-57, 4), south: expect.closeTo(-36, 4), east: -55, north: expect.closeTo(-34, 4) },
  })
  expect(record.area).toBeUndefined()
  expect(record.vehicleIds).toEqual(vehicleIds.slice(0, record.vehicleIds!.length))
  expect(record.vehicleIds!.length).toBeGreaterThan(400)
  expect(JSON.stringify(record).length).toBeLessThan(10_000)
})

test('until it is stored that it is asked, no row leaves; if it can’t be, the search is refused', async () => {
  const { hub, start } = await setUp()
  const ends: MessageInput<'searchEnded'>[] = []
  let store = (): Promise<void> => new Promise(() => undefined)
  await start({
    records: { begin: () => store(), end: (ended) => void ends.push(ended), export: async () => undefined },
  })
  expect((await askAll(hub, { ...ALL, timeoutMs: 300 })).outcome).toMatchObject({ status: 'timed-out', rows: 0 })
  store = () => Promise.reject(new FleetError('query.unrecorded', 'there is no room'))
  expect((await askAll(hub, ALL)).outcome).toMatchObject({ status: 'refused', rows: 0, reason: 'there is no room' })
  expect(ends.map(({ status, rows }) => [status, rows])).toEqual([
    ['timed-out', 0],
    ['refused', 0],
  ])
})

test('an export is stored once, as that of the person who says it, however often it is said', async () => {
  const world = await setUp()
  await startWhole(world)
  const { hub } = world
  await recordExport(hub, { query: 'q1', format: 'csv', rows: 7 })
  const inbox = hub.inbox('again')
  const answers: unknown[] = []
  hub.listen('exportRecorded', inbox, ({ data }) => void answers.push(data))
  for (let i = 0; i < 3; i++)
    hub.send(
      'recordExport',
      subjects.recordExport('anyone'),
      { export: 'e', query: 'q2', format: 'gpx' },
      { reply: inbox },
    )
  await eventually(() => answers.length === 3)
  expect(answers).toEqual([{ export: 'e' }, { export: 'e' }, { export: 'e' }])
  const place = { sequence: expect.any(Number), at: expect.any(Number), kind: 'exported', person: 'anyone' }
  expect(await pendingSearchRecords(hub)).toEqual([
    { ...place, query: 'q1', format: 'csv', rows: 7 },
    { ...place, query: 'q2', format: 'gpx' },
  ])
})

test('an export that can’t be recorded is told why', async () => {
  const { hub, start } = await setUp()
  await expect(recordExport(hub, { query: 'q', format: 'csv' }, { withinMs: 300 })).rejects.toThrow(
    fault('query.unrecorded', /^the export can't be recorded, and so is not done: no finder has answered within 0.3 s/),
  )
  const whole = "the export can't be recorded, and so is not done: there is no room"
  let said = 'there is no room'
  const full = (): Promise<never> => Promise.reject(new FleetError('query.unrecorded', said))
  await start({ records: { begin: full, end: () => undefined, export: full } })
  for (said of [said, whole])
    await expect(recordExport(hub, { query: 'q', format: 'csv' })).rejects.toThrow(fault('query.unrecorded', whole))
})

test('with a full stream searches are refused, with what to do, and go on once there is room', async () => {
  const { hub, start } = await setUp()
  const faults: unknown[] = []
  await start({ records: createSearchRecords(hub, (error) => faults.push(error)) })
  await hub.streams.change(SEARCHES, { maxBytes: 1 })
  expect((await askAll(hub, ALL)).outcome).toMatchObject({
    status: 'refused',
    rows: 0,
    reason: expect.stringMatching(/^the search can't be recorded, .* is full: see that a collector runs/),
  })
  await eventually(() => faults.length === 1)
  await hub.streams.change(SEARCHES, { maxBytes: 1_000_000 })
  expect((await askAll(hub, ALL)).outcome).toMatchObject({ status: 'complete', rows: archive.rows.length })
})

test('what is more than one person may ask for is refused with the limit, what was asked and what to do', async () => {
  const { hub, start } = await setUp()
  await start({ personLimits: { areaKm2: 10_000, periodMs: 3_600_000, rows: 100 } })
  const reasonOf = async (more: Partial<VehicleQueryInput>): Promise<unknown> => {
    const { outcome } = await askAll(hub, {
      ...ALL,
      to: new Date(Date.parse(ALL.from) + 3_600_000).toISOString(),
      ...more,
    })
    return [outcome.status, outcome.reason]
  }
  const area = {
    type: 'Polygon',
    coordinates: [
      [
        [-56.3, -35],
        [-56, -35],
        [-56, -34.7],
        [-56.3, -34.7],
        [-56.3, -35],
      ],
    ],
  }
  expect(await Promise.all([reasonOf({}), reasonOf({ area, to: ALL.to }), reasonOf({ area, limit: 101 })])).toEqual([
    [
      'refused',
      'the area has 18,300 km², and a search may look at 10,000 km² (limits.areaKm2): ask for a smaller one, or in several searches',
    ],
    [
      'refused',
      'the period is 4 h long, and a search may look at 60 min (limits.periodMs): ask for less, or in several searches',
    ],
    [
      'refused',
      'up to 101 positions are asked for, and a search may find 100 (limits.rows): ask for fewer, or leave out the limit',
    ],
  ])
  const { outcome } = await askAll(hub, { ...ALL, area, to: new Date(Date.parse(ALL.from) + 3_600_000).toISOString() })
  expect(outcome).toMatchObject({
    status: 'limit-reached',
    rows: 100,
    stats: {
      notes: [
        'there are more than 100 positions, which is what a search may find (limits.rows): ask for a smaller area or a shorter period',
      ],
    },
  })
})

test('a person has so many searches at once in all finders together', async () => {
  const { hub, start } = await setUp()
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const waiting: string[] = []
  const startHolding = (): Promise<void> => {
    const records = createSearchRecords(hub, () => undefined)
    return start({
      personLimits: { searchesAtOnce: 2 },
      records: {
        ...records,
        begin: async (asked) => {
          await records.begin(asked)
          waiting.push(asked.query)
          await held
        },
      },
    })
  }
  await startHolding()
  await startHolding()
  const first = askAll(hub, ALL)
  await eventually(() => waiting.length === 1)
  const second = askAll(hub, ALL)
  await eventually(() => waiting.length === 2)
  // Whichever finder they come to.
  for (let i = 0; i < 4; i++) {
    expect((await askAll(hub, ALL)).outcome).toMatchObject({
      status: 'refused',
      reason:
        'busy: 2 searches of this person are running or waiting, which is the limit of one person (limits.searchesAtOnce): wait until one has ended, then ask again',
    })
  }
  letGo()
  expect((await Promise.all([first, second])).map(({ outcome }) => outcome.status)).toEqual(['complete', 'complete'])
  await eventually(async () => (await pendingSearchRecords(hub)).filter(({ kind }) => kind === 'ended').length === 2)
  await hub.flush()
  expect((await askAll(hub, ALL)).outcome.status).toBe('complete')
})
