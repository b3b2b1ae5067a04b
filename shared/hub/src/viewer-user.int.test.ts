import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ANYONE, type MessageDefinition, messages, moveStreamName, readerNote, subjects } from '@fleetlake/contracts'
import type { FleetError } from '@fleetlake/core'
import { eventually, startTestHub, type TestHub, type TestHubOptions } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectHub as connectBrowser } from './browser.ts'
import { connectHub } from './connection/connect.ts'
import { provisionConfig } from './testing/hub.ts'
import { lookAtStream } from './streams/look-at-stream.ts'
import type { Hub, HubOptions, MessageHub } from './connection/hub.ts'
import { provision } from './streams/provision.ts'

const EMPTY = new TextEncoder().encode('{}')

let server: TestHub
let service: Hub
let viewer: MessageHub
/** What the server has refused to the viewer: `send to <subject>` and `listen to <subject>`. */
const refused = new Set<string>()
/** All that was published, by anyone, but for what the server itself does. */
const published: string[] = []

beforeAll(async () => {
  server = await startTestHub()
  service = await connectHub({ url: server.url, service: 'test' })
  await provision(service, provisionConfig())
  service.control.subscribe('>', ({ subject }) => void published.push(subject))
  await service.flush()
  viewer = await connectBrowser({ url: server.websocketUrl, service: 'event-viewer' })
  viewer.onStatus(({ reason = '' }) => {
    const what = /does not let this user (.*)/.exec(reason)?.[1]
    if (what !== undefined) refused.add(what)
  })
})
afterAll(async () => {
  await viewer.close()
  await service.close()
  await server.stop()
})

/** Every subject of the contracts. */
const known = (Object.values(messages) as MessageDefinition[])
  .flatMap(({ subject, stored }) => [subject ?? [], stored?.repeatedTo ?? []].flat())
  .map((pattern) => pattern.replace('<person>', 'anyone').replace(/<\w+>/, 'x').replace(/<\w+>/, 'y'))
const MORE = [
  'members.x.*',
  readerNote('x', 1, 'y'),
  '>',
  '*',
  'commands.>',
  'commands.move.*',
  'generation.>',
  'generation.agent.*',
  'query.>',
  'query.vehicles.*',
  'query.vehicles.bert',
  'query.latest.*',
  'query.latest.bert',
  'queries.bert.x.taken',
  'queries.bert.x.cancel',
  'queries.*.x.cancel',
  'generation.start.bert',
  'generation.stop.bert',
  'inbox.bert.x',
  'queries.>',
  'queries.x',
  'queries.x.y.taken',
  'live.>',
  'live.move.x.y',
  'inbox.>',
  'inbox.*.x',
  'inbox.anyone',
  'service-inbox.finder.*',
  'service-inbox.generator.*',
  'dead-letters.*',
  'members',
  'stats.x',
  '_INBOX.>',
  '_INBOX.x',
  '$JS.>',
  '$JS.API.>',
  '$JS.API.INFO',
  '$JS.API.STREAM.LIST',
  '$JS.API.STREAM.CREATE.X',
  '$JS.API.STREAM.DELETE.MOVES_0',
  '$JS.API.STREAM.PURGE.MOVES_0',
  '$JS.API.STREAM.MSG.GET.MOVES_0',
  '$JS.API.STREAM.MSG.DELETE.MOVES_0',
  '$JS.API.CONSUMER.CREATE.MOVES_0',
  '$JS.ACK.MOVES_0.c.1.1.1.1.0',
  '$JS.EVENT.ADVISORY.>',
  '$KV.x.y',
  '$SYS.>',
  '$SYS.REQ.USER.INFO',
  '$SYS.REQ.SERVER.PING',
  '$SRV.PING',
  'anything.else',
]
const ALL = [...new Set([...known, ...MORE])]
/** What the services may publish without asking the server for something. */
const isHarmless = (subject: string): boolean => !/[*>$]/.test(subject)

test('the viewer publishes what it needs to, and nothing else', async () => {
  const mayPublish = [
    'generation.start.anyone',
    'generation.stop.anyone',
    'query.vehicles.anyone',
    'query.latest.anyone',
    'queries.anyone.x.taken',
    'queries.anyone.x.cancel',
    'query.exports.anyone',
    'query.areas.anyone',
  ]
  published.length = 0
  for (const subject of ALL) viewer.control.publish(subject, EMPTY, { reply: 'inbox.anyone.x' })
  await viewer.flush()
  await service.flush()
  expect(published.filter((subject) => !subject.startsWith('inbox.anyone.')).toSorted()).toEqual(mayPublish.toSorted())
  const others = ALL.filter((subject) => !mayPublish.includes(subject))
  await eventually(() => others.every((subject) => refused.has(`send to ${subject}`)))
  expect(mayPublish.filter((subject) => refused.has(`send to ${subject}`))).toEqual([])
})

test('the viewer hears what it needs to, and nothing else', async () => {
  const mayHear = [
    'live.move.x',
    'imports.x',
    'generation.runs.x',
    'stats',
    'members.x.y',
    'members.x.*',
    'inbox.anyone.x',
  ]
  const heard: string[] = []
  for (const subject of ALL) {
    for (const options of [{}, { queue: 'vehicle-finder' }]) {
      viewer.control.subscribe(subject, (message) => void heard.push(message.subject), options)
    }
  }
  await viewer.flush()
  const others = ALL.filter((subject) => !mayHear.includes(subject))
  await eventually(() => others.every((subject) => refused.has(`listen to ${subject}`)))
  expect(mayHear.filter((subject) => refused.has(`listen to ${subject}`))).toEqual([])
  for (const subject of ALL.filter(isHarmless)) service.control.publish(subject, EMPTY)
  await service.flush()
  await viewer.flush()
  expect([...new Set(heard)].toSorted()).toEqual(mayHear.filter(isHarmless).toSorted())
})

test('nothing in a stream changes, whatever the viewer tries', async () => {
  const state = async () => {
    const { serverMs: _, ...rest } = await service.streams.info(moveStreamName(0))
    return rest
  }
  service.control.publish(subjects.move(0), EMPTY)
  const before = await eventually(async () => {
    const now = await state()
    return now.messages > 0 && now
  })
  viewer.control.publish(subjects.move(0), EMPTY)
  for (const subject of ['$JS.API.STREAM.PURGE.MOVES_0', '$JS.API.STREAM.DELETE.MOVES_0']) {
    viewer.control.publish(subject, new Uint8Array(), { reply: 'inbox.anyone.x' })
  }
  await viewer.flush()
  expect(await state()).toEqual(before)
  expect(await viewer.control.request('$JS.API.INFO', EMPTY, { timeoutMs: 500 })).toEqual({ kind: 'timeout' })
})

test('a service does not answer anywhere but at an inbox, so that it does nothing in the place of who asks', async () => {
  const replies: string[] = []
  const noise: string[] = []
  const listener = service.listen(
    'vehicleQuery',
    subjects.vehicleQuery('*'),
    ({ reply }) => void replies.push(reply ?? ''),
    {
      onInvalid: (_, { reply }) => void noise.push(reply ?? ''),
    },
  )
  await service.flush()
  const ask = (reply: string, payload: object): void =>
    viewer.send('vehicleQuery', subjects.vehicleQuery(ANYONE), payload as never, { reply })
  const query = { query: 'q', area: null, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
  const [purge, move] = ['$JS.API.STREAM.PURGE.MOVES_0', subjects.move(0)]
  const before = await lookAtStream(service, 0)
  for (const reply of [purge, move, 'generation.agent.x', 'stats', 'inboxes.x']) {
    ask(reply, query)
    ask(reply, { noise: true })
  }
  ask('inbox.anyone.q', query)
  for (const other of ['_INBOX.q', 'inbox.bert.q', 'service-inbox.finder.q']) ask(other, { noise: true })
  ask('inbox.anyone.noise', { noise: true })
  await eventually(() => replies.length > 0 && noise.length > 0)
  expect([replies, noise]).toEqual([['inbox.anyone.q'], ['inbox.anyone.noise']])
  const { messages: count, bytes, first, last } = await lookAtStream(service, 0)
  expect({ messages: count, bytes, first, last }).toEqual({
    messages: before.messages,
    bytes: before.bytes,
    first: before.first,
    last: before.last,
  })
  await listener.close()
})

test('no other user gets in over websocket, not even with its password, and a browser is none on the services’ port', async () => {
  const config = await readFile(join(server.dataDir, 'nats-server.conf'), 'utf8')
  const passwordOf = (user: string): string => new RegExp(`user: ${user}, password: "([^"]+)"`).exec(config)![1]
  const login = async (
    connect: (options: HubOptions) => Promise<MessageHub>,
    url: string,
    user: string,
    password?: string,
  ): Promise<string> => {
    try {
      const hub = await connect({ url, service: 'test', user, password })
      await hub.close()
      return 'let in'
    } catch (error) {
      return (error as FleetError).code
    }
  }
  const { url, websocketUrl } = server
  expect({
    anonymous: await login(connectBrowser, websocketUrl, ''),
    services: await login(connectBrowser, websocketUrl, 'services'),
    servicesGuessed: await login(connectBrowser, websocketUrl, 'services', 'services'),
    servicesStolen: await login(connectBrowser, websocketUrl, 'services', passwordOf('services')),
    nobody: await login(connectBrowser, websocketUrl, 'nobody', 'x'),
    viewer: await login(connectBrowser, websocketUrl, 'viewer', passwordOf('viewer')),
    viewerOnOtherPort: await login(connectHub, url, 'viewer', passwordOf('viewer')),
  }).toEqual({
    anonymous: 'let in',
    services: 'hub.refused',
    servicesGuessed: 'hub.refused',
    servicesStolen: 'hub.refused',
    nobody: 'hub.refused',
    viewer: 'let in',
    viewerOnOtherPort: 'hub.refused',
  })
  expect(passwordOf('services').length).toBeGreaterThan(40)
})

test.each([
  [undefined, 'open'],
  ['http://localhost:3000', 'open'],
  ['http://127.0.0.1:3000', 'open'],
  ['http://localhost:3001', 'error'],
  ['https://localhost:3000', 'error'],
  ['http://fleet.example.com', 'error'],
  ['http://localhost.example.com:3000', 'error'],
  ['http://[::1]:3000', 'error'],
  ['null', 'error'],
])('a page of origin %s: %s', async (origin, outcome) => {
  const socket = new WebSocket(server.websocketUrl, { headers: origin === undefined ? {} : { origin } })
  const { promise, resolve } = Promise.withResolvers<string>()
  for (const type of ['open', 'error']) socket.addEventListener(type, () => resolve(type))
  expect(await promise).toBe(outcome)
  socket.close()
})

test.each<[string, TestHubOptions]>([
  ['that are told not to', { pagesMayGenerate: false }],
  ['of which one is elsewhere', { websocketOrigins: ['http://localhost:3000', 'https://fleet.example.com'] }],
])('pages %s neither start nor stop a generation, and search all the same', async (_, options) => {
  const closed = await startTestHub(options)
  onTestFinished(() => closed.stop())
  const [other, page] = [
    await connectHub({ url: closed.url, service: 'test' }),
    await connectBrowser({ url: closed.websocketUrl, service: 'event-viewer' }),
  ]
  onTestFinished(async () => void (await Promise.all([other.close(), page.close()])))
  const heard: string[] = []
  other.control.subscribe('>', ({ subject }) => void heard.push(subject))
  await other.flush()
  for (const subject of [
    'generation.start.anyone',
    'generation.stop.anyone',
    'generation.agent.x',
    'query.vehicles.anyone',
    'query.latest.anyone',
  ]) {
    page.control.publish(subject, EMPTY)
  }
  await page.flush()
  await other.flush()
  expect(heard).toEqual(['query.vehicles.anyone', 'query.latest.anyone'])
})
