import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Hub } from '../connection/hub.ts'
import { eventually, freezeProcess } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startFixture } from '../testing/hub.ts'
import { joinGroup, type Membership } from './membership.ts'

/** A process that is kept waiting for three of them is taken for dead: far longer than a busy machine does that. */
const INTERVAL_MS = 1_000

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

const program = (url: string): string => `
  import { connectHub } from ${JSON.stringify(new URL('../connection/connect.ts', import.meta.url).href)}
  import { joinGroup } from ${JSON.stringify(new URL('./membership.ts', import.meta.url).href)}
  const hub = await connectHub({ url: ${JSON.stringify(url)}, service: 'test', uid: 'frozen' })
  const membership = joinGroup(hub, { group: 'collectors', version: '1', describe: () => ({ memoryBytes: 1 }), intervalMs: ${INTERVAL_MS} })
  const say = (members) => console.log(JSON.stringify(members))
  membership.onChange(say)
`

test('a restart of the server ends no membership', async () => {
  const { connect, server } = await startFixture()
  const hubs = await Promise.all(['a', 'b'].map((uid) => connect({ uid })))
  const both = hubs.map((hub) => join(hub))
  await Promise.all(both.map(({ ready }) => ready))
  const changes: unknown[] = []
  for (const { onChange } of both) onChange((members) => changes.push(members))
  await server.kill()
  // Longer than three intervals.
  const until = performance.now() + 5 * INTERVAL_MS
  await eventually(() => performance.now() > until)
  await server.restart()
  await eventually(() => hubs.every((hub) => hub.status().state === 'connected'))
  const after = performance.now() + 4 * INTERVAL_MS
  await eventually(() => performance.now() > after)
  expect([changes, both.map(({ members }) => members())]).toEqual([
    [],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ])
})

test('a frozen member is dead to the others, and awake again judges no other', async () => {
  const { connect, server } = await startFixture()
  const hub = await connect({ uid: 'a' })
  const a = join(hub)
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(server.url)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const said: string[] = []
  child.stdout.on('data', (text) => said.push(...String(text).trim().split('\n')))
  await eventually(() => a.members().includes('frozen') && said.length > 0)
  await freezeProcess(child.pid!)
  await eventually(() => !a.members().includes('frozen'))
  child.kill('SIGCONT')
  await eventually(() => a.members().includes('frozen'))
  const after = performance.now() + 4 * INTERVAL_MS
  await eventually(() => performance.now() > after)
  expect([a.members(), said]).toEqual([['a', 'frozen'], ['["a","frozen"]']])
})

test('while the server hangs no member is judged, though the connection stands', async () => {
  const { server, connect } = await startFixture()
  const hubs = [await connect({ uid: 'a' }), await connect({ uid: 'b' })]
  const [a, b] = hubs.map((hub) => join(hub))
  await Promise.all([a.ready, b.ready])
  const changes: (readonly string[])[] = []
  a.onChange((members) => changes.push(members))
  const heardAt = a.heartbeats()[0]
  await server.freeze()
  // Far longer than three intervals: without hearing oneself, one would have buried the other.
  await delay(8 * INTERVAL_MS)
  await server.thaw()
  await eventually(() => a.heartbeats()[0] !== heardAt, { what: 'a heartbeat of b after the server woke up' })
  await b.leave()
  await eventually(() => changes.length > 0)
  expect(changes).toEqual([['a']])
})
