import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityFaults } from './testing/accessibility-faults.ts'
import { PARKED, parkedId, parkFleet, reportOnce } from './testing/parked-fleet.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([
    startTestViewer({ generators: 0, projectors: 1, restart: true, hubSilenceMs: 600_000 }),
    launchBrowser(),
  ])
  await parkFleet(viewer)
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

const countOf = async (page: Page, testId: string): Promise<number> =>
  Number((await page.getByTestId(testId).first().textContent())!.replaceAll(/[^\d]/g, ''))
/** Waits for so many vehicles that report, and that are silent. */
const seen = (page: Page, vehicles: number, silent: number): Promise<unknown> =>
  eventually(
    async () => (await countOf(page, 'live-vehicles')) === vehicles && (await countOf(page, 'live-silent')) === silent,
    { what: `${vehicles} vehicles that report, and ${silent} silent ones` },
  )
const addressed = (page: Page, search: string): Promise<unknown> =>
  eventually(() => new URL(page.url()).search === search, { what: `an address with ${search}` })
const choose = async (page: Page, horizon: string): Promise<void> => {
  await page.getByTestId('live-silent-horizon').click()
  await page.getByRole('option', { name: horizon }).click()
}

test.each([
  ['dark', { viewport: { width: 1280, height: 800 } }],
  ['light', { viewport: { width: 1280, height: 800 } }],
  ['dark', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
] as const)(
  'a page that opens on a parked fleet has no serious fault of accessibility, %s, %o',
  async (colorScheme, options) => {
    const { page, close } = await openPage(browser, viewer.url, { ...options, colorScheme })
    await seen(page, 0, PARKED)
    expect(await accessibilityFaults(page)).toEqual([])
    await close()
  },
)

test('a parked fleet is there when the page opens: it is found, says since when, moves when it reports, and is shown as far back as chosen', async () => {
  const { page, problems, close } = await openPage(browser, viewer.url)
  await seen(page, 0, PARKED)
  await page.keyboard.press('/')
  await page.keyboard.type(parkedId(7))
  const options = page.getByRole('option')
  await eventually(async () => (await options.count()) === 1, { what: 'the one vehicle' })
  expect((await options.first().textContent())?.replaceAll(/\s+/g, ' ')).toContain('silent')
  await page.keyboard.press('Enter')
  const card = page.getByTestId('vehicle-card')
  await card.getByTestId('vehicle-silent').getByText('Silent for 3 hours, since').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])

  await reportOnce(viewer, [parkedId(7)], Date.now())
  await card.getByTestId('vehicle-silent').waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await seen(page, 1, PARKED - 1)

  await choose(page, 'up to 1 hour')
  await seen(page, 1, 0)
  await addressed(page, '?silent=1h')
  await page.reload()
  await seen(page, 1, 0)
  await choose(page, 'up to 24 hours')
  await seen(page, 1, PARKED - 1)
  await addressed(page, '')
  expect(problems).toEqual([])
  await close()
})

test('after an outage of the hub the page knows what was reported meanwhile', async () => {
  const { page, close } = await openPage(browser, viewer.url)
  const state = page.getByTestId('hub-state')
  const becomes = (wanted: string): Promise<unknown> =>
    eventually(async () => (await state.getAttribute('data-state')) === wanted, { what: `a hub that is ${wanted}` })
  await seen(page, 1, PARKED - 1)
  // Of the past: the page hears of it, and does not take it for a place where the vehicle is now.
  await reportOnce(viewer, ['parked-late'], Date.now() - 2 * 3_600_000)
  const hub = viewer.stack.processes().find(({ name }) => name === 'hub')!
  process.kill(hub.pid, 'SIGSTOP')
  await becomes('disconnected')
  process.kill(hub.pid, 'SIGKILL')
  await becomes('connected')
  await seen(page, 1, PARKED)
  await close()
})
