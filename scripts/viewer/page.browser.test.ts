import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'
import { PAGES } from '../../event-viewer/web/api/pages.ts'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
})

afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

test.each(PAGES)('$label opens, is connected, and does nothing that its policy refuses', async ({ path, label }) => {
  const { page, problems, close } = await openPage(browser, viewer.url + path)
  await page.getByText('Connected').first().waitFor()
  await page.getByRole('link', { name: label, exact: true }).and(page.locator('[aria-current=page]')).waitFor()
  await page.waitForLoadState('networkidle')
  expect(problems).toEqual([])
  await close()
})

test('every page opens from a page that has all the room, and from one beside the map', async () => {
  const { page, problems, close } = await openPage(browser, viewer.url)
  await page.getByText('Connected').first().waitFor()
  const go = async (label: string): Promise<void> => {
    await page.getByRole('link', { name: label, exact: true }).click()
    await page.getByRole('heading', { level: 1, name: label, exact: true }).waitFor({ state: 'attached' })
  }
  for (const from of ['Messages', 'Archive']) {
    for (const { label } of PAGES) {
      await go(from)
      await go(label)
      expect(problems, `from ${from} to ${label}`).toEqual([])
    }
  }
  await close()
})
