import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'
import { archiveHour, EVERYWHERE } from './testing/archived-hour.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const SCREENS = [
  { name: 'desktop', options: { viewport: { width: 1280, height: 800 } } },
  { name: 'phone', options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
] as const
const ADDRESSES = ['/', '/search', `/search${EVERYWHERE}`, `/replay${EVERYWHERE}`, '/archive', '/services', '/messages']

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
      await page.evaluate(await readFile(AXE, 'utf8'))
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run({
          resultTypes: ['violations'],
        }),
      )
      for (const { id, impact, nodes } of violations) {
        if (impact !== 'serious' && impact !== 'critical') continue
        faults.push(
          ...nodes.map(({ target, failureSummary }) => `${address} ${id} ${target.join(' ')}: ${failureSummary}`),
        )
      }
      // Nothing is wider than the screen.
      const isScrolling = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      if (isScrolling) faults.push(`${address} is wider than the screen`)
      await close()
    }
    expect(faults).toEqual([])
  })
})
