import { ANYONE, subjects } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { eventually, startTestHub, type TestHub } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connectHub } from './connect-websocket.ts'
import type { HubOptions, HubStatus, MessageHub } from './hub.ts'

// No test here connects as services do: the NATS client reconnects by the transport that its process used last.

const startServer = async (): Promise<TestHub> => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  return server
}

const connectViewer = async (server: TestHub, options: Partial<HubOptions> = {}): Promise<MessageHub> => {
  const hub = await connectHub({ url: server.websocketUrl, service: 'event-viewer', ...options })
  onTestFinished(() => hub.close())
  return hub
}

const QUERY = { query: 'q', area: null, from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' }

/** The server answers that there is no subscription: a listener from before a disconnect hears, and what is sent goes out. */
const echoOf = (viewer: MessageHub): (() => Promise<void>) => {
  let heard = 0
  viewer.control.subscribe(viewer.inbox('q'), () => void heard++)
  return async () => {
    const before = heard
    viewer.send('vehicleQuery', subjects.vehicleQuery(ANYONE), QUERY, { reply: viewer.inbox('q') })
    await eventually(() => heard > before)
  }
}

test('a viewer comes back after a kill and a restart of the server, as often as it takes', async () => {
  const server = await startServer()
  const states: string[] = []
  const viewer = await connectViewer(server, { onStatus: ({ state }) => void states.push(state) })
  const awaitEcho = echoOf(viewer)
  for (let time = 0; time < 2; time++) {
    await server.kill()
    await eventually(() => viewer.status().state === 'disconnected')
    await server.restart()
    await eventually(() => viewer.status().state === 'connected')
    await awaitEcho()
  }
  expect(states).toEqual(['connected', 'disconnected', 'connected', 'disconnected', 'connected'])
})

test('a server that hangs is noticed, and found again once it goes on', async () => {
  const server = await startServer()
  const viewer = await connectViewer(server)
  const awaitEcho = echoOf(viewer)
  const reasons: (string | undefined)[] = []
  viewer.onStatus(({ reason }) => void reasons.push(reason))
  await server.freeze()
  await eventually(() => viewer.status().state === 'disconnected')
  expect(reasons[0]).toBe('it no longer answers')
  await server.thaw()
  await eventually(() => viewer.status().state === 'connected')
  await awaitEcho()
})

test('a hub that starts later is waited for, with a reason to show, and the wait can be given up', async () => {
  const server = await startServer()
  await server.stop()
  const statuses: HubStatus[] = []
  const connecting = connectViewer(server, { onStatus: (status) => void statuses.push(status) })
  await eventually(() => statuses.length > 0)
  expect(statuses[0]).toEqual({
    state: 'connecting',
    reason: expect.stringMatching(new RegExp(`^${server.websocketUrl}: no hub answers there`)),
  })
  await server.restart()
  const viewer = await connecting
  expect(viewer.status()).toEqual({ state: 'connected' })
  await viewer.close()

  await server.stop()
  const giveUp = new AbortController()
  const given = connectHub({ url: server.websocketUrl, service: 'event-viewer', signal: giveUp.signal })
  giveUp.abort()
  await expect(given).rejects.toThrow(fault('hub.closed', 'stopped before the hub was reached'))
})

test('a user that the hub does not know is told which settings to look at', async () => {
  const server = await startServer()
  await expect(connectViewer(server, { user: 'anna', password: 'x' })).rejects.toThrow(
    fault(
      'hub.refused',
      `the hub at ${server.websocketUrl} refuses user anna: set viewer.hubUser and viewer.hubPassword`,
    ),
  )
})

test('what the hub does not allow is told while it is connected', async () => {
  const viewer = await connectViewer(await startServer())
  viewer.listen('stopGeneration', subjects.stopGeneration('*'), () => undefined)
  await eventually(() => viewer.status().reason !== undefined)
  expect(viewer.status()).toEqual({
    state: 'connected',
    reason: 'the hub does not let this user listen to generation.stop.*',
  })
})

test('answers go to the inbox of the person who asks', async () => {
  const server = await startServer()
  const [viewer, plain] = [await connectViewer(server, { person: 'anna' }), await connectViewer(server)]
  expect([viewer.inbox('q1'), plain.inbox('q1')]).toEqual(['inbox.anna.q1', 'inbox.anyone.q1'])
})
