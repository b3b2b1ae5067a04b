import { createMemoryStore } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import { openRegistry, type Registry } from '@fleetlake/registry'
import { expect, onTestFinished, test } from 'vitest'
import { startTestApp, type TestApp } from '../testing/app.ts'
import type { OpenId, ProviderLogin } from './openid.ts'

const ISSUER = 'https://login.example.com'
const HOME = 'http://localhost:3000/'

/** A provider that has let in whoever comes back. */
const providerOf = (said: () => ProviderLogin): OpenId => ({
  issuer: ISSUER,
  begin: async () => ({ url: new URL(ISSUER), pending: { verifier: '', state: '', nonce: '', to: HOME } }),
  finish: async () => ({ ...said(), to: HOME }),
})

const start = async (registry: Registry, said: () => ProviderLogin): Promise<TestApp> => {
  const app = await startTestApp({ registry, openId: providerOf(said) })
  onTestFinished(() => app.close())
  return app
}

const comeBack = '/v1/login/openid/callback?code=x'

test('what a provider says of a person is kept at a login, once', async () => {
  const registry = await openRegistry(createMemoryStore())
  let said: ProviderLogin = { person: 'openid:zoë', role: 'dispatcher' }
  const client = (await start(registry, () => said)).client()
  const logins: unknown[] = []
  const sayings: ProviderLogin[] = [
    said,
    said,
    { ...said, groups: ['north'] },
    { ...said, groups: [] },
    { ...said, role: 'viewer', groups: [] },
  ]
  for (const next of sayings) {
    said = next
    expect((await client.get(comeBack)).status).toBe(303)
    const { version, value } = registry.entries('people').get('openid:zoë')!
    logins.push([version, value])
  }
  expect(logins).toEqual([
    [1, { role: 'dispatcher', issuer: ISSUER }],
    [1, { role: 'dispatcher', issuer: ISSUER }],
    [2, { role: 'dispatcher', groups: ['north'], issuer: ISSUER }],
    [3, { role: 'dispatcher', groups: [], issuer: ISSUER }],
    [4, { role: 'viewer', groups: [], issuer: ISSUER }],
  ])
  expect((await client.get('/v1/me')).body).toEqual({
    account: 'openid:zoë',
    role: 'viewer',
    by: 'session',
    seesAll: false,
  })
})

test('nobody is let in of whom it could not be kept what they may', async () => {
  const registry = await openRegistry(createMemoryStore())
  const change = async (): Promise<never> => {
    throw new FleetError('store.failed', 'the store does not answer')
  }
  const app = await start({ ...registry, change }, () => ({ person: 'openid:zoë', role: 'viewer' }))
  const client = app.client()
  expect(await client.get(comeBack)).toMatchObject({
    status: 503,
    body: { title: 'the login could not be kept, so that nobody would know what you may: try again' },
  })
  expect(client.cookies.has('fleet_session')).toBe(false)
  expect((await client.get('/v1/me')).status).toBe(401)
  expect(app.lines).toEqual(['a login of openid:zoë could not be kept: the store does not answer'])
})
