import { request } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSWORD, startTestApp, type TestApp } from './testing/app.ts'

let app: TestApp
let cookie: string

beforeAll(async () => {
  app = await startTestApp({ origins: ['http://localhost:3000', 'https://fleet.example.com'] })
  const client = app.client()
  await client.logIn('anna', PASSWORD)
  cookie = `fleet_session=${client.cookies.get('fleet_session')}`
})
afterAll(() => app?.close())

interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** As a browser or an attacker sends it: fetch keeps some headers to itself. */
const ask = async ({ method = 'GET', path, headers = {}, body }: Asked) => {
  const sent = request(`${app.url}${path}`, { method, headers: { cookie, ...headers } })
  sent.end(body)
  const [response] = await once(sent, 'response')
  const content = await text(response)
  return {
    status: response.statusCode as number,
    headers: response.headers as Record<string, string>,
    title: content.startsWith('{') ? (JSON.parse(content) as { title?: string }).title : undefined,
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' }
const ME = { path: '/v1/me' }
const LOGIN = { method: 'POST', path: '/v1/login', headers: JSON_TYPE }

const DENIED: readonly (readonly [string, Asked, status: number, title: RegExp])[] = [
  ['nobody', { ...ME, headers: { cookie: '' } }, 401, /^not logged in$/],
  ['a page of another website', { ...ME, headers: { Origin: 'https://evil.example' } }, 403, /pageOrigins/],
  ['a page without an origin', { ...ME, headers: { Origin: 'null' } }, 403, /pageOrigins/],
  ['a page of ours by another scheme', { ...ME, headers: { Origin: 'http://fleet.example.com' } }, 403, /pageOrigins/],
  ['an image of another website', { ...ME, headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403, /another website/],
  [
    'a page of another host of the website',
    { ...ME, headers: { 'Sec-Fetch-Site': 'same-site' } },
    403,
    /another website/,
  ],
  [
    'a form of another website that the browser goes to',
    { ...LOGIN, headers: { ...JSON_TYPE, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' } },
    403,
    /another website/,
  ],
  ['a name that was pointed at this machine', { ...ME, headers: { Host: 'evil.example:3100' } }, 421, /publicUrl/],
  ['a longer name', { ...ME, headers: { Host: 'localhost.evil.example' } }, 421, /publicUrl/],
  ['a login as a form', { ...LOGIN, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415, /JSON/],
  ['a login as text', { ...LOGIN, headers: { 'Content-Type': 'text/plain' }, body: '{}' }, 415, /JSON/],
  ['a login without a type', { method: 'POST', path: '/v1/login' }, 415, /JSON/],
  ['a logout as a form', { method: 'POST', path: '/v1/logout' }, 415, /JSON/],
  ['a login that is no JSON', { ...LOGIN, body: '{' }, 400, /"account" and "password"/],
  ['a login without a password', { ...LOGIN, body: '{"account":"anna"}' }, 400, /"account" and "password"/],
  ['a login with more', { ...LOGIN, body: '{"account":"anna","password":"x","role":"operator"}' }, 400, /"account"/],
  ['a login with lists', { ...LOGIN, body: '{"account":["anna"],"password":["x"]}' }, 400, /"account"/],
  ['a login that is too long', { ...LOGIN, body: `{"account":"${'a'.repeat(9_000)}"}` }, 413, /8 KiB/],
  ['a wrong password', { ...LOGIN, body: '{"account":"anna","password":"wrong"}' }, 401, /is wrong$/],
  ['a provider that is not configured', { path: '/v1/login/openid' }, 404, /gateway\.openid/],
  ['a callback that nobody began', { path: '/v1/login/openid/callback?code=x&state=y' }, 404, /gateway\.openid/],
  ['what is not there', { path: '/v1/other' }, 404, /nothing at this address/],
]

test.each(DENIED)('%s is denied', async (_, asked, status, title) => {
  const answer = await ask(asked)
  expect([answer.status, answer.title]).toEqual([status, expect.stringMatching(title)])
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer.headers['access-control-allow-origin']).toBeUndefined()
})

test.each<readonly [string, Asked]>([
  ['a program', ME],
  [
    'an own page elsewhere',
    { ...ME, headers: { Origin: 'https://fleet.example.com', 'Sec-Fetch-Site': 'cross-site' } },
  ],
  ['an own page here', { ...ME, headers: { 'Sec-Fetch-Site': 'same-origin' } }],
  ['an address that was typed in', { ...ME, headers: { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' } }],
  ['a link', { ...ME, headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' } }],
])('%s is let in', async (_, asked) => {
  const { status, headers } = await ask(asked)
  expect([status, headers['access-control-allow-origin']]).toEqual([200, asked.headers?.['Origin']])
})

test('a page of ours may send JSON with its cookie', async () => {
  const headers = { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST' }
  const { status, headers: answered } = await ask({ method: 'OPTIONS', path: '/v1/login', headers })
  expect([status, answered['access-control-allow-credentials'], answered['access-control-allow-headers']]).toEqual([
    204,
    'true',
    'Content-Type',
  ])
})

test('every answer has the headers that keep a browser from misusing it', async () => {
  for (const path of ['/v1/me', '/healthz', '/nowhere']) {
    expect((await ask({ path })).headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
  }
})
