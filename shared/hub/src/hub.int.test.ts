import { subjects } from '@fleetlake/contracts'
import type { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connectHub } from './connect.ts'
import { startFixture } from './testing/hub.ts'
import type { HubStatus } from './hub.ts'

const utf8 = new TextEncoder()

test('a message comes as it was sent, with its envelope and defaults', async () => {
  const { connect } = await startFixture()
  const [from, to] = [await connect({ uid: 'from' }), await connect()]
  const got: unknown[] = []
  to.listen('startGeneration', subjects.startGeneration, ({ id, type, source, subject, reply, headers, data }) => {
    got.push({ id, type, source, subject, reply, note: headers('fleet-note'), data })
  })
  await to.flush()
  from.send(
    'startGeneration',
    subjects.startGeneration,
    { run: 'r1', options: {} },
    { id: 'i1', reply: 'inbox.viewer.v', headers: { 'fleet-note': 'n' } },
  )
  await eventually(() => got.length > 0)
  expect(got).toEqual([
    {
      id: 'i1',
      type: 'start-generation',
      source: '/fleetlake/test/from',
      subject: 'generation',
      reply: 'inbox.viewer.v',
      note: 'n',
      data: {
        run: 'r1',
        options: { vehicles: 1500, intervalMs: 5000, seed: 1, realTime: false, speedFactor: 1, batchRows: 1200 },
      },
    },
  ])
})

test('a malformed message is told and never ends a listener', async () => {
  const { connect } = await startFixture()
  const hub = await connect()
  const told: string[] = []
  const got: string[] = []
  hub.listen('stopGeneration', 'x', ({ data }) => void got.push(data.run), {
    onInvalid: (error: FleetError) => void told.push(error.message),
  })
  const publish = (data: Uint8Array, type?: string): void => {
    const attributes = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': 's' }
    const headers = type === undefined ? {} : { headers: hub.control.encodeHeaders({ ...attributes, 'ce-type': type }) }
    hub.control.publish('x', data, headers)
  }
  publish(utf8.encode('no headers'))
  publish(utf8.encode('{}'), 'flush')
  publish(utf8.encode('{"run"'), 'stop-generation')
  publish(new Uint8Array([0xff, 0xfe]), 'stop-generation')
  publish(utf8.encode('{"run":"a b"}'), 'stop-generation')
  hub.send('stopGeneration', 'x', { run: 'r2' })
  await eventually(() => got.length > 0)
  expect(got).toEqual(['r2'])
  expect(told.map((text) => text.replace(/^a message on x /, ''))).toEqual([
    'is no CloudEvent 1.0 in binary mode',
    'is of type flush instead of stop-generation',
    'is not JSON',
    'is not JSON',
    'does not fit stop-generation: run must be 1 to 64 letters, digits, - or _',
  ])
})

test('a message of a queue group comes to one of its listeners, without one to all', async () => {
  const { connect } = await startFixture()
  const [a, b] = [await connect(), await connect()]
  let grouped = 0
  let all = 0
  for (const hub of [a, b]) {
    hub.listen('stopGeneration', 'grouped', () => void grouped++, { queue: 'q' })
    hub.listen('stopGeneration', 'all', () => void all++)
    await hub.flush()
  }
  for (let i = 0; i < 20; i++) {
    a.send('stopGeneration', 'grouped', { run: 'r' })
    a.send('stopGeneration', 'all', { run: 'r' })
  }
  await eventually(() => grouped >= 20 && all >= 40)
  await Promise.all([a.flush(), b.flush()])
  expect([grouped, all]).toEqual([20, 40])
})

test('a request is answered, or nobody is there, or nobody answers in time', async () => {
  const { connect } = await startFixture()
  const hub = await connect()
  const position = { partition: 1, stream: 'MOVES_1', created: 'c', sequence: 7 }
  const ask = (subject: string, timeoutMs = 5_000): Promise<unknown> =>
    hub.request('flush', 'flushed', subject, position, { timeoutMs })
  hub.listen('flush', 'answers', ({ data, reply }) => hub.send('flushed', reply!, { committed: data.sequence }))
  hub.listen('flush', 'is-silent', () => undefined)
  expect(await ask('answers')).toEqual({ status: 'answered', data: { committed: 7 } })
  expect(await ask('nobody')).toEqual({ status: 'no-responder' })
  expect(await ask('is-silent', 100)).toEqual({ status: 'timeout' })
})

test('a message larger than the server takes is refused, and the connection stays', async () => {
  const { connect } = await startFixture()
  const hub = await connect()
  expect(() => hub.send('move', 'x', new Uint8Array(2 * 1024 * 1024))).toThrow(
    fault('message.invalid', /^move to x was not sent/),
  )
  await hub.flush()
})

test('a hub that starts later is waited for, and the wait can be given up', async () => {
  const dataDir = await temporaryFolder()
  const early = await startTestHub({ dataDir })
  onTestFinished(() => early.stop())
  await early.stop()
  const statuses: HubStatus[] = []
  const connecting = connectHub({ url: early.url, service: 'test', onStatus: (status) => void statuses.push(status) })
  await eventually(() => statuses.some(({ reason }) => reason?.includes('refused')))
  await early.restart()
  const hub = await connecting
  expect(hub.status()).toEqual({ state: 'connected' })
  await hub.close()
  expect(statuses.map(({ state }) => state)).toEqual(['connecting', 'connected', 'closed'])

  await early.stop()
  const giveUp = new AbortController()
  const given = connectHub({ url: early.url, service: 'test', signal: giveUp.signal })
  giveUp.abort()
  await expect(given).rejects.toThrow(fault('hub.closed', 'stopped before the hub was reached'))
})

test('after a kill and a restart of the server listeners listen again', async () => {
  const { connect, server } = await startFixture()
  const hub = await connect()
  const states: string[] = []
  const got: string[] = []
  hub.onStatus(({ state }) => void states.push(state))
  hub.listen('stopGeneration', 'x', ({ data }) => void got.push(data.run))
  await server.kill()
  await eventually(() => hub.status().state === 'disconnected')
  await server.restart()
  await eventually(() => hub.status().state === 'connected')
  hub.send('stopGeneration', 'x', { run: 'after' })
  await eventually(() => got.length > 0)
  expect([got, states]).toEqual([['after'], ['disconnected', 'connected']])
})

test('close sends what is waiting, also when the server is gone it ends', async () => {
  const { connect, server } = await startFixture()
  const [from, to] = [await connect(), await connect()]
  let got = 0
  to.listen('stopGeneration', 'x', () => void got++)
  await to.flush()
  for (let i = 0; i < 1000; i++) from.send('stopGeneration', 'x', { run: 'r' })
  await from.close()
  await eventually(() => got === 1000)
  expect(() => from.send('stopGeneration', 'x', { run: 'r' })).toThrow(fault('hub.closed'))
  await server.kill()
  await eventually(() => to.status().state === 'disconnected')
  await to.close()
  expect(to.status()).toEqual({ state: 'closed' })
})
