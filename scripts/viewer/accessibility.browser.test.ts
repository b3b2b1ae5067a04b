import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAGES } from '../../event-viewer/web/api/pages.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'
import { archiveHour, EVERYWHERE } from './testing/archived-hour.ts'
import { accessibilityFaults } from './testing/accessibility-faults.ts'

const SCREENS = [
  { name: 'desktop', options: { viewport: { width: 1280, height: 800 } } },
  { name: 'phone', options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
] as const
const ADDRESSES = [
  '/',
  '/search',
  `/search${EVERYWHERE}`,
  `/replay${EVERYWHERE}`,
  '/archive',
  '/import',
  '/services',
  '/messages',
]

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
  await archiveHour(viewer)
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

describe.each(SCREENS)('$name', ({ options }) => {
  test.each(['dark', 'light'] as const)('no serious fault of accessibility on any page, %s', async (colorScheme) => {
    const faults: string[] = []
    for (const address of ADDRESSES) {
      const { page, close } = await openPage(browser, viewer.url + address, { ...options, colorScheme })
      await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
      if (address.includes('everywhere')) {
        await page
          .locator('[data-testid=search-status][data-status=complete], [data-testid=replay-track]')
          .first()
          .waitFor()
      }
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${address} ${fault}`))
      await close()
    }
    expect(faults).toEqual([])
  })
})

test.each([320, 390])('the names of all pages fit into the rail of a phone, %d px wide', async (width) => {
  const { page, close } = await openPage(browser, viewer.url, { viewport: { width, height: 844 }, isMobile: true })
  const rail = page.getByRole('navigation', { name: 'Pages' })
  await rail.getByText('Messages').waitFor()
  const edges = await rail.evaluate((nav) =>
    [...nav.querySelectorAll('a')].map((link) => {
      const words = document.createRange()
      words.selectNodeContents(link)
      const { left, right } = words.getBoundingClientRect()
      return { left, right }
    }),
  )
  const overlapping = edges.filter(({ right }, i) => right > (edges[i + 1]?.left ?? width))
  expect([edges.length, edges[0].left >= 0, overlapping]).toEqual([PAGES.length, true, []])
  await close()
})
