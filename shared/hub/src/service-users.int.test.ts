import {
  type MessageDefinition,
  type HubService,
  HUB_SERVICES,
  messages,
  requestInbox,
  serviceUser,
} from '@fleetlake/contracts'
import { readHubKeys } from '@fleetlake/service'
import { eventually, startTestHub, type TestHub } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectHub } from './connection/connect.ts'

const EMPTY = new TextEncoder().encode('{}')
const OWN = 'os_3aterminal'

let server: TestHub
beforeAll(async () => {
  server = await startTestHub({ asksEveryone: true })
})
afterAll(() => server?.stop())

/** What JetStream may be asked of a stream, in short. */
const API = {
  look: ['STREAM.INFO', 'STREAM.MSG.GET'],
  read: ['CONSUMER.CREATE', 'CONSUMER.MSG.NEXT', 'CONSUMER.DELETE'],
  make: ['STREAM.CREATE', 'STREAM.UPDATE'],
  purge: ['STREAM.PURGE'],
  drop: ['STREAM.DELETE'],
  'delete message': ['STREAM.MSG.DELETE'],
} as const

const STREAMS = [
  'MOVES_0',
  'MOVES_63',
  'DEAD_LETTERS',
  'SEARCHES',
  'READERS',
  'ARCHIVE',
  'PROVISIONING',
  'PROBE',
  'OTHER',
]

const askOf = (verb: keyof typeof API, stream: string): string[] =>
  API[verb].map((name) => `$JS.API.${name}.${stream}${/NEXT|CONSUMER.DELETE/.test(name) ? '.c' : ''}`)

const on = (streams: readonly string[], ...verbs: (keyof typeof API)[]): string[] =>
  streams.flatMap((stream) => verbs.flatMap((verb) => askOf(verb, stream)))

const MOVES = ['MOVES_0', 'MOVES_63']
const NAMES = ['$JS.API.STREAM.LIST', '$JS.API.STREAM.NAMES']

const known = (Object.values(messages) as MessageDefinition[])
  .flatMap(({ subject, stored }) => [subject ?? [], stored?.repeatedTo ?? []].flat())
  .flatMap((pattern) => ['anna', OWN].map((person) => pattern.replace('<person>', person)))
  .map((pattern) => pattern.replace(/<\w+>/, 'x').replace(/<\w+>/, 'y'))

const ALL = [
  ...new Set([
    ...known,
    ...STREAMS.flatMap((stream) => (Object.keys(API) as (keyof typeof API)[]).flatMap((verb) => askOf(verb, stream))),
    ...NAMES,
    'archive.table',
    'readers.x.1.y',
    'provisioning.x',
    '>',
    'inbox.>',
    'service-inbox.>',
    'commands.>',
    'query.>',
    '_INBOX.>',
    '_INBOX.x',
    ...HUB_SERVICES.map((service) => `${requestInbox(serviceUser(service))}.x`),
    '$JS.>',
    '$JS.API.>',
    '$JS.API.INFO',
    '$JS.EVENT.ADVISORY.>',
    '$KV.x.y',
    '$SYS.>',
    '$SYS.REQ.USER.AUTH',
    '$SYS.REQ.SERVER.PING',
    'anything.else',
  ]),
]

const HEARTBEAT = ['members.x.y']
const RESULTS = ['inbox.anna.x', `inbox.${OWN}.x`]
const SERVICE_HEARS = ['members.x.y', 'registry.x']

/** Who may do what: the table, and nothing that is not in it. Its own request inbox each of them hears. */
const MAY: Readonly<Record<HubService, { readonly sends: readonly string[]; readonly hears: readonly string[] }>> = {
  collector: {
    sends: [
      ...HEARTBEAT,
      'stats',
      'dead-letters.x',
      'archive.table',
      'readers.x.1.y',
      ...NAMES,
      ...on(MOVES, 'look', 'read', 'make', 'purge'),
      ...on(['DEAD_LETTERS', 'ARCHIVE'], 'look', 'make'),
      ...on(['READERS'], 'look', 'make', 'purge'),
      ...on(['SEARCHES'], 'look', 'read', 'make', 'purge'),
      ...on(['PROVISIONING', 'PROBE'], 'look', 'make', 'drop'),
    ],
    hears: [...SERVICE_HEARS, 'commands.flush.x'],
  },
  compactor: { sends: [...HEARTBEAT, ...NAMES, ...on(['ARCHIVE'], 'look')], hears: SERVICE_HEARS },
  projector: { sends: HEARTBEAT, hears: SERVICE_HEARS },
  finder: {
    sends: [
      ...HEARTBEAT,
      ...RESULTS,
      'query.partitions',
      'service-inbox.finder.x',
      'queries.anna.x.cancel',
      `queries.${OWN}.x.cancel`,
      'commands.flush.x',
      'searches.asked',
      'searches.ended',
      'searches.exported',
      'readers.x.1.y',
      ...NAMES,
      ...on(MOVES, 'look', 'read'),
      ...on(['READERS'], 'look', 'purge'),
      ...on(['ARCHIVE'], 'look'),
    ],
    hears: [
      ...SERVICE_HEARS,
      'query.vehicles.anna',
      `query.vehicles.${OWN}`,
      'query.latest.anna',
      `query.latest.${OWN}`,
      'query.exports.anna',
      `query.exports.${OWN}`,
      'query.areas.anna',
      `query.areas.${OWN}`,
      'searches.asked',
      'searches.ended',
      'query.partitions',
      'service-inbox.finder.x',
      ...['anna', OWN].flatMap((person) => [`queries.${person}.x.taken`, `queries.${person}.x.cancel`]),
    ],
  },
  generator: {
    sends: [
      ...HEARTBEAT,
      ...RESULTS,
      'generation.agent.x',
      'generation.runs.x',
      'generation.stop.anna',
      `generation.stop.${OWN}`,
      'service-inbox.generator.x',
      'commands.move.x',
      'commands.flush.x',
      ...NAMES,
      ...on(MOVES, 'look'),
    ],
    hears: [
      ...SERVICE_HEARS,
      ...['anna', OWN].flatMap((person) => [`generation.start.${person}`, `generation.stop.${person}`]),
      'generation.agent.x',
      'service-inbox.generator.x',
    ],
  },
  viewer: {
    sends: [
      'commands.move.x',
      'commands.flush.x',
      'imports.x',
      'registry.x',
      ...NAMES,
      ...on(MOVES, 'look'),
      ...on(['SEARCHES'], 'look', 'read'),
    ],
    hears: SERVICE_HEARS,
  },
  gateway: {
    sends: [...HEARTBEAT, 'registry.x', 'live.seen.anna.x', `live.seen.${OWN}.x`],
    hears: [...SERVICE_HEARS, 'live.move.x', 'live.wanted.anna', `live.wanted.${OWN}`, '$SYS.REQ.USER.AUTH'],
  },
  terminal: {
    sends: [
      `query.vehicles.${OWN}`,
      `query.latest.${OWN}`,
      `query.exports.${OWN}`,
      `query.areas.${OWN}`,
      `queries.${OWN}.x.taken`,
      `queries.${OWN}.x.cancel`,
      `generation.start.${OWN}`,
      `generation.stop.${OWN}`,
      'commands.move.x',
      'commands.flush.x',
      'imports.x',
      'registry.x',
      ...NAMES,
      ...on(MOVES, 'look', 'read'),
      ...on(['DEAD_LETTERS'], 'look', 'read', 'delete message'),
      ...on(['SEARCHES'], 'look', 'read'),
      ...on(['ARCHIVE'], 'look'),
    ],
    hears: [...SERVICE_HEARS, `inbox.${OWN}.x`, 'stats'],
  },
}

test.each(HUB_SERVICES)('the user of a %s sends and hears what is written of it, and nothing else', async (service) => {
  const { passwords } = await readHubKeys(server.dataDir, 'nothing')
  const user = serviceUser(service)
  const inbox = requestInbox(user)
  const hub = await connectHub({
    url: server.url,
    service: 'test',
    user,
    password: passwords[service],
    requestInbox: inbox,
  })
  const refused = new Set<string>()
  hub.onStatus(({ reason = '' }) => {
    const what = /does not let this user (.*)/.exec(reason)?.[1]
    if (what !== undefined) refused.add(what)
  })
  for (const subject of ALL) {
    hub.control.publish(subject, EMPTY)
    for (const options of [{}, { queue: 'vehicle-finder' }]) hub.control.subscribe(subject, () => undefined, options)
  }
  await hub.flush()
  const { sends, hears } = MAY[service]
  const notSent = ALL.filter((subject) => !sends.includes(subject))
  const notHeard = ALL.filter((subject) => !hears.includes(subject) && subject !== `${inbox}.x`)
  await eventually(
    () =>
      notSent.every((subject) => refused.has(`send to ${subject}`)) &&
      notHeard.every((subject) => refused.has(`listen to ${subject}`)),
    { what: 'all refusals' },
  ).catch(() => undefined)
  expect({
    sends: ALL.filter((subject) => !refused.has(`send to ${subject}`)).toSorted(),
    hears: ALL.filter((subject) => !refused.has(`listen to ${subject}`)).toSorted(),
  }).toEqual({ sends: [...new Set(sends)].toSorted(), hears: [...hears, `${inbox}.x`].toSorted() })
  await hub.close()
})
