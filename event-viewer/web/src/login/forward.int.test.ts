import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../http/listen.ts'
import { createAskGateway } from './ask-gateway.ts'
import { createForward } from './forward.ts'

test('a gateway that hangs is waited for no longer than is allowed', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const faults: string[] = []
  const ask = createAskGateway(new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`), 50)
  const forward = createForward({ ask, onLogin: () => undefined, onFault: (reason) => void faults.push(reason) })
  const server = await listen(new Hono().route('/v1', forward), { host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const answer = await fetch(`${server.url}/v1/me`)
  expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
    502,
    'application/problem+json',
    { status: 502, title: expect.stringMatching(/does not answer/) },
  ])
  expect(faults).toHaveLength(1)
})
