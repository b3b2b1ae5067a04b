import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { eventually } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromImage } from './testing/runner.ts'
import { type ComposeStack, startComposeStack } from './testing/start-stack.ts'

const PASSWORD = 'correct horse battery'
const JSON_TYPE = { 'content-type': 'application/json' }

/** Set by `npm run test:image`: `<engine> <image>`. From the sources when missing. */
const [engine, image] = process.env['FLEET_TEST_IMAGE']?.split(' ') ?? []

let stack: ComposeStack
let release = async (): Promise<void> => undefined
beforeAll(async () => {
  const built = image === undefined ? undefined : await fromImage(engine, image)
  if (built !== undefined) release = built.release
  stack = await startComposeStack(built?.runner)
})
afterAll(async () => {
  await stack?.stop()
  await release()
})

interface Answer {
  readonly status: number
  readonly body: string
  readonly cookies: string
}

/** Through the proxy, by its own authority. */
const ask = (
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(path, stack.url), { method, headers, ca: stack.authority }, (response) => {
      const cookies = (response.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ')
      text(response).then((said) => resolve({ status: response.statusCode ?? 0, body: said, cookies }), reject)
    })
    asked.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, body: '', cookies: '' })
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })

const login = (password: string): Promise<Answer> =>
  ask('/v1/login', { method: 'POST', headers: JSON_TYPE, body: { account: 'anna', password } })

/** The handshake of a page of an origin. */
const openWebsocket = (origin: string): Promise<Answer> =>
  ask('/hub', {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      origin,
    },
  })

test('who has an account logs in at the page and is led to the hub, and nobody else', async () => {
  await stack.fleet(['accounts', 'add', 'anna', '--role', 'operator', '--password-stdin'], `${PASSWORD}\n`)
  expect(await ask('/')).toMatchObject({ status: 200, body: expect.stringContaining('<title>Fleetlake</title>') })
  expect((await ask('/api/config')).status).toBe(401)
  const { cookies } = (await eventually(async () => {
    const answer = await login(PASSWORD)
    return answer.status === 200 && answer
  })) as Answer
  const headers = { cookie: cookies }
  expect(JSON.parse((await ask('/v1/me', { headers })).body)).toMatchObject({ account: 'anna', role: 'operator' })
  const viewer = await ask('/api/config', { headers })
  expect(viewer.status).toBe(200)
  expect(viewer.body).toContain(`"url":"${stack.url.replace('https', 'wss')}/hub"`)
  const ticket = await ask('/v1/hub-ticket', {
    method: 'POST',
    headers: { ...headers, ...JSON_TYPE, origin: stack.url },
  })
  expect(ticket.status).toBe(200)
  expect((await login('wrong')).status).toBe(401)
  const origins = await Promise.all([stack.url, 'https://elsewhere.example.com'].map(openWebsocket))
  expect(origins.map(({ status }) => status)).toEqual([101, 403])
})

test('what is generated is found, whole', async () => {
  const generated = JSON.parse(await stack.fleet(['--json', 'generate', '--vehicles', '50', '--events', '5000'])) as {
    events: number
    from: string
    to: string
  }
  const found = await stack.fleet(['query', '--bbox=-80,-60,-20,0', '--from', generated.from, '--to', 'now'])
  expect({ generated: generated.events, found: found.trim().split('\n').length }).toEqual({
    generated: 5000,
    found: 5000,
  })
})

test('fleet doctor may look at all of it, and finds no fault', async () => {
  const checks = (await stack.fleet(['doctor', '--json']))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { check: string; state: string })
  // Ports are those of the container that asks.
  const found = checks.filter(({ check, state }) => state !== 'ok' && !check.startsWith('port of '))
  expect(found.map(({ check, state }) => `${state} ${check}`)).toEqual(['warning sync interval'])
})

test('a health check passes while its container runs, and not afterwards', async () => {
  const container = stack.containers.find(({ name }) => name === 'finder-2')
  expect(await container?.checkHealth()).toBe(0)
  expect(await container?.stop()).toBe(0)
  expect(await container?.checkHealth()).toBe(1)
})

test('on SIGTERM every container ends in order', async () => {
  const codes = await Promise.all(
    stack.containers.toReversed().map(async (container) => `${container.name} ${await container.stop()}`),
  )
  expect(codes.toSorted()).toEqual([
    'collector-1 0',
    'collector-2 0',
    'compactor-1 0',
    'finder-1 0',
    'finder-2 0',
    'gateway-1 0',
    'generator-1 0',
    'projector-1 0',
    'viewer-1 0',
  ])
  const said = stack.containers.map((container) => container.said()).join('')
  const secrets = stack.containers.flatMap(({ env }) =>
    Object.entries(env).flatMap(([name, value]) => (/PASSWORD|SECRET|TOKEN/.test(name) ? [value ?? ''] : [])),
  )
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([])
})
