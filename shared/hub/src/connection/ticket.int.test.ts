import { once } from 'node:events'
import { createServer } from 'node:net'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startUserServer, type UserServer } from '../testing/user-server.ts'
import { connectHub } from './connect-websocket.ts'
import type { HubStatus } from './hub.ts'

// No test here connects as services do: the NATS client reconnects by the transport that its process used last.

const startServer = async (user: string): Promise<UserServer> => {
  const server = await startUserServer(user)
  onTestFinished(() => server.kill())
  return server
}

interface Gate {
  /** Whom a ticket lets in; undefined when none is given. */
  user: string | undefined
  asked: number
}

const connect = async (server: UserServer, gate: Gate) => {
  const statuses: HubStatus[] = []
  const hub = await connectHub({
    url: server.websocketUrl,
    service: 'event-viewer',
    onStatus: (status) => void statuses.push(status),
    ticket: async () => {
      gate.asked++
      if (gate.user === undefined) throw new Error('nobody lets this page in')
      return { user: gate.user, password: gate.user }
    },
  })
  onTestFinished(() => hub.close())
  return { hub, statuses }
}

test('each connection shows a ticket of its own, also after the server has ended the one before', async () => {
  const server = await startServer('anna')
  const gate: Gate = { user: 'anna', asked: 0 }
  const { hub, statuses } = await connect(server, gate)
  expect(gate.asked).toBe(1)
  gate.user = 'ben'
  await server.letIn('ben')
  await eventually(() => statuses.filter(({ state }) => state === 'connected').length === 2)
  await hub.flush()
  expect(hub.status()).toEqual({ state: 'connected' })
})

test('a ticket that the server refuses is followed by another, and the wait says why', async () => {
  const server = await startServer('anna')
  const gate: Gate = { user: 'nobody', asked: 0 }
  const connecting = connect(server, gate)
  await eventually(() => gate.asked === 2)
  gate.user = 'anna'
  const { statuses } = await connecting
  expect(statuses).toEqual([
    { state: 'connecting', reason: expect.stringContaining(': it does not take the ticket of this login') },
    { state: 'connected' },
  ])
})

test('without a ticket the server is not asked, and the wait says why; later, and after a loss too', async () => {
  const server = await startServer('anna')
  const gate: Gate = { user: undefined, asked: 0 }
  const connecting = connect(server, gate)
  await eventually(() => gate.asked === 2)
  gate.user = 'anna'
  const { hub, statuses } = await connecting
  expect(statuses).toEqual([
    { state: 'connecting', reason: `${server.websocketUrl}: nobody lets this page in` },
    { state: 'connected' },
  ])
  gate.user = undefined
  await server.letIn('ben')
  const before = gate.asked
  await eventually(() => gate.asked >= before + 2)
  expect(hub.status().state).toBe('disconnected')
  gate.user = 'ben'
  await eventually(() => hub.status().state === 'connected')
})

test('a server that is away costs no ticket with each attempt', async () => {
  const server = await startServer('anna')
  const gate: Gate = { user: 'anna', asked: 0 }
  const { hub } = await connect(server, gate)
  await server.kill()
  await eventually(() => hub.status().state === 'disconnected')
  // In its place is what counts the attempts, and ends them.
  let attempts = 0
  const away = createServer((socket) => {
    attempts++
    socket.destroy()
  }).listen(Number(new URL(server.websocketUrl).port), '127.0.0.1')
  const startedAt = performance.now()
  await eventually(() => attempts >= 10)
  const awayMs = performance.now() - startedAt
  away.close()
  await once(away, 'close')
  await server.restart()
  await eventually(() => hub.status().state === 'connected')
  // At most one in ten seconds, however long this machine took.
  expect(gate.asked).toBeLessThanOrEqual(2 + Math.ceil(awayMs / 10_000))
})
