import { ANYONE, subjects } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connectHub } from './connect.ts'
import { startFixture } from '../testing/hub.ts'
import type { HubStatus } from './hub.ts'

test('a message comes as it was sent, with its envelope and defaults', async () => {
  const { connect } = await startFixture()
  const [from, to] = [await connect({ uid: 'from' }), await connect()]
  const got: unknown[] = []
  to.listen(
    'startGeneration',
    subjects.startGeneration('*'),
    ({ id, type, source, subject, person, reply, headers, data }) => {
      got.push({ id, type, source, subject, person, reply, note: headers('fleet-note'), data })
    },
  )
  await to.flush()
  from.send(
    'startGeneration',
    subjects.startGeneration(ANYONE),
    { run: 'r1', options: {} },
    { id: 'i1', reply: 'inbox.anyone.v', headers: { 'fleet-note': 'n' } },
  )
  await eventually(() => got.length > 0)
  expect(got).toEqual([
    {
      id: 'i1',
      type: 'start-generation',
      source: '/fleetlake/test/from',
      subject: 'generation.start.anyone',
      person: 'anyone',
      reply: 'inbox.anyone.v',
      note: 'n',
      data: {
        run: 'r1',
        options: {
          vehicles: 1500,
          intervalMs: 5000,
          seed: 1,
          realTime: false,
          speedFactor: 1,
          batchRows: 1200,
          vehicleIds: 'own',
        },
      },
    },
  ])
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
