import { type Role, ROLES } from '@fleetlake/contracts'
import { addAccount, setAccount, setGroup } from '@fleetlake/registry'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { logInAtProvider } from '../../event-gateway/src/testing/provider.ts'
import { accessibilityFaults } from './testing/accessibility-faults.ts'
import { reportMeasures } from './testing/measured-vehicles.ts'
import { openGeneration } from './testing/open-generation.ts'
import { type LoginStack, PASSWORD, startLoginStack } from './testing/login-stack.ts'

let stack: LoginStack
let browser: Browser

beforeAll(async () => {
  ;[stack, browser] = await Promise.all([startLoginStack(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})

const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const { page, close } = await openPage(browser, stack.url + path, options)
  onTestFinished(close)
  return page
}

const form = (page: Page) => page.getByRole('button', { name: 'Log in', exact: true })
const rail = (page: Page) => page.getByRole('navigation', { name: 'Pages' })

const logIn = async (page: Page, account: string, password = PASSWORD): Promise<void> => {
  await page.getByLabel('Account').fill(account)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
}

const openAs = async (role: Role, path = '/', options: BrowserContextOptions = {}): Promise<Page> => {
  const page = await open(path, options)
  await logIn(page, role)
  await rail(page).waitFor()
  return page
}

const logOut = async (page: Page): Promise<void> => {
  await page.getByTestId('person').click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await form(page).waitFor()
}

test('nothing is shown before a login, which is told what is wrong, and leads to where the person wanted to be', async () => {
  const page = await open('/search?everywhere&when=-1h..now')
  await form(page).waitFor()
  expect(await rail(page).count()).toBe(0)
  expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('account')
  await logIn(page, 'operator', 'not the password')
  const fault = page.getByTestId('login-fault')
  await fault.waitFor()
  expect(await fault.textContent()).toBe('The account or the password is wrong.')
  expect(await page.getByLabel('Password').getAttribute('aria-describedby')).toBe('login-fault')
  await page.getByLabel('Password').fill(PASSWORD)
  await form(page).click()
  await rail(page).waitFor()
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/search?everywhere&when=-1h..now')
  await page.getByTestId('person').click()
  await page.getByText('Role: operator').waitFor()
})

test('a logout leads back to the login, and nothing that was kept lets anybody in', async () => {
  const page = await openAs('operator', '/archive')
  await logOut(page)
  expect(new URL(page.url()).pathname).toBe('/')
  expect(await page.evaluate(() => fetch('/api/archive').then(({ status }) => status))).toBe(401)
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
  expect(/session|password|ticket/i.test(kept) || kept.includes(PASSWORD), kept).toBe(false)
  await page.goBack()
  await form(page).waitFor()
})

test('when the login ends the page shows nothing of the fleet, and the next login leads to where one was', async () => {
  const page = await openAs('investigator', '/archive')
  await page.getByRole('heading', { level: 1, name: 'Archive' }).waitFor()
  await setAccount(stack.registry, { name: 'investigator', set: { disabled: true } }, 'test')
  await page.getByText('Your login has ended').waitFor()
  expect([await rail(page).count(), new URL(page.url()).pathname]).toEqual([0, '/archive'])
  expect(await accessibilityFaults(page)).toEqual([])
  await logIn(page, 'investigator')
  await page.getByTestId('login-fault').waitFor()
  await setAccount(stack.registry, { name: 'investigator', set: { disabled: false } }, 'test')
  // The gateway hears of it a moment later.
  await eventually(async () => {
    await logIn(page, 'investigator')
    await page.getByRole('heading', { level: 1, name: 'Archive' }).or(page.getByTestId('login-fault')).waitFor()
    return (await page.getByTestId('login-fault').count()) === 0
  })
  expect(new URL(page.url()).pathname).toBe('/archive')
})

test('a person of the provider comes back to where they wanted to be; one without a role is told so', async () => {
  const page = await open('/messages')
  await page.getByTestId('login-provider').click()
  await logInAtProvider(page, 'anna')
  await rail(page).waitFor()
  expect(new URL(page.url()).pathname).toBe('/messages')
  expect(await page.getByTestId('person').getAttribute('aria-label')).toBe('Logged in as openid:anna')
  const other = await open('/')
  await other.getByTestId('login-provider').click()
  await logInAtProvider(other, 'ben')
  await other.getByText(/^Ben has no role here: /).waitFor()
  await other.reload()
  await form(other).waitFor()
  expect(await other.getByText(/has no role here/).count()).toBe(0)
})

const SHOWN: Readonly<Record<Role, readonly string[]>> = {
  viewer: ['Live', 'Services', 'Messages'],
  dispatcher: ['Live', 'Search', 'Replay', 'Archive', 'Services', 'Messages'],
  investigator: ['Live', 'Search', 'Replay', 'Archive', 'Services', 'Messages'],
  operator: ['Live', 'Search', 'Replay', 'Archive', 'Import', 'Services', 'Messages', 'Searches'],
}

test.each(ROLES)('a %s sees the pages that the role may, and what of them it may', async (role) => {
  const page = await openAs(role, '/search')
  const labels = await rail(page).getByRole('link').allTextContents()
  expect(labels.map((label) => label.trim())).toEqual(SHOWN[role])
  if (role === 'viewer') {
    await page.getByTestId('page-denied').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    return
  }
  await page.getByRole('group', { name: 'Quick choices' }).waitFor()
  const isBounded = role === 'dispatcher'
  expect([
    await page.getByTestId('last-day-only').count(),
    await page.getByRole('button', { name: 'Yesterday' }).count(),
  ]).toEqual(isBounded ? [1, 0] : [0, 1])
})

const pidOf = (name: string): number => stack.stack.processes().find((each) => each.name === name)!.pid

const connected = (page: Page) => page.locator('[data-testid=hub-state][data-state=connected]')

test('a page is let into the hub as its person, hears vehicles that another generates, and searches them', async () => {
  const [operator, dispatcher] = [await openAs('operator'), await openAs('dispatcher')]
  await Promise.all([connected(operator).waitFor(), connected(dispatcher).waitFor()])
  expect(await dispatcher.getByRole('button', { name: /^Generate/ }).count()).toBe(0)
  await openGeneration(operator)
  await operator.getByRole('button', { name: 'Generate', exact: true }).click()
  await eventually(async () => !/^0?$/.test((await dispatcher.getByTestId('live-vehicles').textContent())!.trim()), {
    what: 'vehicles that the dispatcher sees',
  })
  await dispatcher.goto(`${stack.url}/search?everywhere&when=-15m..now`)
  await dispatcher.locator('[data-testid=search-status][data-status=complete]').waitFor()
  expect(await dispatcher.getByTestId('export').count()).toBe(0)
  // What lies further back is left out, so that no finder has to refuse it.
  await dispatcher.goto(`${stack.url}/search?everywhere&when=-48h..now`)
  await dispatcher.locator('[data-testid=search-status][data-status=complete]').waitFor()
})

test('who has a group sees its vehicles alone, live and in searches', async () => {
  await setGroup(stack.registry, { name: 'cool', vehicles: ['cool-2', 'tram-*'] }, 'test')
  await addAccount(stack.registry, { name: 'rita', role: 'dispatcher', password: PASSWORD, groups: ['cool'] }, 'test')
  const [page, other] = [await open('/'), await openAs('viewer')]
  await eventually(
    async () => {
      await logIn(page, 'rita')
      await rail(page).or(page.getByTestId('login-fault')).first().waitFor()
      return (await rail(page).count()) > 0
    },
    { what: "rita's login" },
  )
  await Promise.all([connected(page).waitFor(), connected(other).waitFor()])
  const found = async (on: Page): Promise<string[]> => {
    await on.getByPlaceholder('Find a vehicle by id').fill('cool')
    return (await on.getByRole('option').allTextContents()).map((text) => /cool-\d/.exec(text)?.[0] ?? text)
  }
  await eventually(
    async () => {
      await reportMeasures(stack, Date.now())
      return (await found(page)).length > 0 && (await found(other)).length > 1
    },
    { what: 'live vehicles on both pages' },
  )
  expect([await found(page), (await found(other)).toSorted()]).toEqual([['cool-2'], ['cool-1', 'cool-2']])
  await page.goto(`${stack.url}/search?everywhere&when=-15m..now`)
  await page.locator('[data-testid=search-status][data-status=complete]').waitFor()
  await page.getByTestId('vehicle-table').getByText('cool-2').first().waitFor()
  expect(
    await page
      .getByTestId('vehicle-table')
      .getByText(/cool-1|plain-3/)
      .count(),
  ).toBe(0)
  await page.goto(`${stack.url}/archive`)
  await page.getByTestId('archive-hidden').waitFor()
  expect(await page.evaluate(() => fetch('/api/archive').then((answer) => answer.json()))).toMatchObject({
    rows: 0,
    cells: [],
    windows: [],
    dates: [],
  })
})

test('a hub that was killed lets the page in again, with another ticket', async () => {
  const page = await openAs('viewer')
  await connected(page).waitFor()
  const asked: string[] = []
  page.on('request', (request) => void asked.push(request.url()))
  // Unasked, so that it is started again.
  process.kill(pidOf('hub'), 'SIGKILL')
  await eventually(() => asked.some((url) => url.endsWith('/v1/hub-ticket')))
  await connected(page).waitFor()
  expect(await page.getByTestId('login-fault').count()).toBe(0)
})

const SCREENS = [
  { name: 'desktop', options: { viewport: { width: 1280, height: 800 } } },
  { name: 'phone', options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
] as const

describe.each(SCREENS)('$name', ({ name, options }) => {
  test.each(['dark', 'light'] as const)('no serious fault of accessibility, %s', async (colorScheme) => {
    const page = await open('/', { ...options, colorScheme })
    await page.getByTestId('login-provider').waitFor()
    const faults = await accessibilityFaults(page)
    await logIn(page, 'dispatcher', 'wrong')
    await page.getByTestId('login-fault').waitFor()
    faults.push(...(await accessibilityFaults(page)))
    await logIn(page, 'dispatcher')
    await page.getByTestId(name === 'phone' ? 'person-bar' : 'person').waitFor()
    faults.push(...(await accessibilityFaults(page)))
    expect(faults).toEqual([])
  })
})

test('while the gateway is away the page says so', async () => {
  const page = await open('/')
  await form(page).waitFor()
  await stack.stack
    .processes()
    .find(({ name }) => name === 'gateway-1')!
    .kill()
  await logIn(page, 'operator')
  const fault = page.getByTestId('login-fault')
  await fault.waitFor()
  expect(await fault.textContent()).toMatch(/^The gateway, where people log in, does not answer: .*\.$/)
})
