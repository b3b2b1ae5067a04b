import { configSchema, type Config } from '@fleetlake/contracts'
import type { ErrorCode } from '@fleetlake/core'
import { expect, test } from 'vitest'
import { diagnose } from './diagnose.ts'
import type { DiskFacts, Facts, StreamFacts, Told } from './facts.ts'

const NOW_MS = Date.UTC(2026, 10, 30, 12)
const GIB = 1024 ** 3
const known = <Value>(value: Value): Told<Value> => ({ isKnown: true, value })
const lost: Told<never> = { isKnown: false, reason: 'it took longer than 5 s' }

const diskOf = (freeBytes: number, totalBytes: number): DiskFacts => ({
  setting: 'archive.path',
  folder: '/data',
  space: known({ freeBytes, totalBytes }),
})
const told = (code: ErrorCode): Told<never> => ({ isKnown: false, reason: `it is ${code}`, code })

const stream = (name: string, some: Partial<StreamFacts> = {}): StreamFacts => ({
  name,
  created: 'c',
  first: 1,
  last: 10,
  messages: name === 'DEAD_LETTERS' ? 0 : 10,
  bytes: 100,
  maxBytes: 1_000,
  replicas: 1,
  duplicateWindowMs: 120_000,
  discard: name === 'DEAD_LETTERS' ? 'old' : 'new',
  ...some,
})
const MOVES = [stream('MOVES_0'), stream('MOVES_1')]
const OTHERS = [stream('DEAD_LETTERS'), stream('SEARCHES')]

const member = (group: 'collectors' | 'compactors' | 'projectors' | 'finders', version = '0.1.0') => ({
  member: group,
  group,
  version,
  startedAt: '2026-11-30T00:00:00Z',
  memoryBytes: 1,
})
const TABLE = {
  id: 't',
  version: 7,
  files: 10,
  smallFiles: 1,
  offsets: { 'MOVES_0@c#0': 10, 'MOVES_1@c#0': 10 },
  feeder: 'h',
  warnings: [],
}
const CLAIM = { table: 't', hub: 'h', version: 7, fingerprint: undefined }
const configOf = (some: Parameters<typeof configSchema.parse>[0] = {}): Config =>
  configSchema.parse({ partitioning: { count: 2 }, hub: { syncInterval: 'always' }, ...(some as object) })

const HEALTHY: Facts = {
  config: configOf(),
  version: '0.1.0',
  server: known('2.15.1'),
  streams: known([...MOVES, ...OTHERS]),
  hubClock: known({ theirMs: NOW_MS, ourMs: NOW_MS }),
  claim: known(CLAIM),
  members: known([member('collectors'), member('compactors'), member('projectors'), member('finders')]),
  store: known({ theirMs: NOW_MS, ourMs: NOW_MS }),
  table: known(TABLE),
  losses: known(0),
  registry: known([]),
  unarchived: known({}),
  streamFaults: known([]),
  disks: [diskOf(500 * GIB, 1_000 * GIB)],
  ports: [{ name: 'viewer', address: '127.0.0.1:3000', fault: undefined }],
}

const HEALTHY_CHECKS = diagnose(HEALTHY)

test('of a deployment that is well every check is ok', () => {
  expect(HEALTHY_CHECKS.map(({ state, check }) => `${state} ${check}`)).toEqual([
    'ok settings',
    'ok hub',
    'ok hub clock',
    'ok streams',
    'ok replicas',
    'ok duplicate window',
    'ok sync interval',
    'ok full streams',
    'ok stream fill',
    'ok store',
    'ok store clock',
    'ok table',
    'ok feeder',
    'ok small files',
    'ok losses',
    'ok registry',
    'ok disk of archive.path',
    'ok services',
    'ok versions',
    'ok stream contents',
    'ok lag',
    'ok dead letters',
    'ok port of the viewer',
  ])
})

const streamsWith = (some: Partial<StreamFacts>): Partial<Facts> => ({
  streams: known([{ ...MOVES[0], ...some }, MOVES[1], ...OTHERS]),
})
const set = (config: object): Partial<Facts> => ({ config: configOf(config) })

test.each<[string, Partial<Facts>, readonly string[]]>([
  [
    'the hub is away',
    { server: lost, streams: lost, hubClock: lost, claim: lost, members: lost, unarchived: lost, streamFaults: lost },
    [
      'fault hub: it took longer than 5 s',
      'unknown streams',
      'unknown feeder',
      'unknown services',
      'unknown stream contents',
      'unknown lag',
      'unknown dead letters',
    ],
  ],
  [
    'JetStream is off',
    { streams: lost, unarchived: lost, streamFaults: lost },
    [
      'fault streams: the hub does not tell its streams: it took',
      'unknown stream contents',
      'unknown lag',
      'unknown dead letters',
    ],
  ],
  ['the server has known faults', { server: known('2.9.10') }, ['fault hub: nats-server 2.9.10 is old']],
  ['the server is old', { server: known('2.11.14') }, ['warning hub: nats-server 2.11.14 is old']],
  ['there is no stream', { streams: known([]) }, ['fault streams: the hub has no streams', 'unknown dead letters']],
  [
    'a stream of an earlier release is missing',
    { streams: known([...MOVES, OTHERS[0]]) },
    ['fault streams: the hub has no stream SEARCHES'],
  ],
  [
    'a partition is missing',
    { streams: known([MOVES[1], ...OTHERS]) },
    ['fault streams: the streams of the partitions 0 are missing', 'warning partitions: the hub has 1 partitions'],
  ],
  [
    'a stream has too few replicas',
    set({ hub: { replicas: 3, syncInterval: 'always' } }),
    ['fault replicas: MOVES_0 and 3 other streams have 1 replica instead of 3'],
  ],
  [
    'ids are forgotten too soon',
    streamsWith({ duplicateWindowMs: 1_000 }),
    ['warning duplicate window: MOVES_0 remembers message ids for 1 s instead of 2 min 0 s'],
  ],
  [
    'the one server of the hub syncs now and then',
    set({ hub: { syncInterval: '10 s' } }),
    ['warning sync interval: hub.syncInterval is 10 s, and there is one replica: a loss of power loses'],
  ],
  [
    'a stream drops what is old',
    streamsWith({ discard: 'old' }),
    ['fault full streams: MOVES_0 drops its oldest messages'],
  ],
  [
    'a stream is nearly full',
    streamsWith({ bytes: 850 }),
    ['warning stream fill: MOVES_0, the fullest stream, is 85 % full (850 B of 1000 B)'],
  ],
  ['a stream is full', streamsWith({ bytes: 999 }), ['fault stream fill: MOVES_0, the fullest stream, is 100 % full']],
  [
    'the hub is ahead',
    { hubClock: known({ theirMs: NOW_MS + 10_000, ourMs: NOW_MS }) },
    ['warning hub clock: the clock of the hub is 10 s ahead of the clock of this machine'],
  ],
  [
    'the hub is of another day',
    { hubClock: known({ theirMs: NOW_MS - 86_400_000, ourMs: NOW_MS }) },
    ['fault hub clock: the clock of the hub is 24 h 0 min behind'],
  ],
  [
    'the store is ahead',
    { store: known({ theirMs: NOW_MS + 10_000, ourMs: NOW_MS }) },
    ['warning store clock: the clock of the store is 10 s ahead'],
  ],
  [
    'the archive is away',
    { store: lost, table: lost, losses: lost, registry: lost, streamFaults: lost },
    [
      'fault store: it took',
      'unknown table: not known: it took',
      'unknown feeder',
      'unknown losses',
      'unknown registry: not known: it took',
      'unknown stream contents',
      'unknown lag',
    ],
  ],
  [
    'the archive is slow',
    { table: lost, registry: told('store.failed'), losses: lost, streamFaults: lost },
    [
      'unknown table: not known: it took',
      'unknown feeder',
      'unknown losses',
      'unknown registry: not known: it is store.failed',
      'unknown stream contents',
      'unknown lag',
    ],
  ],
  ...(['table.missing', 'table.damaged', 'table.invalid', 'format.newer'] as const).map(
    (code): [string, Partial<Facts>, readonly string[]] => [
      `tables are ${code}`,
      { table: told(code), registry: told(code), streamFaults: lost },
      [
        `fault table: it is ${code}`,
        'unknown feeder',
        `fault registry: it is ${code}`,
        'unknown stream contents',
        'unknown lag',
      ],
    ],
  ),
  [
    'a checkpoint was got round',
    { table: known({ ...TABLE, warnings: ['a checkpoint can’t be read'] }) },
    ['warning table: a checkpoint can’t be read'],
  ],
  [
    'compaction is behind',
    { table: known({ ...TABLE, files: 9_000, smallFiles: 8_000 }) },
    ['warning small files: 8,000 files of 9,000 not compacted yet'],
  ],
  ['the hub is new', { claim: known(undefined) }, ['fault feeder: the hub is new to this archive']],
  [
    'the archive is another',
    { claim: known({ ...CLAIM, table: 'u' }) },
    ['fault feeder: the hub has fed another archive (u)'],
  ],
  [
    'another hub feeds it',
    { claim: known({ ...CLAIM, hub: 'i' }) },
    ['fault feeder: another hub (h) feeds this archive now'],
  ],
  [
    'the archive is older',
    { claim: known({ ...CLAIM, version: 9 }) },
    ['fault feeder: the archive is an older copy: it is at version 7, and the hub has fed version 9'],
  ],
  ['a loss is open', { losses: known(2) }, ['warning losses: 2 losses of messages not settled']],
  [
    'an entry of the registry does not count',
    { registry: known(['accounts anna: no']) },
    ['warning registry: accounts anna: no'],
  ],
  [
    'a disk is nearly full',
    { disks: [diskOf(9 * GIB, 100 * GIB)] },
    ['warning disk of archive.path: 9.0 GiB of 100 GiB are free at /data'],
  ],
  ['a disk is full', { disks: [diskOf(GIB / 8, 1_000 * GIB)] }, ['fault disk of archive.path']],
  [
    'a disk does not answer',
    { disks: [{ ...HEALTHY.disks[0], space: lost }] },
    ['unknown disk of archive.path: not known: it took longer'],
  ],
  [
    'no service runs',
    { members: known([]) },
    [
      'fault services: no collector runs: nothing is archived; no compactor runs: small files stay, and old dates too; no finder runs: searches are not answered',
      'warning projectors: no projector runs: where vehicles were and are is not kept up, so that searches for vehicles read more, and last positions may be incomplete',
    ],
  ],
  [
    'services of two versions run',
    { members: known([member('collectors'), member('compactors', '0.2.0'), member('projectors'), member('finders')]) },
    ['warning versions: services of the versions 0.1.0 and 0.2.0 run at once'],
  ],
  [
    'services are of another version than this program',
    { version: '0.3.0' },
    ['warning versions: services are of version 0.1.0, and this program is of version 0.3.0'],
  ],
  [
    'collectors are behind',
    { ...streamsWith({ last: 60 }), unarchived: known({ MOVES_0: NOW_MS - 300_000 }) },
    ['warning lag: 50 messages not archived yet, the oldest 5 min 0 s old'],
  ],
  [
    'collectors are far behind',
    { ...streamsWith({ last: 60 }), unarchived: known({ MOVES_0: NOW_MS - 3_600_000 }) },
    ['fault lag: 50 messages not archived yet, the oldest 1 h 0 min old'],
  ],
  [
    'what is not archived can’t be asked for',
    { ...streamsWith({ last: 60 }), unarchived: lost },
    ['unknown lag: 50 messages not archived yet; how old they are is not known: it took'],
  ],
  [
    'what was not archived went meanwhile',
    { ...streamsWith({ last: 60 }), unarchived: known({}) },
    ['unknown lag: 50 messages not archived yet; how old they are is not known: the hub has none'],
  ],
  [
    'the hub’s time is not known',
    { ...streamsWith({ last: 60 }), unarchived: known({ MOVES_0: NOW_MS - 3_600_000 }), hubClock: lost },
    ['unknown hub clock: not known: it took', 'unknown lag: 50 messages not archived yet; how old'],
  ],
  [
    'the hub’s time is not known, and all is archived',
    { unarchived: lost, hubClock: lost },
    ['unknown hub clock: not known: it took'],
  ],
  [
    'the hub was rolled back',
    { streamFaults: known([{ partition: 0, kind: 'cut', archived: 10, last: 5, seen: undefined }]) },
    [
      'fault stream contents: MOVES_0 ends at message 5, or holds others than it did (10 archived): it was cut, or the hub was restored',
    ],
  ],
  [
    'a stream was made again, and others lack messages',
    {
      streamFaults: known([
        { partition: 0, kind: 'missing', archived: 10, last: undefined, seen: undefined },
        { partition: 1, kind: 'remade', archived: 10, last: 2, seen: 14 },
        { partition: 2, kind: 'gap', archived: 10, last: 20, seen: 14 },
      ]),
    },
    [
      'fault stream contents: MOVES_1 is not the stream that was archived: it was made again (10 archived, 14 seen by collectors, now 2) (and 1 more)',
    ],
  ],
  [
    'there are dead letters',
    { streams: known([...MOVES, stream('DEAD_LETTERS', { messages: 3 }), OTHERS[1]]) },
    ['warning dead letters: 3 of messages that could not be archived whole'],
  ],
  [
    'a port is closed',
    { ports: [{ ...HEALTHY.ports[0], fault: 'refused' }] },
    ['warning port of the viewer: nothing answers at 127.0.0.1:3000: refused'],
  ],
  ['a service may not listen', set({ viewer: { host: '0.0.0.0' } }), ['fault settings: viewer.host is at 0.0.0.0']],
  [
    'two servers have one port',
    set({ viewer: { port: 9222 } }),
    ['fault settings: viewer.port is a port that another setting names, too (9222)'],
  ],
  ['an archive is adopted for ever', set({ archive: { adopt: true } }), ['warning settings: archive.adopt is set']],
  [
    'buffers never get full',
    set({ collector: { memory: '32 MiB' } }),
    ['warning settings: collector.maxBytes (64.0 MiB) is more than collector.memory (32.0 MiB)'],
  ],
  [
    'files can’t get as large as they should',
    set({ compactor: { memory: '256 MiB' } }),
    ['warning settings: compactor.targetBytes (128 MiB) is more than a quarter'],
  ],
  [
    'nobody can log in',
    set({ auth: 'required' }),
    ['warning settings: auth is required, and neither gateway.port nor viewer.gatewayUrl'],
  ],
  [
    'a gateway is not started',
    set({ gateway: { port: 3100 } }),
    ['warning settings: gateway.port is set, and auth is not required'],
  ],
])('%s: that is told, with what to do, and nothing else', (_, some, expected) => {
  const found = diagnose({ ...HEALTHY, ...some })
  const unchanged = new Set(HEALTHY_CHECKS.map(({ check }) => check))
  const changed = found.filter(({ state }) => state !== 'ok')
  const gone = [...unchanged].filter((check) => found.every((each) => each.check !== check))
  for (const { state, todo = '' } of changed) expect(todo === '').toBe(state === 'unknown')
  const lines = changed.map(({ state, check, what }) => `${state} ${check}: ${what}`)
  expect(lines).toEqual(expected.map((line) => expect.stringContaining(line)))
  // What is not looked at because something before it is broken or not known is not said to be well.
  for (const check of gone)
    expect(
      changed.some(({ state }) => state !== 'warning'),
      check,
    ).toBe(true)
})
