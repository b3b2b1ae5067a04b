import { readerNote } from '@fleetlake/contracts'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { startMemoryFixture } from '../testing/memory-hub.ts'
import type { Hub } from '../connection/hub.ts'
import { enterPartition, type PartitionEntry } from './reader-notes.ts'

type Group = 'collectors' | 'finders'

/** Every hub of the test that has entered, and has not been called dead. */
const createGroup = (group: Group) => {
  const living = new Set<string>()
  return {
    enter: (hub: Hub, partition = 0): Promise<PartitionEntry> => {
      living.add(hub.uid)
      return enterPartition(hub, { group, partition, members: async () => [...living] })
    },
    die: (hub: Hub): boolean => living.delete(hub.uid),
  }
}

const notes = async (hub: Hub): Promise<string[]> =>
  (await hub.streams.subjects('READERS', readerNote('*', '*', '*'))).toSorted()

test('a reader is careful after two abnormal ends, and not for those that live or have left in order', async () => {
  const { connect } = startMemoryFixture()
  const hubs = await Promise.all(Array.from({ length: 5 }, () => connect()))
  const { enter, die } = createGroup('collectors')
  const entries = []
  for (const hub of hubs.slice(0, 3)) entries.push(await enter(hub))
  expect(entries.map(({ isCareful }) => isCareful)).toEqual([false, false, false])
  await entries[2].leave()
  die(hubs[0])
  die(hubs[2])
  expect((await enter(hubs[3])).isCareful).toBe(false)
  die(hubs[1])
  expect((await enter(hubs[4])).isCareful).toBe(true)
  expect((await enter(hubs[4], 1)).isCareful).toBe(false)
})

test('once a reader has come further, earlier ends are forgotten', async () => {
  const { connect } = startMemoryFixture()
  const hubs = await Promise.all(Array.from({ length: 4 }, () => connect()))
  const { enter, die } = createGroup('collectors')
  for (const hub of hubs.slice(0, 2)) {
    await enter(hub)
    die(hub)
  }
  const third = await enter(hubs[2])
  expect(third.isCareful).toBe(true)
  third.passed()
  await eventually(async () => (await notes(hubs[2])).length === 1, { what: 'that its own note is all there is' })
  expect(await notes(hubs[2])).toEqual([readerNote('collectors', 0, hubs[2].uid)])
  die(hubs[2])
  expect((await enter(hubs[3])).isCareful).toBe(false)
})

test('what one group has found makes the other careful, until a reader has passed', async () => {
  const { connect } = startMemoryFixture()
  const hubs = await Promise.all(Array.from({ length: 5 }, () => connect()))
  const collectors = createGroup('collectors')
  const finders = createGroup('finders')
  for (const hub of hubs.slice(0, 2)) {
    await collectors.enter(hub)
    collectors.die(hub)
  }
  expect((await finders.enter(hubs[3])).isCareful).toBe(false)
  const careful = await collectors.enter(hubs[2])
  expect((await finders.enter(hubs[4])).isCareful).toBe(true)
  careful.passed()
  await eventually(async () => !(await notes(hubs[2])).includes(readerNote('careful', 0, hubs[2].uid)))
})

test('a hub that does not answer keeps no reader waiting', async () => {
  const { server, connect } = startMemoryFixture()
  const hub = await connect()
  const { enter } = createGroup('collectors')
  server.freeze()
  const entry = await enter(hub)
  expect(entry.isCareful).toBe(false)
  await entry.leave()
  server.thaw()
})
