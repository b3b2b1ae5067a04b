import { eventually, startTestHub } from '@fleetlake/testing'
import { headers } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { expect, onTestFinished, test } from 'vitest'
import { connectNats } from './connect-tcp.ts'
import { encodeHeaders, headersFrom, headerOf, headersOf } from './headers.ts'

const utf8 = new TextEncoder()

test('malformed headers are like none, of messages that come and of those that are stored', async () => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const broker = await connectNats({ url: server.url, name: 'test' })
  onTestFinished(() => broker.control.close())
  const raw = await connect({ servers: server.url })
  onTestFinished(() => raw.close())
  await broker.streams.make({ name: 'S', subjects: ['x'] })
  const got: unknown[] = []
  broker.control.subscribe('x', ({ header }) => got.push(header('h')))
  await broker.control.flush()
  for (const lines of ['H: 7', 'not a header: 1', 'bad name : 2\r\nh: 3']) {
    raw.publish('x', 'data', { headers: headersFrom(utf8.encode(`NATS/1.0\r\n${lines}\r\n\r\n`)) })
  }
  await raw.flush()
  await eventually(() => got.length === 3)
  const stored: unknown[] = []
  const cursor = await broker.streams.openCursor('S', {
    from: 1,
    askBytes: 128 * 1024,
    onMessage: ({ header }) => stored.push(header('h')),
    onAskEnd: () => undefined,
    onGone: () => undefined,
  })
  onTestFinished(() => cursor.close())
  cursor.ask()
  await eventually(() => stored.length === 3)
  expect([got, stored]).toEqual([
    ['7', undefined, undefined],
    ['7', undefined, undefined],
  ])
})

test('a value that holds line breaks stays one header', () => {
  const decoded = headersOf({ headers: headersFrom(encodeHeaders({ a: 'two\r\nid: 7\nlines', id: '1' })) })!
  expect(new TextDecoder().decode((decoded as unknown as { encode(): Uint8Array }).encode())).toBe(
    'NATS/1.0\r\na: two id: 7 lines\r\nid: 1\r\n\r\n',
  )
})

test('names of headers match whatever their case', () => {
  const given = headers()
  given.set('Ce-Id', '7')
  expect([headerOf(given, 'ce-id'), headerOf(given, 'ce-type'), headerOf(undefined, 'ce-id')]).toEqual([
    '7',
    undefined,
    undefined,
  ])
})
