import { addToken, removeAccount, removeToken, setAccount } from '@fleetlake/registry'
import { expect, onTestFinished, test } from 'vitest'
import { HASH, OTHER_HASH, PASSWORD, startTestApp, type TestApp, type TestAppOptions } from '../testing/app.ts'
import type { Client } from '../testing/client.ts'

const start = async (options: TestAppOptions = {}): Promise<TestApp> => {
  const app = await startTestApp(options)
  onTestFinished(() => app.close())
  return app
}

const loggedIn = async (app: TestApp): Promise<Client> => {
  const client = app.client()
  expect((await client.logIn('anna', PASSWORD)).status).toBe(200)
  return client
}

const isKnown = async (client: Client): Promise<boolean> => (await client.get('/v1/me')).status === 200

test('who logs in is known by a cookie that no script reads and no other website sends', async () => {
  const app = await start()
  const client = app.client()
  const { body, headers } = await client.logIn('anna', PASSWORD)
  expect(body).toEqual({ account: 'anna', role: 'dispatcher', by: 'session' })
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^fleet_session=Fe26\.2\*.{200,800}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/),
  ])
  expect((await client.get('/v1/me')).body).toEqual({ account: 'anna', role: 'dispatcher', by: 'session' })
  expect((await client.get('/v1/me')).headers.get('Cache-Control')).toBe('no-store')
})

test('where people come by https the cookie is sent by https alone, of this host alone', async () => {
  const client = (await start({ isSecure: true })).client()
  const { headers } = await client.logIn('anna', PASSWORD)
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-fleet_session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
  ])
  expect(headers.get('Strict-Transport-Security')).toBe('max-age=31536000')
  expect(await isKnown(client)).toBe(true)
  client.cookies.set('fleet_session', client.cookies.get('__Host-fleet_session')!)
  client.cookies.delete('__Host-fleet_session')
  expect(await isKnown(client)).toBe(false)
})

test('a session ends when its time is over', async () => {
  let nowMs = Date.now()
  const client = await loggedIn(await start({ nowMs: () => nowMs }))
  nowMs += 3_599_999
  expect(await isKnown(client)).toBe(true)
  nowMs += 1
  expect(await isKnown(client)).toBe(false)
})

test('a session outlives a restart, and counts nowhere where the secret is another', async () => {
  const app = await start()
  const client = await loggedIn(app)
  const cookie = `fleet_session=${client.cookies.get('fleet_session')}`
  const [again, elsewhere] = [
    await start({ registry: app.registry }),
    await start({ registry: app.registry, secret: 'o'.repeat(32) }),
  ]
  expect((await again.client().get('/v1/me', { cookie })).status).toBe(200)
  expect((await elsewhere.client().get('/v1/me', { cookie })).status).toBe(401)
})

test.each<readonly [string, (sealed: string, app: TestApp) => string | Promise<string>]>([
  ['changed', (sealed) => `${sealed.slice(0, -1)}${sealed.endsWith('A') ? 'B' : 'A'}`],
  ['cut', (sealed) => sealed.slice(0, -10)],
  ['empty', () => ''],
  ['too long', (sealed) => sealed + 'x'.repeat(8_000)],
  ['of another form', (_, { sealer }) => sealer.seal('session', { person: 'anna' }, 1_000)],
  [
    'sealed for another purpose',
    (_, { sealer }) => sealer.seal('login', { person: 'anna', version: 0, of: { accountVersion: 1 } }, 1_000),
  ],
  [
    'of a provider that is not configured',
    (_, { sealer }) =>
      sealer.seal('session', { person: 'anna', version: 0, of: { issuer: 'x', role: 'operator' } }, 1_000),
  ],
])('a cookie that is %s is nobody', async (_, make) => {
  const app = await start()
  const client = await loggedIn(app)
  client.cookies.set('fleet_session', await make(client.cookies.get('fleet_session')!, app))
  expect((await client.get('/v1/me')).body).toEqual({ status: 401, title: 'not logged in', ways: ['password'] })
})

test.each<readonly [string, (app: TestApp) => Promise<unknown>]>([
  ['is disabled', ({ registry }) => setAccount(registry, { name: 'anna', set: { disabled: true } }, 'test')],
  [
    'gets another password',
    ({ registry }) => setAccount(registry, { name: 'anna', set: { password: OTHER_HASH } }, 'test'),
  ],
  ['gets another role', ({ registry }) => setAccount(registry, { name: 'anna', set: { role: 'viewer' } }, 'test')],
  ['is removed', ({ registry }) => removeAccount(registry, 'anna', 'test')],
  [
    'is removed and made again',
    async ({ registry }) => {
      await removeAccount(registry, 'anna', 'test')
      await registry.put(
        'accounts',
        'anna',
        { role: 'operator', password: HASH, disabled: false },
        { expected: 0, who: 'test' },
      )
    },
  ],
])('when an account %s, its sessions end', async (_, change) => {
  const app = await start()
  const client = await loggedIn(app)
  await change(app)
  expect(await isKnown(client)).toBe(false)
})

test('a logout ends the sessions of the person everywhere, those of copied cookies too, also after a restart', async () => {
  const app = await start()
  const [client, other] = [await loggedIn(app), await loggedIn(app)]
  const copy = client.copy()
  expect((await client.post('/v1/logout')).status).toBe(204)
  expect(client.cookies.size).toBe(0)
  expect([await isKnown(client), await isKnown(copy), await isKnown(other)]).toEqual([false, false, false])
  const again = await start({ registry: app.registry })
  const cookie = `fleet_session=${copy.cookies.get('fleet_session')}`
  expect((await again.client().get('/v1/me', { cookie })).status).toBe(401)
  expect(await isKnown(await loggedIn(app))).toBe(true)
  // A session that is over can end no other one.
  const after = await loggedIn(app)
  expect((await copy.post('/v1/logout')).status).toBe(204)
  expect(await isKnown(after)).toBe(true)
})

test('a token counts until it expires or is removed, or its account is disabled', async () => {
  let nowMs = Date.now()
  const app = await start({ nowMs: () => nowMs })
  const make = async (name: string, more: { expiresMs?: number } = {}): Promise<() => Promise<unknown>> => {
    const token = await addToken(app.registry, { name, account: 'anna', ...more }, 'test')
    return async () => (await app.client().get('/v1/me', { Authorization: `Bearer ${token}` })).body['by']
  }
  const expiring = await make('expiring', { expiresMs: nowMs + 1_000 })
  const [lasting, removed] = [await make('lasting'), await make('removed')]
  expect([await expiring(), await lasting(), await removed()]).toEqual(['token', 'token', 'token'])
  nowMs += 1_000
  await removeToken(app.registry, 'removed', 'test')
  expect([await expiring(), await lasting(), await removed()]).toEqual([undefined, 'token', undefined])
  await setAccount(app.registry, { name: 'anna', set: { disabled: true } }, 'test')
  expect(await lasting()).toBeUndefined()
})

test.each(['Bearer', 'Bearer ', 'Bearer flt_x', 'Basic YW5uYTp4', `Bearer ${'x'.repeat(300)}`])(
  'a request with the authorization "%s" is of nobody, whatever cookie it has',
  async (authorization) => {
    const client = await loggedIn(await start())
    expect((await client.get('/v1/me', { Authorization: authorization })).status).toBe(401)
  },
)
