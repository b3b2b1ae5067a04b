import type { Hub } from '../connection/hub.ts'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startMemoryFixture } from '../testing/memory-hub.ts'
import { joinGroup, type Membership } from './membership.ts'

const INTERVAL_MS = 200

const join = (hub: Hub, intervalMs = INTERVAL_MS): Membership => {
  const membership = joinGroup(hub, {
    group: 'collectors',
    version: '1',
    describe: () => ({ memoryBytes: 1.5, lagMs: 7 }),
    intervalMs,
  })
  onTestFinished(() => membership.leave())
  return membership
}

test('members find each other before they are ready, and see who leaves and who dies', async () => {
  const { connect } = startMemoryFixture()
  const hubs = await Promise.all(['a', 'b', 'c'].map((uid) => connect({ uid })))
  const [a, b, c] = hubs.map((hub) => join(hub))
  expect(a.members()).toEqual(['a'])
  await Promise.all([a, b, c].map(({ ready }) => ready))
  expect([a, b, c].map((membership) => membership.members())).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ])
  expect(
    a
      .heartbeats()
      .map(({ member, group, version, memoryBytes, lagMs }) => ({ member, group, version, memoryBytes, lagMs }))
      .toSorted((x, y) => (x.member < y.member ? -1 : 1)),
  ).toEqual([
    { member: 'b', group: 'collectors', version: '1', memoryBytes: 2, lagMs: 7 },
    { member: 'c', group: 'collectors', version: '1', memoryBytes: 2, lagMs: 7 },
  ])
  const changes: (readonly string[])[] = []
  a.onChange((members) => changes.push(members))
  await b.leave()
  await eventually(() => changes.length === 1)
  // Without a goodbye.
  await hubs[2].control.close()
  await eventually(() => changes.length === 2)
  expect(changes).toEqual([['a', 'c'], ['a']])
})

test('groups do not mix', async () => {
  const { connect } = startMemoryFixture()
  const [x, y] = [await connect({ uid: 'x' }), await connect({ uid: 'y' })]
  const collectors = join(x)
  const finders = joinGroup(y, {
    group: 'finders',
    version: '1',
    describe: () => ({ memoryBytes: 1 }),
    intervalMs: INTERVAL_MS,
  })
  onTestFinished(() => finders.leave())
  await Promise.all([collectors.ready, finders.ready])
  expect([collectors.members(), finders.members()]).toEqual([['x'], ['y']])
})
