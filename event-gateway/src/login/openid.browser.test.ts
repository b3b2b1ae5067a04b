import { join } from 'node:path'
import { openRegistryStore } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { endSessions, openRegistry } from '@fleetlake/registry'
import { eventually, freePort, temporaryFolder } from '@fleetlake/testing'
import { launchBrowser } from '@fleetlake/testing/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startGateway } from '../start-gateway.ts'
import { type KnownHub, startKnownHub } from '../testing/known-hub.ts'
import { CLIENT, logInAtProvider, startProvider } from '../testing/provider.ts'

let known: KnownHub
let browser: Browser
let gateway: { readonly url: string }
let archivePath: string
let nowMs = Date.now()
/** Changes the address by which the provider sends a person back. */
let changeWayBack: (callback: URL) => void = () => {}
const lines: string[] = []
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  ;[known, browser] = await Promise.all([startKnownHub(), launchBrowser()])
  archivePath = join(await temporaryFolder(), 'archive')
  const port = await freePort()
  const publicUrl = `http://localhost:${port}`
  const provider = await startProvider({
    callback: `${publicUrl}/v1/login/openid/callback`,
    changeWayBack: (callback) => changeWayBack(callback),
  })
  cleanups.push(() => provider.close())
  const say = (...parts: unknown[]): void => void lines.push(parts.map(String).join(' '))
  const started = await startGateway(await known.connectAs('gateway'), {
    config: configSchema.parse({
      auth: 'required',
      archive: { path: archivePath },
      gateway: {
        port,
        publicUrl,
        pageOrigins: [publicUrl],
        stateDir: await temporaryFolder(),
        openid: {
          issuer: provider.issuer,
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          scope: 'openid fleet',
          groupClaim: 'groups',
          roles: { 'fleet-dispatch': 'dispatcher', 'fleet-investigate': 'investigator' },
        },
      },
    }),
    version: '0',
    nowMs: () => nowMs,
    log: { info: say, warn: say, error: say },
  })
  cleanups.push(() => started.stop())
  gateway = { url: publicUrl }
})
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup()
  await browser?.close()
  await known?.stop()
})

const newPage = async (): Promise<{ page: Page; context: BrowserContext }> => {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return { page: await context.newPage(), context }
}

/** From the gateway to the provider's own form, and as far as the provider sends the person back. */
const logInAs = async (page: Page, name: string, to = '/v1/me'): Promise<void> => {
  await page.goto(`${gateway.url}/v1/login/openid?to=${encodeURIComponent(to)}`)
  await logInAtProvider(page, name)
  await page.waitForURL(`${gateway.url}/**`)
}

const shown = async (page: Page): Promise<unknown> => JSON.parse((await page.locator('body').innerText()).trim())

const me = async (page: Page): Promise<unknown> => {
  await page.goto(`${gateway.url}/v1/me`)
  return shown(page)
}

test('a person of the provider comes back with the greatest of their roles, until their sessions are ended', async () => {
  const { page, context } = await newPage()
  expect(await me(page)).toMatchObject({ status: 401, ways: ['password', 'openid'] })
  await logInAs(page, 'anna')
  expect(page.url()).toBe(`${gateway.url}/v1/me`)
  const anna = { account: 'openid:anna', role: 'investigator', by: 'session', seesAll: false }
  expect(await shown(page)).toEqual(anna)
  expect(
    (await context.cookies())
      .filter(({ name }) => name.startsWith('fleet'))
      .map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]),
  ).toEqual([['fleet_session', true, 'Lax']])
  const registry = await openRegistry(
    await openRegistryStore(configSchema.parse({ archive: { path: archivePath } }).archive),
    { hub: await known.connectAs('terminal') },
  )
  onTestFinished(() => registry.close())
  expect(await me(page)).toEqual(anna)
  // For services that are asked by a person, and know no sessions.
  expect(registry.entries('people').get('openid:anna')).toMatchObject({
    version: 1,
    who: 'openid:anna',
    value: {
      role: 'investigator',
      groups: ['fleet-dispatch', 'fleet-investigate', 'staff'],
      issuer: expect.stringMatching(/^http:/),
    },
  })
  await endSessions(registry, 'openid:anna', 'test')
  await eventually(async () => ((await me(page)) as { status?: number }).status === 401)
})

test('a login leads on to own pages only', async () => {
  const { page } = await newPage()
  await logInAs(page, 'anna', 'https://evil.example/')
  expect(page.url()).toBe(`${gateway.url}/`)
})

test('a person without a role is told what is missing', async () => {
  const { page } = await newPage()
  await logInAs(page, 'ben')
  expect(await shown(page)).toMatchObject({
    status: 403,
    title: expect.stringMatching(/^ben has no role here: .*gateway\.openid\.roles$/),
  })
  expect(await me(page)).toMatchObject({ status: 401 })
})

test.each<readonly [string, RegExp, (callback: URL) => void]>([
  ['has another state', /has not let you in/, (callback) => callback.searchParams.set('state', 'another')],
  ['has another code', /has not let you in/, (callback) => callback.searchParams.set('code', 'another')],
  [
    'is of another provider',
    /has not let you in/,
    (callback) => callback.searchParams.set('iss', 'https://evil.example'),
  ],
  [
    'is a refusal',
    /has not let you in: access_denied: the person said no$/,
    ({ searchParams }) => {
      searchParams.delete('code')
      searchParams.set('error', 'access_denied')
      searchParams.set('error_description', 'the person said no')
    },
  ],
  ['comes too late', /not begun here, or too long ago/, () => void (nowMs += 10 * 60_000)],
])('a way back that %s lets nobody in', async (_, title, change) => {
  const { page } = await newPage()
  const secrets: string[] = []
  changeWayBack = (callback) => {
    secrets.push(...['code', 'state'].map((name) => callback.searchParams.get(name)!))
    change(callback)
  }
  onTestFinished(() => {
    changeWayBack = () => {}
  })
  await logInAs(page, 'anna')
  expect(await shown(page)).toMatchObject({ status: 403, title: expect.stringMatching(title) })
  expect(await me(page)).toMatchObject({ status: 401 })
  expect(secrets).toHaveLength(2)
  expect(secrets.filter((secret) => lines.some((line) => line.includes(secret)))).toEqual([])
})

test('a way back that another browser takes lets nobody in, nor does the same one again', async () => {
  const [{ page }, { page: other }] = [await newPage(), await newPage()]
  let callback = ''
  page.on('request', (request) => {
    if (request.url().includes('/callback?')) callback = request.url()
  })
  await logInAs(page, 'anna')
  await other.goto(callback)
  expect(await shown(other)).toMatchObject({ status: 403, title: expect.stringMatching(/not begun here/) })
  await page.context().clearCookies()
  await page.goto(callback)
  expect(await shown(page)).toMatchObject({ status: 403 })
})

test('no secret of a login is in a log line', async () => {
  const { page, context } = await newPage()
  let callback = ''
  page.on('request', (request) => {
    if (request.url().includes('/callback?')) callback = request.url()
  })
  await logInAs(page, 'anna')
  const secrets = [
    CLIENT.secret,
    new URL(callback).searchParams.get('code')!,
    new URL(callback).searchParams.get('state')!,
    ...(await context.cookies()).map(({ value }) => value),
  ]
  expect(secrets.length).toBeGreaterThan(3)
  expect(lines.some((line) => line.startsWith('openid:anna has logged in'))).toBe(true)
  expect(secrets.filter((secret) => lines.some((line) => line.includes(secret)))).toEqual([])
})
