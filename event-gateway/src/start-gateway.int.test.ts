import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { once } from 'node:events'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { openRegistryStore } from '@fleetlake/archive'
import { configSchema, subjects } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import type { Hub } from '@fleetlake/hub'
import { addAccount, addToken, openRegistry, type Registry, setAccount } from '@fleetlake/registry'
import { eventually, startTestHub, temporaryFolder, type TestHub } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startGateway } from './start-gateway.ts'
import { createClient } from './testing/client.ts'
import { type KnownHub, startKnownHub } from './testing/known-hub.ts'
import { type GatewayProcess, startGatewayProcess } from './testing/gateway-process.ts'
import { CERTIFICATE, PRIVATE_KEY } from './testing/tls.ts'

const PASSWORD = 'correct horse battery'
const WRONG = 'wrong horse battery'
const CLIENT_SECRET = 'client-secret-of-the-gateway'

let server: TestHub
let known: KnownHub
let hub: Hub
let archivePath: string
let registry: Registry

beforeAll(async () => {
  known = await startKnownHub()
  ;({ server } = known)
  hub = await known.connectAs('gateway')
  archivePath = join(await temporaryFolder(), 'archive')
  // As `fleet accounts` has it: beside the gateway, and announced.
  registry = await openRegistry(
    await openRegistryStore(configSchema.parse({ archive: { path: archivePath } }).archive),
    { hub },
  )
  await addAccount(registry, { name: 'anna', role: 'dispatcher', password: PASSWORD }, 'test')
})
afterAll(async () => {
  await registry?.close()
  await known?.stop()
})

const start = (env: Record<string, string> = {}, args: readonly string[] = []): GatewayProcess => {
  const gateway = startGatewayProcess(
    {
      FLEET_HUB_URL: server.url,
      FLEET_HUB_DATA_DIR: server.dataDir,
      FLEET_ARCHIVE_PATH: archivePath,
      FLEET_AUTH: 'required',
      ...env,
    },
    args,
  )
  onTestFinished(() => void gateway.child.kill('SIGKILL'))
  return gateway
}

test('people log in until they are disabled or log out, also across restarts, and no secret is in a log line', async () => {
  const stateDir = await temporaryFolder()
  const env = {
    FLEET_GATEWAY_STATE_DIR: stateDir,
    FLEET_GATEWAY_OPENID_ISSUER: 'http://127.0.0.1:9',
    FLEET_GATEWAY_OPENID_CLIENT_ID: 'fleet',
    FLEET_GATEWAY_OPENID_CLIENT_SECRET: CLIENT_SECRET,
  }
  const first = start(env)
  const client = createClient(await first.url)
  expect((await client.get('/v1/me')).body).toMatchObject({ status: 401, ways: ['password', 'openid'] })
  expect((await client.logIn('anna', WRONG)).status).toBe(401)
  expect((await client.logIn(WRONG, PASSWORD)).status).toBe(401)
  expect((await client.logIn('anna', PASSWORD)).body).toEqual({ account: 'anna', role: 'dispatcher', by: 'session' })
  const token = await addToken(registry, { name: 'import', account: 'anna' }, 'test')
  await eventually(async () => (await client.get('/v1/me', { Authorization: `Bearer ${token}` })).status === 200)
  expect((await client.get('/v1/me', { Authorization: `Bearer ${token}x` })).status).toBe(401)
  // The provider does not answer there.
  expect((await client.get('/v1/login/openid')).status).toBe(403)
  expect((await client.get('/v1/login/openid/callback?code=the-code-of-a-login&state=x')).status).toBe(403)

  await setAccount(registry, { name: 'anna', set: { disabled: true } }, 'test')
  await eventually(async () => (await client.get('/v1/me')).status === 401, { what: 'that the session has ended' })
  expect((await client.logIn('anna', PASSWORD)).status).toBe(401)
  await setAccount(registry, { name: 'anna', set: { disabled: false } }, 'test')
  await eventually(async () => (await client.get('/v1/me', { Authorization: `Bearer ${token}` })).status === 200)
  expect((await client.get('/v1/me')).status).toBe(401)

  expect((await client.logIn('anna', PASSWORD)).status).toBe(200)
  const sealed = client.cookies.get('fleet_session')!
  const cookie = `fleet_session=${sealed}`
  expect(await first.stop()).toBe(0)
  const second = start(env)
  const later = createClient(await second.url)
  expect((await later.get('/v1/me', { cookie })).status).toBe(200)
  expect((await later.post('/v1/logout', {}, { cookie })).status).toBe(204)
  expect((await later.get('/v1/me', { cookie })).status).toBe(401)
  expect(await second.stop()).toBe(0)
  const third = start(env)
  expect((await createClient(await third.url).get('/v1/me', { cookie })).status).toBe(401)
  expect(await third.stop()).toBe(0)

  const output = [first, second, third].map((gateway) => gateway.output()).join('')
  expect(output).toContain('anna has logged in from 127.0.0.1')
  expect(output).toContain('anna has logged out')
  const secret = await readFile(join(stateDir, 'session-secret'), 'utf8')
  const secrets = [PASSWORD, WRONG, CLIENT_SECRET, token, sealed, secret, 'the-code-of-a-login', '$argon2id']
  expect(secrets.filter((each) => output.includes(each))).toEqual([])
})

test('without a word on auth nobody logs in on the loopback, and beyond it nothing starts', async () => {
  const openHub = await startTestHub()
  onTestFinished(() => openHub.stop())
  const open = startGatewayProcess({ FLEET_HUB_URL: openHub.url, FLEET_ARCHIVE_PATH: archivePath })
  onTestFinished(() => void open.child.kill('SIGKILL'))
  const client = createClient(await open.url)
  expect((await client.get('/v1/me')).body).toEqual({ account: 'anyone', role: 'operator', by: 'none' })
  expect((await client.logIn('anna', PASSWORD)).body).toMatchObject({
    title: 'there is no login here: set auth: required for one',
  })
  const beyond = startGatewayProcess({ FLEET_HUB_URL: openHub.url, FLEET_GATEWAY_HOST: '0.0.0.0' })
  expect(await beyond.ended).toBe(1)
  expect(beyond.output()).toContain('set auth: required (FLEET_AUTH=required)')
})

test('a secret as a flag is refused, and not shown', async () => {
  const gateway = start({}, ['--gateway.openid.client-secret', CLIENT_SECRET])
  expect(await gateway.ended).toBe(1)
  expect(gateway.output()).toContain('set FLEET_GATEWAY_OPENID_CLIENT_SECRET')
  expect(gateway.output()).not.toContain(CLIENT_SECRET)
})

const LOG = { info: () => {}, warn: () => {}, error: () => {} }

const configOf = async (gateway: object) =>
  configSchema.parse({
    auth: 'required',
    archive: { path: archivePath },
    gateway: { port: 0, stateDir: await temporaryFolder(), ...gateway },
  })

test('it speaks TLS with the certificate that is configured, and says which file is none', async () => {
  const folder = await temporaryFolder()
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(cert, CERTIFICATE)
  await writeFile(key, PRIVATE_KEY)
  const gateway = await startGateway(hub, { config: await configOf({ tls: { cert, key } }), version: '0', log: LOG })
  onTestFinished(() => gateway.stop())
  expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const asked = request(`${gateway.url}/v1/login`, {
    ca: CERTIFICATE,
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
  }).end(JSON.stringify({ account: 'anna', password: PASSWORD }))
  const [response] = await once(asked, 'response')
  expect(await json(response)).toMatchObject({ account: 'anna' })
  expect(response.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-fleet_session=.*; Secure;/)])
  await writeFile(cert, 'no certificate')
  const again = async (tls: object) => startGateway(hub, { config: await configOf({ tls }), version: '0', log: LOG })
  await expect(again({ cert, key })).rejects.toThrow(fault('config.invalid', /certificate or the key/))
  await expect(again({ cert: join(folder, 'none'), key })).rejects.toThrow(
    fault('config.invalid', /^gateway\.tls\.cert can't be read/),
  )
})

test('it tells the others that it is there', async () => {
  const members: string[] = []
  const listener = hub.listen(
    'heartbeat',
    subjects.heartbeat('gateways', '*'),
    ({ data }) => void members.push(data.member),
  )
  onTestFinished(() => listener.close())
  const gateway = await startGateway(hub, { config: await configOf({}), version: '0', log: LOG })
  onTestFinished(() => gateway.stop())
  await eventually(() => members.includes(hub.uid))
})

test('a port in use is told with what to set', async () => {
  const options = { version: '0', log: LOG }
  const first = await startGateway(hub, { ...options, config: await configOf({}) })
  onTestFinished(() => first.stop())
  const port = Number(new URL(first.url).port)
  await expect(startGateway(hub, { ...options, config: await configOf({ port }) })).rejects.toThrow(
    fault('gateway.port-in-use', /another port with FLEET_GATEWAY_PORT=<port>$/),
  )
})

test('while the registry can not be read people log in as before, and a logout says that it was not kept', async () => {
  const path = join(await temporaryFolder(), 'archive')
  const own = await openRegistry(await openRegistryStore(configSchema.parse({ archive: { path } }).archive))
  await addAccount(own, { name: 'anna', role: 'viewer', password: PASSWORD }, 'test')
  const faults: string[] = []
  const gateway = await startGateway(hub, {
    config: { ...(await configOf({})), archive: configSchema.parse({ archive: { path } }).archive },
    version: '0',
    log: { ...LOG, error: (...parts: unknown[]) => void faults.push(parts.map(String).join(' ')) },
  })
  onTestFinished(() => gateway.stop())
  const next = `${String(own.version() + 1).padStart(20, '0')}.json`
  await own.close()
  await writeFile(join(path, 'registry', '_delta_log', next), 'no commit')
  await eventually(async () => (await fetch(`${gateway.url}/readyz`)).status === 503)
  const client = createClient(gateway.url)
  expect((await client.logIn('anna', PASSWORD)).status).toBe(200)
  expect(await client.post('/v1/logout')).toMatchObject({
    status: 503,
    body: { title: expect.stringMatching(/try again$/) },
  })
  expect((await client.get('/v1/me')).status).toBe(200)
  expect(faults[0]).toMatch(/the registry can't be read again: .*damaged/)
})

test('it is alive and not ready while the hub is away, and ready again once it is back', async () => {
  const away = await startKnownHub()
  onTestFinished(() => away.stop())
  const { server: own } = away
  const connection = await away.connectAs('gateway')
  const gateway = await startGateway(connection, { config: await configOf({}), version: '0', log: LOG })
  onTestFinished(() => gateway.stop())
  const statusOf = async (path: string): Promise<number> => (await fetch(`${gateway.url}${path}`)).status
  expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 200])
  await own.stop()
  await eventually(async () => (await statusOf('/readyz')) === 503)
  expect(await statusOf('/healthz')).toBe(200)
  expect(await (await fetch(`${gateway.url}/readyz`)).text()).toBe('not ready')
  await own.restart()
  await eventually(async () => (await statusOf('/readyz')) === 200)
})
