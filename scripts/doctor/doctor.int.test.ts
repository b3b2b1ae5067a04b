import { spawn } from 'node:child_process'
import { cp, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { createFileStore, openLossTable, writeMarks } from '@fleetlake/archive'
import type { Config } from '@fleetlake/contracts'
import { startCompactor } from '@fleetlake/event-collector'
import { type RunningProjector, startProjector } from '@fleetlake/event-projector'
import { findNatsServer } from '@fleetlake/nats-server'
import { eventually, freePort, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { diagnose, gather } from '../../event-viewer/terminal/src/doctor/diagnose.ts'
import type { Finding } from '../../event-viewer/terminal/src/doctor/facts.ts'
import { runFleetProcess } from '../../event-viewer/terminal/src/testing/fleet.ts'
import { createWorld, rowOf, type World } from '../hot-rows/testing/world.ts'

const TIMEOUT_MS = 5_000
const MIB = 1024 * 1024

interface Deployment {
  readonly world: World
  readonly config: Config
  readonly collector: Awaited<ReturnType<World['startCollector']>>
  readonly finder: Awaited<ReturnType<World['startFinder']>>
  readonly projector: RunningProjector
  /** Of the archive. */
  readonly path: string
}

/** A hub, a service of each kind that the archive needs, and an archive of a few commits; the page's port is not asked. */
const deploy = async (): Promise<Deployment> => {
  const world = await createWorld()
  const { hub, config } = world
  const collector = await world.startCollector()
  const finder = await world.startFinder()
  const quiet = { config, log: { info: () => {}, warn: () => {} }, version: 'test' }
  const compactor = await startCompactor(hub, quiet)
  onTestFinished(() => compactor.stop())
  const projector = await startProjector(hub, quiet)
  onTestFinished(() => projector.stop())
  for (let i = 0; i < 3; i++) {
    await world.publishRows(i % 2, [rowOf(`v-${i}`)])
    await world.flush()
  }
  const websocketPort = Number(new URL(world.server.websocketUrl).port)
  return {
    world,
    collector,
    finder,
    projector,
    config: {
      ...config,
      hub: { ...config.hub, websocketPort, syncInterval: 'always' },
      viewer: { ...config.viewer, port: 0 },
    },
    path: dirname(world.folder),
  }
}

/** What is not well, a line each. The services here say that they are of the version "test". */
const complaints = async (config: Config): Promise<string[]> =>
  diagnose(await gather(config, TIMEOUT_MS))
    .filter(({ state, check }: Finding) => state !== 'ok' && check !== 'versions')
    .map(({ state, check, what }) => `${state} ${check}: ${what}`)

/** Breaks something. @returns the settings with which the doctor is asked then */
type Break = (deployment: Deployment) => Promise<Config | void>

const logOf = ({ path }: Deployment): string => join(path, 'moves', '_delta_log')
const lastCommit = async (deployment: Deployment): Promise<string> =>
  (await readdir(logOf(deployment)))
    .filter((name) => /^\d{20}\.json$/.test(name))
    .toSorted()
    .at(-1)!

const hubAt = (config: Config, hub: Partial<Config['hub']>): Config => ({ ...config, hub: { ...config.hub, ...hub } })

const NO_FOLDER = [
  'fault store: there is no folder',
  'unknown table: not known: there is no folder',
  'unknown feeder',
  'unknown losses',
  'unknown registry: not known: there is no folder',
  'unknown stream contents',
  'unknown lag',
]

/** What was broken, and what the doctor says of it. */
const BROKEN: readonly (readonly [what: string, break_: Break, told: readonly string[]])[] = [
  ['nothing', async () => {}, []],
  [
    'the hub is not where it should be',
    async ({ config }) => hubAt(config, { url: `nats://127.0.0.1:${await freePort()}` }),
    [
      'fault hub: the hub is not reached: nats://127.0.0.1',
      'unknown streams',
      'unknown feeder',
      'unknown services',
      'unknown stream contents',
      'unknown lag',
      'unknown dead letters',
    ],
  ],
  [
    'the password of the hub is wrong',
    async ({ config }) => hubAt(config, { user: 'services', password: 'wrong' }),
    [
      'fault hub: the hub is not reached: the hub at nats://127.0.0.1',
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
    async ({ config }) => {
      const port = await freePort()
      const server = spawn((await findNatsServer())!.path, ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
      onTestFinished(() => void server.kill())
      return hubAt(config, { url: `nats://127.0.0.1:${port}` })
    },
    [
      'unknown hub clock',
      'fault streams: the hub does not tell its streams',
      'unknown feeder',
      'fault services: no collector runs',
      'warning projectors: no projector runs',
      'unknown stream contents',
      'unknown lag',
      'unknown dead letters',
    ],
  ],
  [
    'the stream of searches was deleted',
    async ({ world }) => world.hub.streams.drop('SEARCHES'),
    ['fault streams: the hub has no stream SEARCHES'],
  ],
  [
    'a stream drops what is old',
    async ({ world }) => world.hub.streams.change('MOVES_0', { discard: 'old' }),
    ['fault full streams: MOVES_0 drops its oldest messages when it is full'],
  ],
  [
    'ids are forgotten after a second',
    async ({ world }) => world.hub.streams.change('MOVES_1', { duplicateWindowMs: 1_000 }),
    ['warning duplicate window: MOVES_1 remembers message ids for 1 s'],
  ],
  [
    'more replicas are wanted than there are',
    async ({ config }) => hubAt(config, { replicas: 3 }),
    ['fault replicas: DEAD_LETTERS and 3 other streams have 1 replica instead of 3'],
  ],
  [
    'a stream is nearly full',
    async ({ world, collector }) => {
      await collector.stop()
      await world.publishRows(
        0,
        Array.from({ length: 400 }, (_, i) => rowOf(`full-${i}`)),
      )
      const { bytes } = await world.hub.streams.info('MOVES_0')
      await world.hub.streams.change('MOVES_0', { maxBytes: Math.round(bytes * 1.1) })
    },
    [
      'warning stream fill: MOVES_0, the fullest stream, is 91 % full',
      'fault services: no collector runs: nothing is archived',
    ],
  ],
  [
    'the claim of the hub is gone',
    async ({ world }) => world.hub.streams.drop('ARCHIVE'),
    ['fault feeder: the hub is new to this archive, which another hub has fed'],
  ],
  [
    'the archive is an older copy',
    async (deployment) => {
      const { path, world, collector } = deployment
      await cp(path, `${path}-copy`, { recursive: true })
      await world.publishRows(0, [rowOf('later')])
      await world.flush()
      await collector.stop()
      // The hub remembers the version when a collector starts with it.
      await (await world.startCollector()).stop()
      await rm(path, { recursive: true })
      await rename(`${path}-copy`, path)
    },
    ['fault feeder: the archive is an older copy: it is at version', 'fault services: no collector runs'],
  ],
  ['the folder of the archive is gone', async ({ path }) => rename(path, `${path}-away`), NO_FOLDER],
  [
    'the archive is a file',
    async ({ config, world }) => {
      await writeFile(`${world.folder}-file`, '')
      return { ...config, archive: { ...config.archive, path: `${world.folder}-file` } }
    },
    NO_FOLDER,
  ],
  [
    'the last commit was cut short',
    async (deployment) => truncate(join(logOf(deployment), await lastCommit(deployment)), 10),
    ['fault table: the table is damaged', 'unknown feeder', 'unknown stream contents', 'unknown lag'],
  ],
  [
    'a message that is none',
    async ({ world }) => {
      await world.publish(0, new TextEncoder().encode('no positions'))
      await world.flush()
    },
    ['warning dead letters: 1 of messages that could not be archived whole'],
  ],
  [
    'a loss is open',
    async ({ path }) => {
      const losses = await openLossTable(createFileStore(join(path, 'losses')))
      const times = { firstStored: 1, lastStored: 2, toldAt: 3 }
      await losses!.record([
        {
          stream: 'MOVES_0',
          created: 'c',
          epoch: 0,
          partition: 0,
          from: 1,
          to: 2,
          partitions: 2,
          geohashLength: 5,
          ...times,
        },
      ])
    },
    ['warning losses: 1 loss of messages not settled'],
  ],
  [
    'the registry’s log is not one',
    async ({ path }) => {
      const store = createFileStore(join(path, 'registry'))
      await store.put('_delta_log/00000000000000000000.json', new TextEncoder().encode('{}\n'))
    },
    ['fault registry: the table registry is damaged'],
  ],
  [
    'messages that are not archived were deleted',
    async ({ world, collector }) => {
      await collector.stop()
      for (let i = 0; i < 3; i++) await world.publishRows(0, [rowOf(`gone-${i}`)])
      const { last } = await world.hub.streams.info('MOVES_0')
      await world.hub.streams.purge('MOVES_0', { through: last - 1 })
    },
    [
      'fault services: no collector runs',
      'fault stream contents: MOVES_0 lacks messages that follow those that are archived (2 archived',
    ],
  ],
  [
    'the message that follows those that are archived was deleted',
    async ({ world, collector }) => {
      await collector.stop()
      const { last } = await world.hub.streams.info('MOVES_0')
      for (let i = 0; i < 3; i++) await world.publishRows(0, [rowOf(`deleted-${i}`)])
      await world.hub.streams.deleteMessage('MOVES_0', last + 1)
    },
    // The lag is that of the next one.
    ['fault services: no collector runs'],
  ],
  [
    'a stream has lost what a collector has seen of it',
    async ({ world, collector, path }) => {
      await collector.stop()
      const { created, last } = await world.hub.streams.info('MOVES_1')
      const mark = { partition: 1, created, epoch: 0, from: 0, sequence: last + 3, last: last + 3 }
      await writeMarks(createFileStore(join(path, 'losses')), 1, [mark])
    },
    [
      'fault services: no collector runs',
      'fault stream contents: MOVES_1 ends at message 1, or holds others than it did (1 archived, 4 seen by collectors)',
    ],
  ],
  [
    'the collector has stopped',
    async ({ collector }) => collector.stop(),
    ['fault services: no collector runs: nothing is archived'],
  ],
  [
    'the finder has stopped',
    async ({ finder }) => finder.stop(),
    ['fault services: no finder runs: searches are not answered'],
  ],
  ['the projector has stopped', async ({ projector }) => projector.stop(), ['warning projectors: no projector runs']],
  [
    'nothing listens where the page should be',
    async ({ config }) => ({ ...config, viewer: { ...config.viewer, port: await freePort() } }),
    ['warning port of the viewer: nothing answers at 127.0.0.1'],
  ],
  [
    'the number of partitions is another',
    async ({ config }) => ({ ...config, partitioning: { ...config.partitioning, count: 4 } }),
    ['warning partitions: the hub has 2 partitions, and partitioning.count is 4'],
  ],
  [
    'buffers are larger than what they may take',
    async ({ config }) => ({ ...config, collector: { ...config.collector, maxBytes: 512 * MIB } }),
    ['warning settings: collector.maxBytes'],
  ],
]

test.each(BROKEN)('broken: %s', async (_, break_, told) => {
  const deployment = await deploy()
  const config = (await break_(deployment)) ?? deployment.config
  const expected = told.map((line) => expect.stringContaining(line))
  // A member that has just stopped is known to have after a moment.
  await eventually(
    async () => {
      expect(await complaints(config)).toEqual(expected)
      return true
    },
    { what: `what the doctor says: ${told.join(', ')}` },
  )
})

test('a hub of which nothing is archived yet is well', async () => {
  const world = await createWorld()
  const collector = await world.startCollector()
  onTestFinished(() => collector.stop())
  const findings = diagnose(await gather(world.config, TIMEOUT_MS))
  expect(findings.find(({ check }) => check === 'stream contents')?.state).toBe('ok')
})

test('the command prints a line for each check, or JSON, ends with 1 when something is broken, and leaves nothing behind', async () => {
  const { config, path, world } = await deploy()
  const file = join(await temporaryFolder(), 'fleet.yaml')
  const write = (url: string): Promise<void> =>
    writeFile(
      file,
      `hub:\n  url: ${url}\n  maxBytesPerPartition: 32 MiB\n  websocketPort: ${config.hub.websocketPort}\n  syncInterval: always\npartitioning:\n  count: 2\narchive:\n  path: ${path}\nviewer:\n  port: 0\n`,
    )
  await write(world.server.url)
  const before = await readdir(logOf({ path } as Deployment))
  const well = await runFleetProcess(['doctor', '--config', file])
  expect(well).toMatchObject({ code: 0, err: '0 faults, 1 warning\n' })
  expect(well.out).toMatch(/^ok {7}settings .*\n(?:ok|warning) .*\n/)
  expect(well.out.split('\n').filter((line) => /^(?:fault|unknown)/.test(line))).toEqual([])
  await write('nats://127.0.0.1:1')
  const broken = await runFleetProcess(['doctor', '--json', '--config', file])
  expect(broken.code).toBe(1)
  const findings = broken.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding)
  expect(findings.find(({ check }) => check === 'hub')).toMatchObject({
    state: 'fault',
    todo: expect.stringContaining('set hub.url'),
  })
  expect(findings.find(({ check }) => check === 'table')).toMatchObject({ state: 'ok' })
  expect(await readdir(logOf({ path } as Deployment))).toEqual(before)
})

/** Takes every connection, and says nothing. */
const startSilentServer = async (): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})))
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy())
    server.close()
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return port
}

test('where neither hub nor store answers the command says so, tells nobody to restore anything, and ends', async () => {
  const [hub, store] = [await startSilentServer(), await startSilentServer()]
  const file = join(await temporaryFolder(), 'fleet.yaml')
  await writeFile(
    file,
    `hub:\n  url: nats://127.0.0.1:${hub}\n  websocketPort: ${store}\narchive:\n  path: s3://bucket/archive\n  s3:\n    endpoint: http://127.0.0.1:${store}\n    accessKeyId: a\n    secretAccessKey: b\nviewer:\n  port: 0\n`,
  )
  const { code, out } = await runFleetProcess(['doctor', '--timeout', '5 s', '--config', file])
  expect(code).toBe(1)
  const states = out.split('\n').flatMap((line) => /^(?:fault|unknown) +(?:[a-z]+ )+/.exec(line)?.[0].trim() ?? [])
  expect(states.map((state) => state.replace(/ +/, ' '))).toEqual([
    'fault hub',
    'unknown streams',
    'fault store',
    'unknown table',
    'unknown feeder',
    'unknown losses',
    'unknown registry',
    'unknown services',
    'unknown stream contents',
    'unknown lag',
    'unknown dead letters',
  ])
  expect(out).not.toMatch(/restore/)
})
