import { expect, test } from 'vitest'
import { createOpsApp, type OpsAppDeps } from './ops-app.ts'
import type { Readiness } from './readiness.ts'

const TOKEN = 'a-token-of-a-scraper'

const appOf = (deps: Partial<OpsAppDeps> = {}) =>
  createOpsApp({
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => 'up 1\n' },
    readiness: (): Readiness => ({ status: 'ready', reasons: [] }),
    failure: () => undefined,
    token: undefined,
    isLocal: true,
    ...deps,
  })

const ask = async (app: ReturnType<typeof appOf>, path: string, headers = {}, host = 'localhost:9464') => {
  const response = await app.request(`http://${host}${path}`, { headers })
  return [response.status, await response.text()]
}

test('health, readiness and metrics are told, and nothing else', async () => {
  const app = appOf()
  expect(await ask(app, '/healthz')).toEqual([200, 'ok'])
  expect(await ask(app, '/readyz')).toEqual([200, '{"status":"ready","reasons":[]}'])
  expect(await ask(app, '/metrics')).toEqual([200, 'up 1\n'])
  const [status] = await ask(app, '/')
  expect(status).toBe(404)
  expect((await app.request('http://localhost/metrics', { method: 'POST' })).status).toBe(404)
})

test('a service that is not ready, or ends, says so in the status too', async () => {
  const readiness = (): Readiness => ({ status: 'not ready', reasons: ['the hub can not be reached'] })
  const app = appOf({ readiness, failure: () => 'it has run out of luck' })
  expect(await ask(app, '/readyz')).toEqual([503, '{"status":"not ready","reasons":["the hub can not be reached"]}'])
  expect(await ask(app, '/healthz')).toEqual([503, 'it has run out of luck'])
})

test('metrics that need a token are told to who has it, whether it is well and ready to everyone', async () => {
  const app = appOf({ token: TOKEN, isLocal: false })
  const statusFor = async (authorization?: string) =>
    (await ask(app, '/metrics', authorization === undefined ? {} : { authorization }, 'collector:9464'))[0]
  expect([
    await statusFor(),
    await statusFor(''),
    await statusFor(TOKEN),
    await statusFor(`Bearer ${TOKEN}x`),
    await statusFor(`Basic ${TOKEN}`),
    await statusFor(`Bearer ${TOKEN}`),
  ]).toEqual([401, 401, 401, 401, 401, 200])
  expect((await ask(app, '/healthz', {}, 'collector:9464'))[0]).toBe(200)
  expect((await ask(app, '/readyz', {}, 'collector:9464'))[0]).toBe(200)
})

test('beyond the loopback reasons are told to who has the token, and to everyone only where metrics are too', async () => {
  const unwell: Partial<OpsAppDeps> = {
    readiness: () => ({ status: 'not ready', reasons: ['s3://fleet/archive can not be read'] }),
    failure: () => 'the hub at 10.0.0.7 is gone',
  }
  const seen = async (deps: Partial<OpsAppDeps>, authorization?: string, host = 'collector:9464') => {
    const headers = authorization === undefined ? {} : { authorization }
    const app = appOf({ ...unwell, ...deps })
    return [await ask(app, '/readyz', headers, host), await ask(app, '/healthz', headers, host)]
  }
  const nothing = [
    [503, '{"status":"not ready"}'],
    [503, 'it ends because of a fault'],
  ]
  const reasons = [
    [503, '{"status":"not ready","reasons":["s3://fleet/archive can not be read"]}'],
    [503, 'the hub at 10.0.0.7 is gone'],
  ]
  const beyond = { token: TOKEN, isLocal: false }
  expect(await seen(beyond)).toEqual(nothing)
  expect(await seen(beyond, '')).toEqual(nothing)
  expect(await seen(beyond, 'Bearer another')).toEqual(nothing)
  expect(await seen(beyond, `Bearer ${TOKEN}`)).toEqual(reasons)
  expect(await seen({ token: undefined, isLocal: false })).toEqual(reasons)
  expect(await seen({ token: TOKEN, isLocal: true }, undefined, 'localhost:9464')).toEqual(reasons)
})

test('on the loopback a page that calls this machine by another name reads nothing', async () => {
  const app = appOf()
  const statuses = await Promise.all(
    ['localhost:9464', '127.0.0.1:9464', '[::1]:9464', 'evil.example:9464'].map((host) =>
      ask(app, '/metrics', {}, host),
    ),
  )
  expect(statuses.map(([status]) => status)).toEqual([200, 200, 200, 421])
})
