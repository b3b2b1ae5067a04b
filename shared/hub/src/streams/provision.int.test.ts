import { moveStreamName, SEARCHES } from '@fleetlake/contracts'
import { provideOldServer } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { provisionConfig, startFixture } from '../testing/hub.ts'
import { provision } from './provision.ts'

const MIB = 1024 * 1024

test('where the server has little room the streams are smaller alike, with a warning', async () => {
  const hub = await (await startFixture({ maxFileBytes: 150 * MIB })).connect()
  const warnings: string[] = []
  await provision(hub, provisionConfig({ count: 4, maxBytes: 128 * MIB }), {
    warn: (warning) => warnings.push(warning),
  })
  const { streams } = hub
  const sizes = await Promise.all(
    [0, 1, 2, 3].map(async (partition) => (await streams.info(moveStreamName(partition))).settings.maxBytes! / MIB),
  )
  expect(sizes).toEqual([32, 32, 32, 32])
  expect(warnings).toEqual([
    "the server's max_file has no room for 514 MiB: MOVES_0 and the other new streams hold 32 MiB each, so producers wait sooner",
  ])
  expect([...(await streams.list()).keys()].toSorted()).toEqual([
    'DEAD_LETTERS',
    'MOVES_0',
    'MOVES_1',
    'MOVES_2',
    'MOVES_3',
    'SEARCHES',
  ])
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

test('services that start at the same moment on a hub of an earlier release add what it lacks, once', async () => {
  const { connect } = await startFixture()
  const hubs = await Promise.all(Array.from({ length: 6 }, () => connect()))
  const [{ streams }] = hubs
  await provision(hubs[0], provisionConfig())
  const names = [...(await streams.list()).keys()].toSorted()
  for (let round = 0; round < 5; round++) {
    await streams.drop(SEARCHES)
    const found = await Promise.all(hubs.map((hub) => provision(hub, provisionConfig())))
    expect(found).toEqual(hubs.map(() => [0, 1]))
    expect([...(await streams.list()).keys()].toSorted()).toEqual(names)
  }
})

test('a server with known faults is named, wherever it runs', async () => {
  const hub = await (await startFixture({ binary: await provideOldServer() })).connect()
  const warnings: string[] = []
  await provision(hub, provisionConfig(), { warn: (warning) => warnings.push(warning) })
  expect(warnings).toEqual([expect.stringMatching(/^nats-server 2\.9\.10 is old: .*CVE-2026-27889/)])
})
