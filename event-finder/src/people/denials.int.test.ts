import { openRegistryStore } from '@fleetlake/archive'
import { encodePositions, type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import {
  ANYONE,
  CONTENT_TYPES,
  configSchema,
  createSees,
  personToken,
  ROLES,
  sightOf,
  subjects,
} from '@fleetlake/contracts'
import { toMicroDegrees } from '@fleetlake/core'
import { askVehicles, connectHub, type Hub, provision, storeMessage, type VehicleQueryInput } from '@fleetlake/hub'
import { type Account, keepPerson, openRegistry, type Registry } from '@fleetlake/registry'
import { eventually, startTestHub, type TestHub } from '@fleetlake/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Finder, startFinder } from '../start-finder.ts'
import { type TestArchive, writeTestArchive } from '../testing/archive.ts'
import { ALL, askAll, box, expectedOf, iso, keysOf, type TestAnswer } from '../testing/finder.ts'

const HOUR = 3_600_000
const NOW = Date.now()
const MIB = 1024 * 1024
const WHO = 'test'
/** Of a password, with a cost that costs nothing. */
const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aVw+uxzwdEqVo4tlI8TS7Q'

let archive: TestArchive
let server: TestHub
let registry: Registry
let finder: Finder
/** All rows, archived or not. */
let rows: TestArchive['rows']
const hubs: Hub[] = []

const connect = async (service: string, person = ANYONE): Promise<Hub> => {
  const hub = await connectHub({ url: server.url, service, person })
  hubs.push(hub)
  return hub
}

/** Not archived yet. */
const HOT: readonly PositionRow[] = Array.from({ length: 60 }, (_, i) => ({
  vehicleId: `vehicle-${i % 12}`,
  vehicleType: ['bus', 'taxi'][i % 2],
  eventTime: NOW - i * 60_000,
  longitude: -56.2 + i / 1_000,
  latitude: -34.9 + i / 1_000,
  speed: 5,
  heading: 90,
}))

beforeAll(async () => {
  server = await startTestHub()
  archive = await writeTestArchive({ vehicles: 12, steps: 58, stepMs: HOUR / 2, startMs: NOW - 30 * HOUR })
  const config = configSchema.parse({
    auth: 'required',
    hub: { url: server.url, maxBytesPerPartition: 32 * MIB, maxBytesDeadLetters: MIB },
    partitioning: { count: 1 },
    archive: { path: archive.path },
  })
  const hub = await connect('test')
  await provision(hub, config)
  registry = await openRegistry(await openRegistryStore(config.archive), { hub })
  finder = await startFinder(await connect('event-finder'), { config, version: '0' })
  await storeMessage(hub, 'move', subjects.move(0), encodePositions(positionsOfRows(HOT)) as Uint8Array<ArrayBuffer>, {
    id: 'test/0',
    contentType: CONTENT_TYPES.arrow,
  })
  const { vehicleIds, vehicleTypes, time, x, y } = archive.rows
  rows = {
    length: time.length + HOT.length,
    vehicleIds: [...vehicleIds, ...HOT.map((row) => row.vehicleId)],
    vehicleTypes: [...vehicleTypes, ...HOT.map((row) => row.vehicleType)],
    time: Float64Array.from([...time, ...HOT.map((row) => row.eventTime)]),
    x: Int32Array.from([...x, ...HOT.map((row) => toMicroDegrees(row.longitude))]),
    y: Int32Array.from([...y, ...HOT.map((row) => toMicroDegrees(row.latitude))]),
  }
})
afterAll(async () => {
  await finder?.stop()
  await registry?.close()
  await Promise.all(hubs.map((hub) => hub.close()))
  await server?.stop()
})

const addAccount = async (name: string, some: Partial<Account>): Promise<void> => {
  const value = { role: 'operator', password: HASH, disabled: false, ...some } as const
  await registry.put('accounts', name, value, { expected: 0, who: WHO })
}

const askAs = async (person: string, query: Partial<VehicleQueryInput>): Promise<TestAnswer> =>
  askAll(await connect('terminal', personToken(person)), { ...EVERYWHERE, ...query })

const EVERYWHERE: VehicleQueryInput = { area: ALL.area, from: iso(NOW - 31 * HOUR), to: iso(NOW + HOUR) }

/** What may be asked of a finder. */
const ASKS = {
  'the last day': { from: iso(NOW - 24 * HOUR + 60_000) },
  'the last day, and an hour before': { from: iso(NOW - 25 * HOUR) },
  'an hour of the day before': { from: iso(NOW - 27 * HOUR), to: iso(NOW - 26 * HOUR) },
} satisfies Record<string, Partial<VehicleQueryInput>>

const FOUND = 'complete'
const NO_ACCOUNT = /^\S+ may not search here: there is no such account, or it is disabled; /
const NO_SEARCH = /^\S+ may see where vehicles are now, .* and not search: ask who runs Fleetlake for the role/
const LAST_DAY =
  /^\S+ may search the last 24 hours, and this period begins before them: let it begin at .*Z or later, or ask who/

test.each<[string, readonly [lastDay: unknown, more: unknown, past: unknown]]>([
  ['viewer', [NO_SEARCH, NO_SEARCH, NO_SEARCH]],
  ['dispatcher', [FOUND, LAST_DAY, LAST_DAY]],
  ['investigator', [FOUND, FOUND, FOUND]],
  ['operator', [FOUND, FOUND, FOUND]],
  ['openid:viewer', [NO_SEARCH, NO_SEARCH, NO_SEARCH]],
  ['openid:dispatcher', [FOUND, LAST_DAY, LAST_DAY]],
  ['openid:investigator', [FOUND, FOUND, FOUND]],
  ['openid:operator', [FOUND, FOUND, FOUND]],
  ['os:root', [FOUND, FOUND, FOUND]],
  ['disabled', [NO_ACCOUNT, NO_ACCOUNT, NO_ACCOUNT]],
  ['nobody', [NO_ACCOUNT, NO_ACCOUNT, NO_ACCOUNT]],
  ['openid:nobody', [NO_ACCOUNT, NO_ACCOUNT, NO_ACCOUNT]],
  [ANYONE, [NO_ACCOUNT, NO_ACCOUNT, NO_ACCOUNT]],
])('what %s may search', async (person, expected) => {
  if (person === 'disabled') await addAccount(person, { disabled: true })
  const role = ROLES.find((each) => person.endsWith(each))
  if (role !== undefined) {
    if (person === role) await addAccount(person, { role })
    else await keepPerson(registry, person, { role })
  }
  for (const [i, query] of Object.values(ASKS).entries()) {
    const { keys, outcome } = await askAs(person, query)
    const told = expected[i]
    const found = told === FOUND ? expectedOf({ ...EVERYWHERE, ...query }, rows) : []
    expect(told === FOUND).toBe(found.length > 0)
    expect(keys.toSorted()).toEqual(found.toSorted())
    expect(outcome).toMatchObject(
      told === FOUND
        ? { status: FOUND, reason: undefined, rows: found.length }
        : {
            status: 'refused',
            reason: expect.stringMatching(told as RegExp),
            rows: 0,
            stats: { failed: [], tasks: [] },
          },
    )
  }
})

test('an account that is disabled may search no more, and one that is enabled again may', async () => {
  await addAccount('ben', {})
  const set = async (disabled: boolean): Promise<void> => {
    const { value, version } = registry.entries('accounts').get('ben')!
    await registry.put('accounts', 'ben', { ...value, disabled }, { expected: version, who: WHO })
  }
  expect((await askAs('ben', {})).outcome.status).toBe(FOUND)
  await set(true)
  await eventually(async () => (await askAs('ben', {})).outcome.status === 'refused')
  await set(false)
  // Nobody is refused by what is older than the question.
  expect((await askAs('ben', {})).outcome.status).toBe(FOUND)
})

/** The answer without what is of this one question alone. */
const saidOf = ({ outcome: { stats, ...outcome }, keys }: TestAnswer) => ({
  keys,
  outcome,
  stats: { ...stats, query: '', elapsedMs: 0 },
})

let restricted = 0

/** A person who has just logged in for the first time, with a group of these vehicles. */
const newcomer = async (vehicles: readonly string[], isWithAccount: boolean): Promise<string> => {
  const group = `group-${++restricted}`
  const person = isWithAccount ? `person-${restricted}` : `openid:Person ${restricted}`
  const groups = [group, 'gone']
  await registry.put('groups', group, { vehicles: [...vehicles] }, { expected: 0, who: WHO })
  if (isWithAccount) await addAccount(person, { groups })
  else await keepPerson(registry, person, { role: 'operator', groups })
  return person
}

const IDS = ['vehicle-0-größer', ...Array.from({ length: 12 }, (_, i) => `vehicle-${i}`), 'vehicle-7-größer', 'none']
const pattern = fc.oneof(fc.constantFrom(...IDS), fc.constantFrom('vehicle-1*', 'vehicle-7*', 'v*', 'w*'))
const side = fc.integer({ min: -10, max: 10 })

test('an answer has exactly the rows that it would have for everybody, of the vehicles that its person sees', async () => {
  let hidden = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(pattern, { maxLength: 4 }),
      fc.boolean(),
      fc.record({
        area: fc.tuple(side, side).map(([x, y]) => ({
          type: 'Polygon' as const,
          coordinates: [box(-56.3 + x / 100, -35 + y / 100, -56.1 + x / 100, -34.8 + y / 100)],
        })),
        vehicleIds: fc.option(fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1 }), { nil: undefined }),
        vehicleTypes: fc.constantFrom<string[] | undefined>(undefined, ['bus', 'taxi']),
        mode: fc.constantFrom('parallel' as const, 'serialised' as const),
      }),
      async (vehicles, isWithAccount, { vehicleIds, vehicleTypes, ...some }) => {
        const query = { ...some, ...(vehicleIds && { vehicleIds }), ...(vehicleTypes && { vehicleTypes }) }
        const sight = sightOf(vehicles)
        const all = expectedOf({ ...EVERYWHERE, ...query }, rows)
        const sees = sight === 'all' ? () => true : createSees(sight)
        const seen = all.filter((key) => sees(key.split(' ')[0]))
        const { keys, outcome } = await askAs(await newcomer(vehicles, isWithAccount), query)
        expect(keys.toSorted()).toEqual(seen.toSorted())
        expect(outcome.status).toBe('complete')
        const selected = seen.length
        expect(outcome.stats).toMatchObject({
          failed: [],
          files: { total: 0, pruned: 0, read: 0 },
          bytes: { total: 0, read: 0 },
          rows: { total: 0, pruned: 0, read: selected, selected },
          hot: { messages: 0, bytes: 0 },
        })
        expect(outcome.stats).not.toHaveProperty('hint')
        hidden += all.length - selected
      },
    ),
    { numRuns: 40 },
  )
  expect(hidden).toBeGreaterThan(1_000)
})

test('a vehicle that is not seen is told of as one that is not there', async () => {
  const person = await newcomer(['vehicle-1', 'tram-*'], true)
  const said = await Promise.all(
    ['vehicle-2', 'vehicle-7-größer', 'vehicle-99', 'zzz'].map(async (id) =>
      saidOf(await askAs(person, { vehicleIds: [id] })),
    ),
  )
  expect(said).toEqual(Array(4).fill(said[0]))
  expect(said[0]).toMatchObject({ keys: [], outcome: { status: 'complete', rows: 0 }, stats: { tasks: [] } })
  // In an area where others are, and in one where nobody is, in the way of who has swapped its coordinates.
  const areas = [box(-56.24, -34.92, -56.12, -34.83), box(10, 50, 11, 51), box(-34.92, -56.24, -34.83, -56.12)]
  const nowhere = await Promise.all(
    areas.map(async (ring) =>
      saidOf(await askAs(await newcomer(['tram-*'], true), { area: { type: 'Polygon', coordinates: [ring] } })),
    ),
  )
  expect(nowhere).toEqual(Array(3).fill(said[0]))
  const { outcome } = await askAs('os:root', { area: { type: 'Polygon', coordinates: [areas[2]] } })
  expect(outcome.stats?.hint).toMatch(/swapped/)
})

test('a limit counts what is seen, and progress tells of nothing else', async () => {
  const hub = await connect('terminal', personToken(await newcomer(['vehicle-1*'], true)))
  const progress: unknown[] = []
  const answer = askVehicles(
    hub,
    { ...EVERYWHERE, limit: 10 },
    {
      onProgress: ({ tasks, rows: { total, read, selected } }) =>
        progress.push({ tasks, total, more: read - selected }),
    },
  )
  const found: string[] = []
  for await (const batch of answer) found.push(...keysOf([batch]))
  expect(await answer.outcome).toMatchObject({ status: 'limit-reached', rows: 10 })
  expect(found.filter((key) => !key.startsWith('vehicle-1'))).toEqual([])
  expect(progress.length).toBeGreaterThan(0)
  expect(progress).toEqual(progress.map(() => ({ tasks: { total: 0, done: 0 }, total: 0, more: 0 })))
})
