import type { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { startMemoryFixture } from '../testing/memory-hub.ts'

const utf8 = new TextEncoder()

test('a malformed message is told and never ends a listener', async () => {
  const { connect } = startMemoryFixture()
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
  const { connect } = startMemoryFixture()
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

test('a request is answered, or there is no responder, or no answer in time', async () => {
  const { connect } = startMemoryFixture()
  const hub = await connect()
  const position = { partition: 1, stream: 'MOVES_1', created: 'c', sequence: 7 }
  const ask = (subject: string, timeoutMs = 5_000): Promise<unknown> =>
    hub.request('flush', 'flushed', subject, position, { timeoutMs })
  hub.listen('flush', 'answers', ({ data, reply }) => hub.send('flushed', reply!, { committed: data.sequence }))
  hub.listen('flush', 'is-silent', () => undefined)
  expect(await ask('answers')).toEqual({ status: 'answered', data: { committed: 7 } })
  expect(await ask('nowhere')).toEqual({ status: 'no-responder' })
  expect(await ask('is-silent', 100)).toEqual({ status: 'timeout' })
})

test('a message larger than the server takes is refused, and the connection stays', async () => {
  const { connect } = startMemoryFixture()
  const hub = await connect()
  expect(() => hub.send('move', 'x', new Uint8Array(2 * 1024 * 1024))).toThrow(
    fault('message.invalid', /^move to x was not sent/),
  )
  await hub.flush()
})
