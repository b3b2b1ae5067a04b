import { once } from 'node:events'
import { fault } from '@fleetlake/core/testing'
import { connect } from 'node:net'
import { provideOldServer, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startNatsServer, type NatsServer, type NatsServerOptions } from './start-nats-server.ts'

const start = async (options: Partial<NatsServerOptions> = {}): Promise<NatsServer> => {
  const server = await startNatsServer({ dataDir: await temporaryFolder(), ...options })
  onTestFinished(() => server.stop())
  return server
}

const upgrade = [
  'GET / HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n')

/** One frame of four bytes that says it has 2^63 − 1, before any login. */
const sendFrame = async ({ websocketUrl }: NatsServer): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(websocketUrl).port) })
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  socket.write(upgrade)
  const [greeting] = await once(socket, 'data')
  expect(String(greeting)).toMatch(/^HTTP\/1\.1 101 /)
  socket.resume()
  socket.end(Buffer.from('82ff7fffffffffffffff0000000061626364', 'hex'))
  await closed
}

test('one websocket frame of a false length does not end the server', async () => {
  const server = await start()
  await sendFrame(server)
  const socket = connect({ host: '127.0.0.1', port: server.port })
  const [greeting] = await once(socket, 'data')
  socket.destroy()
  expect(String(greeting)).toMatch(/^INFO /)
})

test('an old server is named with its faults', async () => {
  const said: string[] = []
  await start({ binary: await provideOldServer(), say: (line) => said.push(line) })
  expect(said.filter((line) => !line.startsWith('the disk'))).toEqual([
    expect.stringMatching(
      /^nats-server 2\.9\.10 is old: one websocket frame ends it before any login \(CVE-2026-27889\)/,
    ),
    'nats-server 2.9.10 syncs its streams every 2 minutes, whatever hub.syncInterval says: if this machine loses its power, so much may be lost',
  ])
})

test('an old server has the faults that it is named with', async () => {
  const server = await start({ binary: await provideOldServer() })
  await sendFrame(server)
  expect(await server.ended()).toMatchObject({ asked: false })
})

test('an old server is not opened to pages beyond the loopback', async () => {
  const binary = await provideOldServer()
  const websocketOrigins = ['http://127.0.0.1:3000', 'https://fleet.example.com', 'http://localhost.example.com']
  await expect(start({ binary, websocketOrigins })).rejects.toThrow(
    fault(
      'hub.server-old',
      /^pages of https:\/\/fleet\.example\.com, http:\/\/localhost\.example\.com \(hub\.websocketOrigins\) are not allowed on this server: nats-server 2\.9\.10 is old: .*CVE-2026-27889/,
    ),
  )
  const origins = ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']
  expect((await start({ binary, websocketOrigins: origins })).port).toBeGreaterThan(0)
})
