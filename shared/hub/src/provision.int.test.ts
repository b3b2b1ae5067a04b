import { DEAD_LETTERS, moveStreamName } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { provideOldServer } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { provisionConfig, startFixture } from './testing/hub.ts'
import { streamsOf } from './jet-stream.ts'
import { partitionsOf, provision } from './provision.ts'

const MIB = 1024 * 1024

test('provisioning makes the streams once, and again changes nothing', async () => {
  const hub = await (await startFixture()).connect()
  expect(await partitionsOf(hub)).toEqual([])
  expect(await provision(hub, provisionConfig({ count: 3 }))).toEqual([0, 1, 2])
  const { streams } = await streamsOf(hub)
  const { config, created } = await streams.info('MOVES_1')
  expect(config).toMatchObject({
    name: 'MOVES_1',
    subjects: ['commands.move.1'],
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    max_bytes: 16 * MIB,
    max_msg_size: 65_536,
    duplicate_window: 120e9,
    num_replicas: 1,
    republish: { src: 'commands.move.1', dest: 'live.move.1' },
  })
  expect((await streams.info('DEAD_LETTERS')).config).toMatchObject({
    subjects: ['dead-letters.*'],
    discard: 'old',
    max_bytes: MIB,
  })
  const warnings: string[] = []
  expect(await provision(hub, provisionConfig({ count: 3 }), { warn: (warning) => warnings.push(warning) })).toEqual([
    0, 1, 2,
  ])
  expect([warnings, (await streams.info('MOVES_1')).created]).toEqual([[], created])
})

test('the streams that exist are the partitions, whatever the configuration counts', async () => {
  const hub = await (await startFixture()).connect()
  await provision(hub, provisionConfig({ count: 4 }))
  const { streams } = await streamsOf(hub)
  await streams.delete('MOVES_2')
  await streams.add({ name: 'MOVES_x', subjects: ['other'] })
  const warnings: string[] = []
  expect(await provision(hub, provisionConfig({ count: 8 }), { warn: (warning) => warnings.push(warning) })).toEqual([
    0, 1, 3,
  ])
  expect(warnings).toEqual(['the hub holds 3 partitions; partitioning.count 8 is not used'])
  expect(await partitionsOf(hub)).toEqual([0, 1, 3])
})

test('an existing stream grows and remembers longer, and never the other way', async () => {
  const hub = await (await startFixture()).connect()
  const settings = async (): Promise<unknown> => {
    const { config } = await (await streamsOf(hub)).streams.info('MOVES_0')
    return [config.max_bytes / MIB, config.duplicate_window / 1e9]
  }
  const warnings: string[] = []
  const again = (maxBytes: number, duplicateWindowMs: number): Promise<number[]> =>
    provision(hub, provisionConfig({ count: 1, maxBytes, duplicateWindowMs }), {
      warn: (warning) => warnings.push(warning),
    })
  await again(16 * MIB, 60_000)
  await again(32 * MIB, 120_000)
  expect(await settings()).toEqual([32, 120])
  await again(16 * MIB, 60_000)
  expect([await settings(), warnings]).toEqual([
    [32, 120],
    ['MOVES_0 keeps its 32 MiB: a stream is never made smaller'],
  ])
})

test('where the server has little room the streams are smaller alike, with a warning', async () => {
  const hub = await (await startFixture({ maxFileBytes: 150 * MIB })).connect()
  const warnings: string[] = []
  await provision(hub, provisionConfig({ count: 4, maxBytes: 128 * MIB }), {
    warn: (warning) => warnings.push(warning),
  })
  const { streams } = await streamsOf(hub)
  const sizes = await Promise.all(
    [0, 1, 2, 3].map(async (partition) => (await streams.info(moveStreamName(partition))).config.max_bytes / MIB),
  )
  expect(sizes).toEqual([32, 32, 32, 32])
  expect(warnings).toEqual([
    "the server's max_file has no room for 513 MiB: MOVES_0 and the other new streams hold 32 MiB each, so producers wait sooner",
  ])
  const names: string[] = []
  for await (const name of streams.names()) names.push(name)
  expect(names.toSorted()).toEqual(['DEAD_LETTERS', 'MOVES_0', 'MOVES_1', 'MOVES_2', 'MOVES_3'])
})

test('where not even small streams fit it says what to do, and leaves nothing behind', async () => {
  const hub = await (await startFixture({ maxFileBytes: 40 * MIB })).connect()
  await expect(provision(hub, provisionConfig({ count: 4, maxBytes: 64 * MIB }))).rejects.toThrow(
    fault(
      'hub.no-room',
      /^the server has no room for MOVES_0, MOVES_1, MOVES_2, MOVES_3, DEAD_LETTERS .* raise max_file/,
    ),
  )
  expect(await partitionsOf(hub)).toEqual([])
})

test('a stream that cannot grow keeps its size and still gets its other settings', async () => {
  const hub = await (await startFixture({ maxFileBytes: 40 * MIB })).connect()
  await provision(hub, provisionConfig({ count: 1, duplicateWindowMs: 60_000 }))
  const warnings: string[] = []
  await provision(hub, provisionConfig({ count: 1, maxBytes: 64 * MIB }), { warn: (warning) => warnings.push(warning) })
  const { config } = await (await streamsOf(hub)).streams.info('MOVES_0')
  expect([config.max_bytes / MIB, config.duplicate_window / 1e9]).toEqual([16, 120])
  expect(warnings).toEqual(["MOVES_0 keeps its 16 MiB: the server's max_file has no room for more"])
})

test('services that start at the same moment on a fresh server agree on the partitions', async () => {
  const { connect } = await startFixture()
  const hubs = await Promise.all(Array.from({ length: 6 }, () => connect()))
  const warnings: string[] = []
  const found = await Promise.all(
    hubs.map((hub) => provision(hub, provisionConfig({ count: 8 }), { warn: (warning) => warnings.push(warning) })),
  )
  expect(found).toEqual(hubs.map(() => [0, 1, 2, 3, 4, 5, 6, 7]))
  expect(warnings).toEqual([])
})

test('provisioning that a crash cut short is finished by the next', async () => {
  const { connect } = await startFixture()
  const hub = await connect()
  await provision(hub, provisionConfig({ count: 2 }))
  const manager = await streamsOf(hub)
  await manager.streams.delete(DEAD_LETTERS)
  expect(await provision(hub, provisionConfig({ count: 4 }))).toEqual([0, 1, 2, 3])
})

test('a server with known faults is named, wherever it runs', async () => {
  const hub = await (await startFixture({ binary: await provideOldServer() })).connect()
  const warnings: string[] = []
  await provision(hub, provisionConfig(), { warn: (warning) => warnings.push(warning) })
  expect(warnings).toEqual([expect.stringMatching(/^nats-server 2\.9\.10 is old: .*CVE-2026-27889/)])
})
