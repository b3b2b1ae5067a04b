import { join } from 'node:path'
import { openRegistryStore } from '@fleetlake/archive'
import { decodePositions, encodePositions, positionsOfRows, rowsOfPositions } from '@fleetlake/columnar'
import {
  configSchema,
  CONTENT_TYPES,
  type MessageDefinition,
  messages,
  moveStreamName,
  personInbox,
  requestInbox,
  type Role,
  ROLES,
  serviceUser,
  subjects,
} from '@fleetlake/contracts'
import type { FleetError } from '@fleetlake/core'
import {
  connectHub,
  type Hub,
  lookAtSearches,
  lookAtStream,
  type MessageHub,
  partitionsOf,
  provision,
} from '@fleetlake/hub'
import { connectHub as connectBrowser } from '@fleetlake/hub/browser'
import { addAccount, addToken, openRegistry, type Registry, setAccount } from '@fleetlake/registry'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Gateway, startGateway } from '../start-gateway.ts'
import { type Client, createClient } from '../testing/client.ts'
import { type KnownHub, startKnownHub } from '../testing/known-hub.ts'

const PASSWORD = 'correct horse battery'
const EMPTY = new TextEncoder().encode('{}')

let known: KnownHub
let registry: Registry
let gateway: Gateway
/** Hears and sends what it likes: no user may do all, so it is a collector, a finder and a terminal. */
let services: Readonly<Record<'collector' | 'finder' | 'generator' | 'terminal', Hub>>
const lines: string[] = []

beforeAll(async () => {
  known = await startKnownHub()
  services = {
    collector: await known.connectAs('collector'),
    finder: await known.connectAs('finder'),
    generator: await known.connectAs('generator'),
    terminal: await known.connectAs('terminal'),
  }
  const config = configSchema.parse({
    auth: 'required',
    archive: { path: join(await temporaryFolder(), 'archive') },
    gateway: { port: 0, stateDir: await temporaryFolder() },
    partitioning: { count: 2 },
  })
  await provision(services.collector, config)
  const gatewayHub = await known.connectAs('gateway')
  const say = (what: unknown): void => void lines.push(JSON.stringify(what))
  gateway = await startGateway(gatewayHub, {
    config,
    version: 'test',
    log: { info: say, warn: say, error: say },
    issuerSeed: known.keys.issuerSeed,
    system: await known.connectSystem(),
  })
  registry = await openRegistry(await openRegistryStore(config.archive), { hub: services.terminal })
  for (const role of ROLES) await addAccount(registry, { name: role, role, password: PASSWORD }, 'test')
  for (const name of ['anna', 'bert', 'dora'])
    await addAccount(registry, { name, role: 'dispatcher', password: PASSWORD }, 'test')
})
afterAll(async () => {
  await registry?.close()
  await gateway?.stop()
  await known?.stop()
})

interface Ticket {
  readonly person: string
  readonly user: string
  readonly password: string
}

const logIn = async (name: string): Promise<Client> => {
  const client = createClient(gateway.url)
  await eventually(async () => (await client.logIn(name, PASSWORD)).status === 200, { what: `${name}'s login` })
  return client
}

const ticketOf = async (name: string): Promise<Ticket> =>
  (await (await logIn(name)).post('/v1/hub-ticket')).body as unknown as Ticket

/** What the server has refused to a connection: `send to <subject>` and `listen to <subject>`. */
type Refused = ReadonlySet<string>

const openPage = async (
  login: Pick<Ticket, 'user' | 'password'> & { readonly person?: string },
): Promise<{ readonly page: MessageHub; readonly refused: Refused }> => {
  const page = await connectBrowser({ url: known.server.websocketUrl, service: 'event-viewer', ...login })
  onTestFinished(() => page.close())
  const refused = new Set<string>()
  page.onStatus(({ reason = '' }) => {
    const what = /does not let this user (.*)/.exec(reason)?.[1]
    if (what !== undefined) refused.add(what)
  })
  return { page, refused }
}

const outcomeOf = async (connect: () => Promise<MessageHub>): Promise<string> => {
  try {
    await (await connect()).close()
    return 'let in'
  } catch (error) {
    return (error as FleetError).code
  }
}

/** Every subject of the contracts, of the person and of another one, and what nobody but a service may use. */
const subjectsFor = (person: string): string[] => {
  const filled = (Object.values(messages) as MessageDefinition[])
    .flatMap(({ subject, stored }) => [subject ?? [], stored?.repeatedTo ?? []].flat())
    .flatMap((pattern) => [person, 'bert'].map((who) => pattern.replace('<person>', who)))
    .map((pattern) => pattern.replace(/<\w+>/, 'x').replace(/<\w+>/, 'y'))
  const more = [
    '>',
    'query.vehicles.*',
    'queries.*.x.cancel',
    'inbox.>',
    'inbox.*.x',
    'service-inbox.>',
    '_INBOX.>',
    '_INBOX.service_3afinder.x',
    'members.x.*',
    'readers.x.1.y',
    'archive.table',
    '$JS.API.>',
    '$JS.API.INFO',
    '$JS.API.STREAM.LIST',
    '$JS.API.STREAM.CREATE.X',
    `$JS.API.STREAM.PURGE.${moveStreamName(0)}`,
    `$JS.API.STREAM.MSG.GET.${moveStreamName(0)}`,
    `$JS.API.CONSUMER.CREATE.${moveStreamName(0)}`,
    '$SYS.>',
    '$SYS.REQ.USER.AUTH',
    '$SYS.REQ.SERVER.PING',
  ]
  return [...new Set([...filled, ...more])]
}

const LIVE = (person: string): string[] => [
  'generation.runs.x',
  'imports.x',
  'live.move.x',
  'members.x.*',
  'members.x.y',
  'stats',
  `inbox.${person}.x`,
]
const LATEST = (person: string): string[] => [
  `queries.${person}.x.cancel`,
  `queries.${person}.x.taken`,
  `query.latest.${person}`,
]
const SEARCHES = (person: string): string[] => [...LATEST(person), `query.vehicles.${person}`]
const AREAS = (person: string): string[] => [`query.areas.${person}`]
const EXPORTS = (person: string): string[] => [`query.exports.${person}`]
const GENERATES = (person: string): string[] => [`generation.start.${person}`, `generation.stop.${person}`]

/** Who may do what on the hub: the table, and nothing that is not in it. */
const MAY: Readonly<Record<Role, { readonly send: (person: string) => string[] }>> = {
  viewer: { send: (person) => [...AREAS(person), ...LATEST(person)] },
  dispatcher: { send: (person) => [...AREAS(person), ...SEARCHES(person)] },
  investigator: { send: (person) => [...AREAS(person), ...SEARCHES(person), ...EXPORTS(person)] },
  operator: { send: (person) => [...AREAS(person), ...GENERATES(person), ...SEARCHES(person), ...EXPORTS(person)] },
}

test.each(ROLES)('a page of a %s sends and hears what is written of it, and nothing else', async (role) => {
  const { page, refused } = await openPage(await ticketOf(role))
  const all = subjectsFor(role)
  for (const subject of all) {
    page.control.publish(subject, EMPTY)
    page.control.subscribe(subject, () => undefined)
    page.control.subscribe(subject, () => undefined, { queue: 'vehicle-finder' })
  }
  await page.flush()
  const notSent = all.filter((subject) => !MAY[role].send(role).includes(subject))
  const notHeard = all.filter((subject) => !LIVE(role).includes(subject))
  await eventually(
    () =>
      notSent.every((subject) => refused.has(`send to ${subject}`)) &&
      notHeard.every((subject) => refused.has(`listen to ${subject}`)),
    { what: 'all refusals' },
  )
  expect(MAY[role].send(role).filter((subject) => refused.has(`send to ${subject}`))).toEqual([])
  expect(LIVE(role).filter((subject) => refused.has(`listen to ${subject}`))).toEqual([])
})

test('two people ask, and neither hears, cancels or impersonates the other', async () => {
  const [anna, bert] = [await openPage(await ticketOf('anna')), await openPage(await ticketOf('bert'))]
  const asked: string[] = []
  const cancelled: string[] = []
  services.finder.listen('vehicleQuery', subjects.vehicleQuery('*'), ({ person, data, reply }) => {
    asked.push(`${person} ${data.query}`)
    services.finder.control.publish(reply!, new TextEncoder().encode(`for ${person}`))
  })
  services.finder.listen('vehicleQueryCancel', subjects.vehicleQueryCancel('*', '*'), ({ person, data }) => {
    cancelled.push(`${person} ${data.query}`)
  })
  await services.finder.flush()
  const heard = { anna: [] as string[], bert: [] as string[] }
  for (const [name, { page }] of [['anna', anna] as const, ['bert', bert] as const]) {
    for (const subject of ['inbox.>', 'inbox.anna.>', 'inbox.bert.>', 'inbox.*.q'])
      page.control.subscribe(subject, ({ data }) => void heard[name].push(new TextDecoder().decode(data)))
    await page.flush()
  }
  const query = (id: string) => ({
    query: id,
    area: null,
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-02T00:00:00Z',
  })
  anna.page.send('vehicleQuery', subjects.vehicleQuery('anna'), query('q1'), { reply: personInbox('anna', 'q') })
  bert.page.send('vehicleQuery', subjects.vehicleQuery('bert'), query('q2'), { reply: personInbox('bert', 'q') })
  // As the other, at the other's inbox, and of the other's query.
  bert.page.send('vehicleQuery', subjects.vehicleQuery('anna'), query('q3'), { reply: personInbox('bert', 'q') })
  bert.page.send('vehicleQuery', subjects.vehicleQuery('bert'), query('q4'), { reply: personInbox('anna', 'q') })
  bert.page.send('vehicleQueryCancel', subjects.vehicleQueryCancel('anna', 'q1'), { query: 'q1' })
  bert.page.send('vehicleQueryCancel', subjects.vehicleQueryCancel('bert', 'q2'), { query: 'q2' })
  await eventually(() => heard.anna.length > 0 && heard.bert.length > 0 && cancelled.length > 0, { what: 'answers' })
  await Promise.all([anna.page.flush(), bert.page.flush(), services.finder.flush()])
  expect([asked.toSorted(), cancelled]).toEqual([['anna q1', 'bert q2'], ['bert q2']])
  expect(heard).toEqual({ anna: ['for anna'], bert: ['for bert'] })
})

test('no one gets in without a ticket or a token of their own, and a ticket is worth nothing on the services’ port', async () => {
  const { websocketUrl, url } = known.server
  const page = (login: { user?: string; password?: string }): Promise<string> =>
    outcomeOf(() => connectBrowser({ url: websocketUrl, service: 'test', ...login }))
  const program = (login: { user?: string; password?: string }): Promise<string> =>
    outcomeOf(() => connectHub({ url, service: 'test', ...login }))
  const { user, password } = await ticketOf('anna')
  const token = await addToken(registry, { name: 'of-anna', account: 'anna' }, 'test')
  await eventually(async () => (await program({ user, password: token })) === 'let in', { what: 'a new token' })
  const cookies = (await logIn('anna')).cookies.get('fleet_session')!
  expect({
    ticket: await page({ user, password }),
    token: await page({ user, password: token }),
    tokenOfProgram: await program({ user, password: token }),
    nameless: await page({}),
    namelessProgram: await program({}),
    password: await page({ user, password: PASSWORD }),
    session: await page({ user, password: cookies }),
    ofAnother: await page({ user: 'bert', password }),
    tokenOfAnother: await program({ user: 'bert', password: token }),
    changed: await page({ user, password: `${password.slice(0, -2)}xx` }),
    ticketOfProgram: await program({ user, password }),
    service: await page({ user: serviceUser('collector'), password: known.keys.passwords.collector }),
    serviceGuessed: await program({ user: serviceUser('collector'), password: 'collector' }),
    openViewer: await page({ user: 'viewer', password: 'viewer' }),
  }).toEqual({
    ticket: 'let in',
    token: 'let in',
    tokenOfProgram: 'let in',
    nameless: 'hub.refused',
    namelessProgram: 'hub.refused',
    password: 'hub.refused',
    session: 'hub.refused',
    ofAnother: 'hub.refused',
    tokenOfAnother: 'hub.refused',
    changed: 'hub.refused',
    ticketOfProgram: 'hub.refused',
    service: 'hub.refused',
    serviceGuessed: 'hub.refused',
    openViewer: 'hub.refused',
  })
  const secrets = [password, token, PASSWORD, cookies, ...Object.values(known.keys.passwords), known.keys.issuerSeed]
  expect(secrets.filter((secret) => lines.some((line) => line.includes(secret)))).toEqual([])
})

test('a ticket counts no more once its session has ended or its account is disabled, and a page without a session gets none', async () => {
  const client = await logIn('dora')
  const { body: ticket } = await client.post('/v1/hub-ticket')
  const { user, password } = ticket as unknown as Ticket
  const page = (): Promise<string> =>
    outcomeOf(() => connectBrowser({ url: known.server.websocketUrl, service: 'test', user, password }))
  expect(await page()).toBe('let in')
  expect((await client.post('/v1/logout')).status).toBe(204)
  expect(await page()).toBe('hub.refused')
  expect((await client.post('/v1/hub-ticket')).status).toBe(401)
  expect((await createClient(gateway.url).post('/v1/hub-ticket')).status).toBe(401)

  const again = await logIn('dora')
  const { body: second } = await again.post('/v1/hub-ticket')
  await setAccount(registry, { name: 'dora', set: { disabled: true } }, 'test')
  await eventually(
    async () =>
      (await outcomeOf(() =>
        connectBrowser({ url: known.server.websocketUrl, service: 'test', ...(second as unknown as Ticket) }),
      )) === 'hub.refused',
    { what: 'that a disabled account is refused' },
  )
})

test.each<[string, string, (client: Client) => Promise<unknown>]>([
  ['logs out', 'eve', (client) => client.post('/v1/logout')],
  ['gets another role', 'eva', () => setAccount(registry, { name: 'eva', set: { role: 'viewer' } }, 'test')],
  ['is disabled', 'evi', () => setAccount(registry, { name: 'evi', set: { disabled: true } }, 'test')],
])('who %s is no longer connected, and who is not concerned stays', async (_, name, end) => {
  await addAccount(registry, { name, role: 'dispatcher', password: PASSWORD }, 'test')
  const client = await logIn(name)
  const { page: eve } = await openPage((await client.post('/v1/hub-ticket')).body as unknown as Ticket)
  const { page: anna } = await openPage(await ticketOf('anna'))
  const states: string[] = []
  eve.onStatus(({ state }) => void states.push(state))
  anna.onStatus(({ state }) => void states.push(`anna ${state}`))
  await end(client)
  await eventually(() => states.length > 0, { what: 'that the connection ends' })
  await anna.flush()
  expect(states).toEqual(['disconnected'])
  expect(anna.status().state).toBe('connected')
})

test('who does not see all vehicles hears those alone, live, for as long as the page asks', async () => {
  await registry.put('groups', 'trams', { vehicles: ['tram-*'] }, { expected: 0, who: 'test' })
  await addAccount(registry, { name: 'rita', role: 'dispatcher', password: PASSWORD, groups: ['trams'] }, 'test')
  const ticket = await ticketOf('rita')
  expect(ticket).toMatchObject({ person: 'rita', seesAll: false })
  const [{ page: rita, refused }, { page: anna }] = [await openPage(ticket), await openPage(await ticketOf('anna'))]
  const heard = { rita: [] as string[], anna: [] as string[] }
  const idsOf = (payload: Uint8Array): string[] =>
    rowsOfPositions(decodePositions(payload)!).map(({ vehicleId }) => vehicleId)
  const others = ['live.move.*', 'live.seen.*.*', 'live.seen.anna.*', 'live.>']
  for (const subject of [...others, subjects.seenMove('rita', '*')])
    rita.control.subscribe(subject, ({ data }) => void heard.rita.push(...idsOf(data)))
  anna.control.subscribe('live.move.*', ({ data }) => void heard.anna.push(...idsOf(data)))
  await Promise.all([rita.flush(), anna.flush()])
  await eventually(() => others.every((subject) => refused.has(`listen to ${subject}`)), { what: 'all refusals' })

  const report = async (): Promise<void> => {
    const rows = ['tram-1', 'bus-1', 'tram-2'].map((vehicleId) => ({
      vehicleId,
      vehicleType: 'x',
      eventTime: Date.now(),
      longitude: -56.1,
      latitude: -34.9,
      speed: 5,
      heading: 90,
    }))
    services.generator.control.publish(subjects.move(0), encodePositions(positionsOfRows(rows)), {
      headers: services.generator.control.encodeHeaders({ 'content-type': CONTENT_TYPES.arrow, 'ce-id': 'm1' }),
    })
    await services.generator.flush()
  }
  await eventually(
    async () => {
      rita.send('liveWanted', subjects.liveWanted('rita'), {})
      await report()
      return heard.rita.length > 0 && heard.anna.length > 0
    },
    { what: 'live positions' },
  )
  expect([...new Set(heard.rita)].toSorted()).toEqual(['tram-1', 'tram-2'])
  expect([...new Set(heard.anna)].toSorted()).toEqual(['bus-1', 'tram-1', 'tram-2'])
  await registry.put('groups', 'trams', { vehicles: ['bus-*'] }, { expected: 1, who: 'test' })
  await eventually(
    async () => {
      rita.send('liveWanted', subjects.liveWanted('rita'), {})
      await report()
      return heard.rita.includes('bus-1')
    },
    { what: 'the vehicles of the changed group' },
  )
})

test('a program that may not use the streams is told so at once', async () => {
  const token = await addToken(registry, { name: 'of-bert', account: 'bert' }, 'test')
  const login = { user: 'bert', password: token, person: 'bert', requestInbox: requestInbox('bert') }
  const program = await eventually(
    () => connectHub({ url: known.server.url, service: 'test', ...login }).catch(() => false as const),
    { what: 'a new token' },
  )
  onTestFinished(() => (program as Hub).close())
  for (const ask of [lookAtSearches, partitionsOf, (hub: Hub) => lookAtStream(hub, 0)])
    await expect(ask(program as Hub)).rejects.toThrow(/^the hub does not let this user ask \$JS\.API\./)
})
