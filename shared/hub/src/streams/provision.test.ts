import { DEAD_LETTERS } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { provisionConfig } from '../testing/hub.ts'
import { startMemoryFixture } from '../testing/memory-hub.ts'
import { partitionsOf, provision } from './provision.ts'

const MIB = 1024 * 1024

test('provisioning makes the streams once, and again changes nothing', async () => {
  const hub = await startMemoryFixture().connect()
  expect(await partitionsOf(hub)).toEqual([])
  expect(await provision(hub, provisionConfig({ count: 3 }))).toEqual([0, 1, 2])
  const { streams } = hub
  const { settings, created } = await streams.info('MOVES_1')
  expect(settings).toEqual({
    name: 'MOVES_1',
    subjects: ['commands.move.1'],
    storage: 'file',
    discard: 'new',
    maxBytes: 16 * MIB,
    maxMessageBytes: 65_536,
    duplicateWindowMs: 120_000,
    replicas: 1,
    republishTo: 'live.move.1',
  })
  expect((await streams.info('DEAD_LETTERS')).settings).toMatchObject({
    subjects: ['dead-letters.*'],
    discard: 'old',
    maxBytes: MIB,
  })
  expect((await streams.info('SEARCHES')).settings).toMatchObject({
    subjects: ['searches.asked', 'searches.ended', 'searches.exported'],
    discard: 'new',
    maxBytes: MIB,
  })
  const warnings: string[] = []
  expect(await provision(hub, provisionConfig({ count: 3 }), { warn: (warning) => warnings.push(warning) })).toEqual([
    0, 1, 2,
  ])
  expect([warnings, (await streams.info('MOVES_1')).created]).toEqual([[], created])
})

test('the streams that exist are the partitions, whatever the configuration counts', async () => {
  const hub = await startMemoryFixture().connect()
  await provision(hub, provisionConfig({ count: 4 }))
  const { streams } = hub
  await streams.drop('MOVES_2')
  await streams.make({ name: 'MOVES_x', subjects: ['other'] })
  const warnings: string[] = []
  expect(await provision(hub, provisionConfig({ count: 8 }), { warn: (warning) => warnings.push(warning) })).toEqual([
    0, 1, 3,
  ])
  expect(warnings).toEqual(['the hub holds 3 partitions; partitioning.count 8 is not used'])
  expect(await partitionsOf(hub)).toEqual([0, 1, 3])
})

test('an existing stream grows and remembers longer, and never the other way', async () => {
  const hub = await startMemoryFixture().connect()
  const limits = async (): Promise<unknown> => {
    const { settings } = await hub.streams.info('MOVES_0')
    return [settings.maxBytes! / MIB, settings.duplicateWindowMs! / 1e3]
  }
  const warnings: string[] = []
  const again = (maxBytes: number, duplicateWindowMs: number): Promise<number[]> =>
    provision(hub, provisionConfig({ count: 1, maxBytes, duplicateWindowMs }), {
      warn: (warning) => warnings.push(warning),
    })
  await again(16 * MIB, 60_000)
  await again(32 * MIB, 120_000)
  expect(await limits()).toEqual([32, 120])
  await again(16 * MIB, 60_000)
  expect([await limits(), warnings]).toEqual([[32, 120], ['MOVES_0 keeps its 32 MiB: a stream is never made smaller']])
})

test('where not even small streams fit it says what to do, and leaves nothing behind', async () => {
  const hub = await startMemoryFixture({ maxFileBytes: 40 * MIB }).connect()
  await expect(provision(hub, provisionConfig({ count: 4, maxBytes: 64 * MIB }))).rejects.toThrow(
    fault(
      'hub.no-room',
      /^the server has no room for MOVES_0, MOVES_1, MOVES_2, MOVES_3, SEARCHES, DEAD_LETTERS .* raise max_file/,
    ),
  )
  expect(await partitionsOf(hub)).toEqual([])
})

test('a stream that cannot grow keeps its size and still gets its other settings', async () => {
  const hub = await startMemoryFixture({ maxFileBytes: 40 * MIB }).connect()
  await provision(hub, provisionConfig({ count: 1, duplicateWindowMs: 60_000 }))
  const warnings: string[] = []
  await provision(hub, provisionConfig({ count: 1, maxBytes: 64 * MIB }), { warn: (warning) => warnings.push(warning) })
  const { settings } = await hub.streams.info('MOVES_0')
  expect([settings.maxBytes! / MIB, settings.duplicateWindowMs! / 1e3]).toEqual([16, 120])
  expect(warnings).toEqual(["MOVES_0 keeps its 16 MiB: the server's max_file has no room for more"])
})

test('provisioning that a crash cut short is finished by the next', async () => {
  const { connect } = startMemoryFixture()
  const hub = await connect()
  await provision(hub, provisionConfig({ count: 2 }))
  await hub.streams.drop(DEAD_LETTERS)
  expect(await provision(hub, provisionConfig({ count: 4 }))).toEqual([0, 1, 2, 3])
})
