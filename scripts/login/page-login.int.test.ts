import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Role, ROLES } from '@fleetlake/contracts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ROUTE_RIGHTS } from '../../event-viewer/web/src/login/require-rights.ts'
import { PASSWORD, startViewerWithGateway, type ViewerWithGateway } from './testing/viewer-with-gateway.ts'

let viewer: ViewerWithGateway

beforeAll(async () => {
  viewer = await startViewerWithGateway({ proxies: ['127.0.0.1'] })
})
afterAll(() => viewer?.close())

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** As a browser or an attacker sends it: fetch keeps some headers to itself. */
const ask = async (path: string, { method = 'GET', headers = {}, body }: Asked = {}) => {
  const sent = request(viewer.url + path, { method, headers })
  sent.end(body)
  const [response] = await once(sent, 'response')
  return { status: response.statusCode as number, body: await text(response), headers: response.headers }
}

test('a person logs in at the address of the page, is known there, and is nobody again with the logout', async () => {
  const client = viewer.client()
  expect(await client.get('/v1/me')).toMatchObject({ status: 401, body: { ways: ['password'] } })
  expect(await client.logIn('dispatcher', 'not the password')).toMatchObject({
    status: 401,
    body: { title: 'the account or the password is wrong' },
  })
  expect((await client.logIn('dispatcher', PASSWORD)).status).toBe(200)
  const copy = client.copy()
  expect(await client.get('/api/person')).toMatchObject({
    status: 200,
    body: { account: 'dispatcher', role: 'dispatcher', rights: ['live', 'search-last-day', 'areas'] },
  })
  expect((await client.post('/v1/logout')).status).toBe(204)
  expect([(await client.get('/api/person')).status, (await copy.get('/api/person')).status]).toEqual([401, 401])
})

const PATHS = [
  '/api/config',
  '/api/city/streets.geojson',
  '/api/archive',
  '/api/imports',
  '/api/searches',
  '/api/areas',
  '/api/x',
]
/** What each may ask for; 404 is what is not there. */
const ALLOWED: Readonly<Record<Role | 'nobody', readonly number[]>> = {
  nobody: [401, 401, 401, 401, 401, 401, 401],
  viewer: [200, 404, 403, 403, 403, 200, 404],
  dispatcher: [200, 404, 200, 403, 403, 200, 404],
  investigator: [200, 404, 200, 403, 403, 200, 404],
  operator: [200, 404, 200, 200, 200, 200, 404],
}

test.each(['nobody', ...ROLES] as const)('%s gets what the table of routes and rights says', async (who) => {
  const client = who === 'nobody' ? viewer.client() : await viewer.clientOf(who)
  const answers = await Promise.all(PATHS.map((path) => client.get(path)))
  expect(answers.map(({ status }) => status)).toEqual(ALLOWED[who])
  expect(ROUTE_RIGHTS.every(([path]) => PATHS.some((asked) => asked.startsWith(path)))).toBe(true)
})

/** Who may change areas, which all see: of a new one, a change and a removal that name none that is there. */
const AREA_CHANGES: Readonly<Record<Role | 'nobody', readonly number[]>> = {
  nobody: [401, 401, 401],
  viewer: [403, 403, 403],
  dispatcher: [400, 400, 400],
  investigator: [400, 400, 400],
  operator: [400, 400, 400],
}

test.each(['nobody', ...ROLES] as const)('%s may change areas as the table says', async (who) => {
  const client = who === 'nobody' ? viewer.client() : await viewer.clientOf(who)
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }) }
  const answers = await Promise.all([
    ask('/api/areas', { method: 'POST', headers, body: JSON.stringify({ name: 'x', geometry: null }) }),
    ask('/api/areas/area-aaaaaaaaaa', { method: 'PATCH', headers, body: JSON.stringify({ version: 1, name: 'x' }) }),
    ask('/api/areas/area-aaaaaaaaaa?version=1', { method: 'DELETE', headers }),
  ])
  expect(answers.map(({ status }) => status)).toEqual(AREA_CHANGES[who])
})

test('what is denied is a sentence, and is kept by no cache', async () => {
  const client = await viewer.clientOf('viewer')
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const told = await Promise.all(
    [{}, { cookie }].map(async (headers) => {
      const { body, headers: got } = await ask('/api/archive', { headers })
      return [body, got['cache-control']]
    }),
  )
  expect(told).toEqual([
    ['You are not logged in: open the page and log in.', 'no-store'],
    ['Your role, viewer, may not search the last 24 hours: an operator can give you another role.', 'no-store'],
  ])
})

test.each(ROLES)('the page of a %s is told what the role may', async (role) => {
  const { body } = await (await viewer.clientOf(role)).get('/api/config')
  expect([body.generation, body.imports]).toEqual([role === 'operator', role === 'operator'])
})

test('another way to write a path opens nothing', async () => {
  const client = await viewer.clientOf('viewer')
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const paths = ['/api/%61rchive', '/%61pi/archive', '/api//archive', '/api/archive/', '/api/./archive', '/API/archive']
  const answers = await Promise.all(paths.map((path) => ask(path, { headers: { cookie } })))
  expect(answers.filter(({ status }) => status === 200)).toEqual([])
})

test('the page itself needs no login, so that there is one to log in at', async () => {
  const { status, body } = await ask('/search', { headers: { accept: 'text/html' } })
  expect([status, body]).toEqual([200, '<!DOCTYPE html>'])
})

test('what another website sends is refused here as at the gateway', async () => {
  const login = { method: 'POST', body: JSON.stringify({ account: 'viewer', password: PASSWORD }) }
  const json = { 'content-type': 'application/json' }
  const answers = await Promise.all([
    ask('/v1/login', { ...login, headers: { ...json, origin: 'https://evil.example' } }),
    ask('/v1/login', { ...login, headers: { ...json, 'sec-fetch-site': 'cross-site' } }),
    ask('/v1/login', { ...login, headers: { ...json, host: 'evil.example' } }),
    ask('/v1/login', { ...login, headers: { 'content-type': 'text/plain', origin: viewer.url } }),
    ask('/v1/login', { ...login, headers: { ...json, origin: viewer.url } }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 421, 415, 200])
})

test('a person whom a provider sends back comes to the page, which is told what has gone wrong', async () => {
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  const { status, headers: got } = await ask('/v1/login/openid/callback?code=1', { headers })
  expect([status, got.location, got['set-cookie']]).toEqual([
    303,
    '/',
    [
      'fleet_login_fault=there%20is%20no%20login%20by%20a%20provider%20here%20(gateway.openid); Max-Age=60; Path=/; SameSite=Lax',
    ],
  ])
})

test('what is too long is not passed on', async () => {
  const { status, body } = await ask('/v1/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: viewer.url },
    body: 'x'.repeat(70_000),
  })
  expect([status, JSON.parse(body)]).toEqual([413, { title: 'this is longer than 64 KiB', status: 413 }])
})

const addressOf = async (from: ViewerWithGateway): Promise<string | undefined> => {
  await from
    .client()
    .post('/v1/login', { account: 'operator', password: PASSWORD }, { 'X-Forwarded-For': '203.0.113.7' })
  return from.lines
    .map((line) => /^operator has logged in from (.*)$/.exec(line)?.[1])
    .findLast((found) => found !== undefined)
}

test('where a request comes from is taken from a proxy that is named, and else from none', async () => {
  const other = await startViewerWithGateway()
  onTestFinished(() => other.close())
  expect([await addressOf(viewer), await addressOf(other)]).toEqual(['203.0.113.7', '127.0.0.1'])
})

test('while the gateway is away a sentence says so, and the page is served', async () => {
  const other = await startViewerWithGateway()
  onTestFinished(() => other.close())
  const client = await other.clientOf('operator')
  await other.stopGateway()
  const away = /^the gateway, where people log in, does not answer: .*/i
  expect(await client.get('/v1/me')).toMatchObject({ status: 502, body: { title: expect.stringMatching(away) } })
  const answer = await fetch(`${other.url}/api/archive`, { headers: { cookie: 'fleet_session=any' } })
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringMatching(away)])
  expect((await fetch(other.url)).status).toBe(200)
  expect(other.lines.filter((line) => line.includes('viewer.gatewayUrl'))).toHaveLength(1)
})
